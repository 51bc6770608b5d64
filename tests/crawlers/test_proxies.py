"""Which proxy a URL is asked through: the crawl's own, or the environment's."""

import pytest

from crawlers.proxies import Proxies
from records import UsageError

NAMES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture
def environment(monkeypatch):
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return monkeypatch.setenv


def test_the_environment_names_proxies_by_scheme_and_hosts_without(environment):
    assert Proxies.of_crawl(None).of("http://www.xianbao.example/") is None
    environment("http_proxy", "http://gate.example:3128")
    environment("HTTPS_PROXY", "http://user:secret@safe.example:3129")
    environment("no_proxy", "intranet.example,127.0.0.1,.near.example:8080")
    found = Proxies.of_crawl(None)
    assert found.of("http://www.xianbao.example/a.htm") == "http://gate.example:3128"
    assert found.of("https://www.xianbao.example/a.htm") == "http://user:secret@safe.example:3129"
    direct = (
        "http://intranet.example/",
        "https://a.intranet.example/",
        "http://127.0.0.1:9/",
        "http://x.near.example:8080/",
    )
    assert [found.of(url) for url in direct] == [None] * 4
    assert found.of("http://x.near.example/") is not None
    assert found.hosts == {"gate.example", "safe.example"}


def test_the_crawl_s_own_proxy_is_for_every_request(environment):
    environment("http_proxy", "http://gate.example:3128")
    environment("no_proxy", "*")
    found = Proxies.of_crawl("http://own.example:8080")
    assert {found.of(url) for url in ("http://a.example/", "https://b.example/")} == {"http://own.example:8080"}
    assert found.hosts == {"own.example"}


def test_one_for_all_schemes_and_no_proxy_at_all(environment):
    environment("all_proxy", "http://gate.example:3128")
    assert Proxies.of_crawl(None).of("https://a.example/") == "http://gate.example:3128"
    environment("NO_PROXY", "*")
    assert Proxies.of_crawl(None).of("https://a.example/") is None


@pytest.mark.parametrize("url", ["socks5://gate.example:1080", "gate.example:3128", "http://:3128", "http://a:port"])
def test_what_is_no_http_proxy_is_refused_without_telling_a_password(environment, url):
    environment("https_proxy", url)
    with pytest.raises(UsageError, match="https_proxy names no proxy that can be used") as refused:
        Proxies.of_crawl(None)
    assert url not in str(refused.value)
