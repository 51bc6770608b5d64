"""What each messaging service is sent, as a request: 企业微信, 钉钉, 飞书, a webhook of one's own. Pure.

The formats, limits and signatures are those of the services' own pages on robots in groups (群机器人, 自定义机器人): a
request is signed where the connection has a secret. Time is a parameter, since two of the signatures hold it.

Every message is plain text: its commands are there to be copied, and Markdown would take the * and _ out of them.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from records import UsageError


@dataclass(frozen=True, slots=True)
class Notice:
    """A message to people: its headline, its lines, whether something failed, and where to look."""

    title: str
    lines: tuple[str, ...]
    fails: bool
    url: str = ""

    @property
    def text(self) -> str:
        """The whole as plain text."""
        return "\n".join([self.title, *self.lines, *([self.url] if self.url else [])])


@dataclass(frozen=True, slots=True)
class Target:
    """Where a service listens: its address, the robot's token, the secret that signs."""

    service: str
    address: str
    token: str = ""
    secret: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """What is posted where."""

    url: str
    body: Mapping[str, Any]

    @property
    def payload(self) -> bytes:
        """The body as it goes out."""
        return as_payload(self.body)


def as_payload(body: Mapping[str, Any]) -> bytes:
    """The JSON of a body in UTF-8: escaped in ASCII a Chinese character would take six bytes instead of three."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def cut_bytes(text: str, limit: int) -> str:
    """The text within `limit` bytes of UTF-8, cut between characters, with … where something is left out."""
    encoded = text.encode()
    if len(encoded) <= limit:
        return text
    return encoded[: limit - 3].decode(errors="ignore") + "…"


def fit(make: Callable[[str], Mapping[str, Any]], text: str, limit: int) -> Mapping[str, Any]:
    """The body made of as much of the text as keeps the whole request within `limit` bytes."""
    body = make(text)
    while (over := len(as_payload(body)) - limit) > 0 and text:
        # Quotes and newlines take two bytes in JSON: what is too much there may be less in the text, so cut again.
        text = cut_bytes(text, max(len(text.encode()) - max(over // 2, 4), 0))
        body = make(text)
    return body


def to_wecom(notice: Notice, target: Target, now: float) -> Request:
    """企业微信's robot: text of at most 2,048 bytes; the key in the URL is all that identifies."""
    body = {"msgtype": "text", "text": {"content": cut_bytes(notice.text, 2048)}}
    return Request(f"{target.address}/cgi-bin/webhook/send?key={quote(target.token, safe='')}", body)


def to_dingtalk(notice: Notice, target: Target, now: float) -> Request:
    """钉钉's robot: text, the request at most 20,000 bytes; signed over milliseconds, newline, secret, in the URL."""
    url = f"{target.address}/robot/send?access_token={quote(target.token, safe='')}"
    if target.secret:
        at = str(round(now * 1000))
        signed = hmac.digest(target.secret.encode(), f"{at}\n{target.secret}".encode(), hashlib.sha256)
        url += f"&timestamp={at}&sign={quote(base64.b64encode(signed).decode(), safe='')}"
    return Request(url, fit(lambda text: {"msgtype": "text", "text": {"content": text}}, notice.text, 20_000))


def to_feishu(notice: Notice, target: Target, now: float) -> Request:
    """飞书's robot: a card, the request at most 20 KB; signed in the body.

    The signature has "seconds, newline, secret" as the key, over nothing.
    """
    signature: dict[str, str] = {}
    if target.secret:
        at = str(int(now))
        signed = hmac.digest(f"{at}\n{target.secret}".encode(), b"", hashlib.sha256)
        signature = {"timestamp": at, "sign": base64.b64encode(signed).decode()}
    header = {
        "title": {"tag": "plain_text", "content": cut_bytes(notice.title, 200)},
        "template": "red" if notice.fails else "orange",
    }

    def card(text: str) -> Mapping[str, Any]:
        elements = [{"tag": "div", "text": {"tag": "plain_text", "content": text}}]
        return {**signature, "msg_type": "interactive", "card": {"header": header, "elements": elements}}

    text = "\n".join([*notice.lines, *([notice.url] if notice.url else [])])
    return Request(
        f"{target.address}/open-apis/bot/v2/hook/{quote(target.token, safe='')}",
        fit(card, text, 20_000),
    )


def to_webhook(notice: Notice, target: Target, now: float) -> Request:
    """Any other receiver: the notice's own fields as JSON; the token, where there is one, is the URL's last part."""
    url = f"{target.address}/{quote(target.token, safe='')}" if target.token else target.address
    body = {"title": notice.title, "lines": list(notice.lines), "fails": notice.fails, "url": notice.url}
    return Request(url, body)


SERVICES: dict[str, tuple[str, Callable[[Notice, Target, float], Request]]] = {
    "wecom": ("https://qyapi.weixin.qq.com", to_wecom),
    "dingtalk": ("https://oapi.dingtalk.com", to_dingtalk),
    "feishu": ("https://open.feishu.cn", to_feishu),
    "webhook": ("", to_webhook),
}
"""Each service's usual address, and what makes its request."""


def make_request(notice: Notice, target: Target, now: float) -> Request:
    """The request for the target's service."""
    return SERVICES[target.service][1](notice, target, now)


def read_target(
    name: str, *, host: str | None, token: str | None, extra: Mapping[str, Any], schema: str | None, port: int | None
) -> Target:
    """The target that an Airflow connection describes. Raises UsageError naming what it lacks.

    `extra.service` says which service; host (with schema and port) only where it is not the usual one.
    """
    service = str(extra.get("service") or "webhook")
    if service not in SERVICES:
        raise UsageError(
            f"connection {name!r}: there is no service {service!r}; extra.service takes {', '.join(SERVICES)}"
        )
    address = SERVICES[service][0]
    if host:
        address = host if "://" in host else f"{schema or 'https'}://{host}"
        address = address.rstrip("/") + (f":{port}" if port else "")
    if not address:
        raise UsageError(f"connection {name!r}: a webhook needs the host that it posts to, such as https://example.org")
    if service != "webhook" and not token:
        raise UsageError(f"connection {name!r}: its password is empty; it takes the token (the key) of the robot's URL")
    return Target(service=service, address=address, token=token or "", secret=str(extra.get("secret") or ""))


def refusal(service: str, answer: str) -> str | None:
    """What a service's answer refuses, in its own words; None where it took the message.

    The three services answer 200 to everything; a code other than 0 in the JSON is a refusal, and so is an answer that
    is no such JSON: some proxy's page. A webhook of one's own may answer what it likes.
    """
    try:
        said = json.loads(answer)
    except ValueError:
        said = None
    keys = [key for key in ("errcode", "code", "StatusCode") if isinstance(said, dict) and key in said]
    if not keys:
        return (
            None if service == "webhook" else f"an answer that is not the service's: {' '.join(answer.split())[:100]!r}"
        )
    if str(said[keys[0]]) == "0":
        return None
    return str(said.get("errmsg") or said.get("msg") or said.get("StatusMessage") or said)
