"""Text of HTML and XML bytes: what a page declares beats what its server declares, and gb2312 means gb18030.

Chinese servers often send one charset for all their pages, true or not; a page's own meta element or XML
declaration was written by the one who saved it, though not always by one who knew. What is UTF-8 beyond
chance is UTF-8. An encoding that cannot decode the bytes is passed over.
"""

import re

from w3lib.encoding import (
    html_body_declared_encoding,
    http_content_type_encoding,
    read_bom,
    resolve_encoding,
    to_unicode,
)

SURE_CHARACTERS = 8
XML_ENCODING = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{2,40})["']""")

DATASTORE = re.compile(r"<script\b[^>]{0,200}>\s*(?:<\?xml[^>]{0,200}>\s*)?<datastore\b.*?</script>", re.I | re.S)
CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.S)


def decode_markup(body: bytes, content_type: str = "") -> str:
    """The text of a page, decoded by BOM, own declaration, header, UTF-8 or GB18030: the first that fits."""
    marked, bom = read_bom(body)
    if marked is not None and bom is not None:
        return body[len(bom) :].decode(marked, "replace")
    if is_surely_utf8(body):
        return body.decode("utf-8")
    candidates = [name for name in (_declared(body), http_content_type_encoding(content_type)) if name]
    candidates += ["utf-8", "gb18030"]
    for name in candidates:
        if (text := _strictly(body, name)) is not None:
            return text
    return to_unicode(body, candidates[0])


def open_datastores(markup: str) -> str:
    """The markup with lists laid open that stand as XML in a script (``<datastore>…<![CDATA[<li>…``, hanweb's CMS)."""
    if "<datastore" not in markup:
        return markup
    return DATASTORE.sub(lambda script: "".join(CDATA.findall(script[0])), markup)


def is_surely_utf8(body: bytes) -> bool:
    """Whether the bytes are UTF-8 whatever is declared: a sentence in GBK is never well-formed UTF-8 by chance."""
    text = _strictly(body, "utf-8")
    return text is not None and len(body) - len(text) >= 2 * SURE_CHARACTERS


def _declared(body: bytes) -> str | None:
    xml = XML_ENCODING.match(body[:400])
    return resolve_encoding(xml[1].decode()) if xml else html_body_declared_encoding(body[:4096])


def _strictly(body: bytes, name: str) -> str | None:
    try:
        return body.decode(name)
    except (UnicodeDecodeError, LookupError):
        return None
