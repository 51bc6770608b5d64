import base64
import hashlib
import hmac
import json
from urllib.parse import parse_qs, urlsplit

import pytest

from dags.channels import Notice, Target, cut_bytes, make_request, read_target, refusal
from dags.notices import describe_late_run, describe_run
from records import UsageError

NOTICE = Notice(
    title="每日抓取: 失败 1 项", lines=("✗ 沂河晚报: 没有应答", "→ difang status"), fails=True, url="http://h/dags/x"
)
NOW = 1_700_000_000.25


def test_wecom_takes_text_and_the_key_in_the_url() -> None:
    request = make_request(NOTICE, Target("wecom", "https://qyapi.weixin.qq.com", "k-1"), NOW)
    assert request.url == "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k-1"
    assert request.body["msgtype"] == "text"
    assert request.body["text"]["content"].splitlines() == [NOTICE.title, *NOTICE.lines, NOTICE.url]


LONG = Notice("标题" * 300, tuple(f'✗ "章丘区"\t\\{n} SELECT * FROM v_x 供暖' * 8 for n in range(300)), fails=True)


@pytest.mark.parametrize(("service", "limit"), [("wecom", 2048), ("dingtalk", 20_000), ("feishu", 20_000)])
def test_a_long_message_is_cut_between_characters_to_what_the_service_takes(service: str, limit: int) -> None:
    request = make_request(LONG, Target(service, "https://x", "k", "s"), NOW)
    said = json.loads(request.payload.decode())
    if service == "feishu":
        content = said["card"]["elements"][0]["text"]["content"]
        assert len(said["card"]["header"]["title"]["content"].encode()) <= 200
        assert "\n".join(LONG.lines).startswith(content.removesuffix("…"))
    else:
        content = said["text"]["content"]
        assert LONG.text.startswith(content.removesuffix("…"))
    assert content.endswith("…")
    size = len(content.encode()) if service == "wecom" else len(request.payload)
    assert limit * 0.95 < size <= limit, "no more than the service takes, and not much less"


