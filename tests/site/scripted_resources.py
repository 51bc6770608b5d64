"""Pages of the misbehaving site that are empty until their scripts have run."""

from misbehaving_site import Reply, Visit, resource

SHELL = (
    '<!DOCTYPE html><html><head><meta charset="utf-8"><title>章丘</title></head><body><div id="app">加载中</div>'
    '<img src="/app/picture.png"><script>{script}</script></body></html>'
)
WRITE = "document.getElementById('app').innerHTML = "


@resource("/app/index.htm")
def listing_made_by_a_script(_: Visit) -> Reply:
    """Its links stand in no byte that was sent."""
    link = "'<li><a href=\"/app/content_95000' + n + '.html\">章丘区供暖工程第' + n + '期完工</a></li>'"
    script = f"{WRITE}'<ul>' + [1, 2, 3].map(n => {link}).join('') + '</ul>'"
    return Reply(SHELL.replace("{script}", script).encode())


@resource("/app/content_950001.html")
def article_made_by_a_script(_: Visit) -> Reply:
    """Its text comes from a second request."""
    return Reply(
        SHELL.replace(
            "{script}", f"fetch('/app/data.json').then(r => r.json()).then(d => {{ {WRITE}d.text }})"
        ).encode()
    )


@resource("/app/data.json")
def data_of_the_article(_: Visit) -> Reply:
    text = '{"text": "<h1>供暖工程完工</h1><p>圣井街道三百户居民用上了集中供暖。</p>"}'
    return Reply(text.encode(), content_type="application/json")


@resource("/app/content_950002.html")
def article_that_reaches_into_the_network(visit: Visit) -> Reply:
    """Asks for a private name, by itself and by a redirect, and shows what it got."""
    port = visit.host.partition(":")[2]
    script = (
        f"Promise.allSettled([fetch('http://localhost:{port}/secret'), fetch('/app/leave'), fetch('http://10.0.0.1/')])"
        f".then(all => {{ {WRITE}'<p>' + all.map(x => x.status).join(' ') + '</p>' }})"
    )
    return Reply(SHELL.replace("{script}", script).encode())


@resource("/app/leave")
def redirect_to_a_private_name(visit: Visit) -> Reply:
    return Reply(status=302, headers={"Location": f"http://localhost:{visit.host.partition(':')[2]}/secret"})


@resource("/secret")
def secret(_: Visit) -> Reply:
    return Reply(b"secret", headers={"Access-Control-Allow-Origin": "*"})


@resource("/app/content_950003.html")
def article_whose_script_never_ends(_: Visit) -> Reply:
    return Reply(SHELL.replace("{script}", "while (true) {}").encode())
