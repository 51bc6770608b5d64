"""A site of as many article pages as are asked for, made from the bundled newspapers' pages; a forward proxy for it."""

import asyncio
import multiprocessing
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HOST = "www.bench.example"
FOLDER = Path(__file__).parents[1] / "seeds" / "newspapers" / "www.lufengwang.example"
KILOBYTES = 60
FIRST_NUMBER = 4_000_000
LINKS_PER_PAGE = 200
"""On each listing page, the newest first: index.htm, index_1.htm … as newspapers page theirs."""


def templates() -> list[tuple[bytes, bytes, bytes]]:
    """Article pages with a body, each cut where a number goes into the headline and the text."""
    found = []
    for path in sorted(FOLDER.rglob("t20*_*.htm")):
        page = path.read_text(encoding="utf-8", errors="replace")
        if "_1.htm" in page or re.search(r"_\d\.htm$", path.name):
            continue  # an article of several pages
        # The headline is put at the end of <title> as well: no reader may take the number for furniture.
        page = re.sub(r"(<title>)", r"\1#N#", page, count=1)
        page = re.sub(r"(<h1[^>]*>)", r"\1#N#", page, count=1)
        if page.count("#N#") != 2 or "TRS_Editor" not in page:
            continue
        chooser = random.Random(path.name)
        before, body, after = re.split(r"(<body[^>]*>)", page, maxsplit=1)
        page = before + body + furniture("nav", chooser, 200) + after
        page = page.replace("</body>", furniture("foot", chooser, 200) + "</body>", 1)
        lacking = max(0, KILOBYTES * 1024 - len(page.encode()))
        script = "".join(chooser.choices("0123456789abcdef,", k=lacking))
        page = page.replace("</head>", f"<script>var shown='{script}';</script></head>", 1)
        first, second, rest = page.split("#N#")
        found.append((first.encode(), second.encode(), rest.encode()))
    assert len(found) >= 20, f"only {len(found)} of the bundled pages can be used"
    return found


def furniture(name: str, chooser: random.Random, links: int) -> str:
    """The menus above or below an article: lists of links, as on the page of a newspaper."""
    words = "新闻时政财经教育健康旅游文化体育视频图片专题评论民生房产汽车公益党建法治农业科技"
    items = "".join(
        f'<li><a href="http://{HOST}/{name}/{chooser.randrange(10**6)}/" target="_blank">'
        f"{''.join(chooser.choices(words, k=4))}</a></li>"
        for _ in range(links)
    )
    return f'<div class="{name}"><ul>{items}</ul></div>'


def path_of(number: int) -> str:
    return f"/zq/t20240513_{FIRST_NUMBER + number}.htm"


def listing_pages_count(articles: int) -> int:
    return max(1, -(-articles // LINKS_PER_PAGE))


def make_listing(articles: int, page: int) -> bytes:
    """The listing page of that number when the site holds so many articles; each page names the next, as TRS does."""
    first = articles - page * LINKS_PER_PAGE
    items = "".join(
        f'<li><a href="{path_of(n)}">章丘区第{n}期新闻的标题</a><span>2024-05-13</span></li>'
        for n in range(first - 1, max(-1, first - 1 - LINKS_PER_PAGE), -1)
    )
    script = f'<script>createPageHTML({listing_pages_count(articles)}, {page}, "index", "htm");</script>'
    return f'<html><head><meta charset="utf-8"></head><body><ul>{items}</ul>{script}</body></html>'.encode()


def make_page(made: list[tuple[bytes, bytes, bytes]], number: int) -> bytes:
    first, second, rest = made[number % len(made)]
    mark = f"第{number}期：".encode()
    return mark.join((first, second, rest))


def make_pages(count: int) -> Iterator[tuple[str, bytes]]:
    """Address and body of each page."""
    made = templates()
    for number in range(count):
        yield path_of(number), make_page(made, number)


def start_site(pages: int, publish_seconds: float = 0.0) -> tuple[multiprocessing.Process, int]:
    """The site in a process of its own, and its port; with `publish_seconds` one more page appears so often."""
    receive, send = multiprocessing.Pipe(duplex=False)
    server = multiprocessing.get_context("spawn").Process(
        target=serve, args=(pages, send, publish_seconds), daemon=True
    )
    server.start()
    return server, int(receive.recv())


def serve(pages: int, port: Any, publish_seconds: float) -> None:
    made = templates()
    newest = {"count": pages}

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                target = head.split(b" ", 2)[1].decode()
                path = "/" + target.partition("://")[2].partition("/")[2] if "://" in target else target
                number = re.fullmatch(r"/zq/t20240513_(\d+)\.htm", path)
                listed = re.fullmatch(r"/zq/index(?:_(\d+))?\.htm", path)
                if listed and int(listed[1] or 0) < listing_pages_count(newest["count"]):
                    body = make_listing(newest["count"], int(listed[1] or 0))
                elif number and int(number[1]) - FIRST_NUMBER < newest["count"]:
                    body = make_page(made, int(number[1]) - FIRST_NUMBER)
                else:
                    writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
                    continue
                length = f"Content-Length: {len(body)}\r\n\r\n"
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n" + length.encode() + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def publish() -> None:
        while publish_seconds:
            await asyncio.sleep(publish_seconds)
            newest["count"] += 1

    async def run() -> None:
        server = await asyncio.start_server(handle, "127.0.0.1", 0, backlog=512)
        publishing = asyncio.ensure_future(publish())
        port.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()
        await publishing

    asyncio.run(run())
