"""Anti-bot checks in the shapes that regional publishers put before their pages."""

import pytest
from misbehaving_site import Reply, Visit, listing, page, resource
from scrapy.http import Response

from crawlers.challenges import challenge
from records import Politeness, Reason

JSL = "<script>document.cookie='__jsl_clearance_s=1.0|-1|x';location.href=location.pathname</script>"
ACW = "<html><script>var arg1='4A';function f(n,v){};f('acw_sc__v2',x);document.location.reload()</script>"
CLOUDFLARE = "<title>Just a moment...</title><script>window._cf_chl_opt={cType:'managed'}</script>"
RIVER = "<html><meta charset=utf-8><script>$_ts=window['$_ts'];if(!$_ts)$_ts={};</script></html>"
CHUANGYU = "<html><title>405</title><body>当前访问疑似黑客攻击,已被创宇盾拦截。</body></html>"
SAFEDOG = (
    "<html><title>网站防火墙</title><body>您的请求带有不合法参数，已被网站管理员设置拦截！ 网站安全狗</body></html>"
)
CAPTCHA = "<html><body>您的访问过于频繁，请输入验证码后继续访问</body></html>"
SHAPES = [(521, JSL), (405, ACW), (403, CLOUDFLARE), (412, RIVER), (405, CHUANGYU), (403, SAFEDOG), (429, CAPTCHA)]


@pytest.mark.parametrize("coding", ["utf-8", "gb18030"])
@pytest.mark.parametrize(("status", "text"), SHAPES)
def test_a_check_under_an_error_status(status, text, coding):
    fault = challenge(Response("http://a.example/1", status=status, body=text.encode(coding)), is_source=False)
    assert fault is not None
    assert fault.reason is Reason.ANTI_BOT
    assert str(status) in fault.detail


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (404, "您访问的页面不存在"),
        (403, "Forbidden"),
        (500, "服务器错误"),
        (304, ""),
        (200, "安全狗公司在章丘开业"),
        (521, ""),
    ],
)
@pytest.mark.parametrize("is_source", [False, True])
def test_what_is_no_check(status, text, is_source):
    response = Response("http://a.example/1", status=status, body=text.encode())
    assert challenge(response, is_source=is_source) is None


def test_under_a_200_only_a_source_without_links_is_judged_by_its_script():
    check = Response("http://a.example/", body=ACW.encode())
    assert challenge(check, is_source=True) is not None
    assert challenge(check, is_source=False) is None, "the transforms see an article's text"
    real = Response("http://a.example/", body=listing([(f"/{n}.html", "章丘") for n in range(9)], ACW))
    assert challenge(real, is_source=True) is None


@resource("/guarded/index.htm")
def listing_of_guarded_articles(_: Visit) -> Reply:
    return Reply(listing([(f"/guarded/content_98000{n}.html", f"防火墙后面的新闻第{n}条") for n in range(9)]))


for number in range(9):

    @resource(f"/guarded/content_98000{number}.html")
    def behind_a_firewall(visit: Visit) -> Reply:
        """The first two are let through."""
        if visit.path[-6] in "01":
            return Reply(page("放行的新闻"))
        return Reply(JSL.encode(), status=521)


def test_checks_are_counted_and_several_in_a_row_leave_the_host_out(crawls, site, publisher_of):
    polite = Politeness(delay_seconds=0.0, concurrency=1)
    result = crawls.run([publisher_of("guarded", "listing:/guarded/index.htm", politeness=polite)], breaker_failures=3)
    assert len(result.pages) == 2
    checks = result.report["rejected"]["anti_bot"]
    assert 3 <= checks <= 4, "one more may have been on its way when the third came in"
    assert set(result.report["rejected"]) == {"anti_bot"}
    assert result.report["publishers"]["guarded"]["finish_reason"] == "anti_bot"
    counts = crawls.frontier().counts("guarded")
    assert counts == {"pending": 7 - checks, "landed": 2, "rejected": 0, "failed": checks, "gone": 0}