@pytest.mark.parametrize("extra", range(0, 60, 7))
def test_a_message_that_just_fits_is_not_cut(extra: int) -> None:
    room = 20_000 - len(make_request(Notice("", (), fails=True), Target("dingtalk", "https://x", "k"), NOW).payload)
    text = "字" * ((room + 30 - extra) // 3)
    request = make_request(Notice(text, (), fails=True), Target("dingtalk", "https://x", "k"), NOW)
    assert request.body["text"]["content"].endswith("…") == (len(text.encode()) > room)
    assert len(request.payload) <= 20_000


def test_a_command_in_a_message_can_be_copied_from_it() -> None:
    command = "  difang sql 'SELECT * FROM v_publisher_health WHERE publisher_id = $$a_b$$'"
    for service in ("wecom", "dingtalk", "feishu"):
        request = make_request(Notice("标题", (command,), fails=True), Target(service, "https://x", "k"), NOW)
        assert command in json.dumps(request.body, ensure_ascii=False), service
        assert "markdown" not in request.payload.decode()


def test_dingtalk_signs_milliseconds_and_secret_in_the_url() -> None:
    request = make_request(NOTICE, Target("dingtalk", "https://oapi.dingtalk.com", "t", "SECabc"), NOW)
    url = urlsplit(request.url)
    asked = {name: values[0] for name, values in parse_qs(url.query).items()}
    assert url.path == "/robot/send"
    assert asked["access_token"] == "t"
    assert asked["timestamp"] == "1700000000250"
    expected = hmac.new(b"SECabc", b"1700000000250\nSECabc", hashlib.sha256).digest()
    assert base64.b64decode(asked["sign"]) == expected
    assert request.body == {"msgtype": "text", "text": {"content": NOTICE.text}}
    assert "sign" not in make_request(NOTICE, Target("dingtalk", "https://x", "t"), NOW).url


def test_feishu_signs_in_the_body_with_the_words_as_the_key() -> None:
    request = make_request(NOTICE, Target("feishu", "https://open.feishu.cn", "hook-id", "s3"), NOW)
    assert request.url == "https://open.feishu.cn/open-apis/bot/v2/hook/hook-id"
    assert request.body["timestamp"] == "1700000000"
    assert base64.b64decode(request.body["sign"]) == hmac.new(b"1700000000\ns3", b"", hashlib.sha256).digest()
    assert request.body["msg_type"] == "interactive"
    assert request.body["card"]["header"]["template"] == "red"
    assert "sign" not in make_request(NOTICE, Target("feishu", "https://x", "t"), NOW).body


def test_any_other_receiver_gets_the_fields() -> None:
    request = make_request(NOTICE, Target("webhook", "http://127.0.0.1:9/in"), NOW)
    assert request.url == "http://127.0.0.1:9/in"
    assert json.loads(json.dumps(request.body)) == {
        "title": NOTICE.title,
        "lines": list(NOTICE.lines),
        "fails": True,
        "url": NOTICE.url,
    }


@pytest.mark.parametrize("limit", range(8, 40))
def test_a_cut_text_is_whole_characters_within_the_limit(limit: int) -> None:
    text = "a字𠀀b" * 8
    cut = cut_bytes(text, limit)
    assert len(cut.encode()) <= limit
    assert cut.endswith("…")
    assert text.startswith(cut[:-1])
    assert cut_bytes(text, 1000) == text


def read(**given: object) -> Target:
    fields = {"host": None, "token": None, "extra": {}, "schema": None, "port": None}
    return read_target("ops", **(fields | given))  # type: ignore[arg-type]


def test_a_connection_names_its_service_and_says_what_it_lacks() -> None:
    assert read(token="t", extra={"service": "wecom"}) == Target("wecom", "https://qyapi.weixin.qq.com", "t")
    with_host = read(host="gateway", schema="http", port=8080, token="t", extra={"service": "feishu", "secret": "s"})
    assert with_host == Target("feishu", "http://gateway:8080", "t", "s")
    assert read(host="https://example.org/") == Target("webhook", "https://example.org")
    with pytest.raises(UsageError, match=r"no service 'slack'; extra\.service takes wecom, dingtalk, feishu, webhook"):
        read(extra={"service": "slack"})
    with pytest.raises(UsageError, match="password is empty"):
        read(extra={"service": "dingtalk"})
    with pytest.raises(UsageError, match="needs the host"):
        read()


def test_a_refusal_stands_in_an_answer_of_200() -> None:
    assert refusal("wecom", '{"errcode": 0, "errmsg": "ok"}') is None
    assert refusal("feishu", '{"code": 0, "msg": "success"}') is None
    assert refusal("feishu", '{"StatusCode": 0}') is None
    assert refusal("webhook", "ok") is None
    assert refusal("webhook", "") is None
    assert refusal("dingtalk", '{"errcode": 310000, "errmsg": "sign not match"}') == "sign not match"
    assert refusal("feishu", '{"code": 19021, "msg": "sign match fail"}') == "sign match fail"
    assert refusal("wecom", '{"errcode": 45009, "errmsg": "超过限额"}') == "超过限额"
    for nonsense in ("<html>登录</html>", "", "[]", "{}", "null"):
        assert "not the service's" in str(refusal("wecom", nonsense)), nonsense


def test_a_well_run_has_nothing_to_tell() -> None:
    assert describe_run(dag_name="x", run_id="r", day="2024-05-01", failed=[], warnings=[], url="") is None


def test_one_message_says_what_where_and_the_next_step() -> None:
    left = {"says": "difang: 没有\n应答", "next_step": "difang publishers check yihewanbao"}
    failed = [(f"hosts_1.crawl_publisher[p{n}]", left) for n in range(7)]
    finding = {"publisher_id": "a", "rule": "quiet", "says": "新文章少", "command": "difang sql 'SELECT 1'"}
    notice = describe_run(
        dag_name="每日抓取", run_id="r1", day="2024-05-01", failed=failed, warnings=[finding], url="u"
    )
    assert notice is not None
    assert notice.fails
    assert notice.title == "difang 地方 · 每日抓取: 失败 7 项 failed"
    assert notice.lines == (
        "运行 run r1 (2024-05-01)",
        *(f"✗ hosts_1.crawl_publisher[p{n}]: difang: 没有 应答" for n in range(5)),
        "… 另有 2 项 and 2 more",
        "! a quiet: 新文章少",
        "  difang sql 'SELECT 1'",
        "→ difang publishers check yihewanbao",
        "→ 看日志，改正后清除红格重跑 · read the log, mend it, clear the red squares",
    )
    warned = describe_run(dag_name="x", run_id="r", day="d", failed=[], warnings=[finding], url="")
    assert warned is not None
    assert not warned.fails
    assert "警示 1 项" in warned.title


def test_a_late_run_is_told_with_its_limit() -> None:
    notice = describe_late_run(dag_name="daily_crawl", run_id="r", limit_hours=0.5, url="u")
    assert "0.5 h" in notice.title
    assert "→ difang status" in notice.lines
