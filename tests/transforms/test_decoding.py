"""Decoding: each case is bytes as some server sent them, and what a reader must get, or a refusal."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.decoding import Decoded, Undecodable, decode_page, known_encoding
from transforms.mojibake import Verdict, judge

TEXT = (
    "章丘区召开春季农业生产现场推进会。本报讯（记者 王芳）3月14日，章丘区在圣井街道召开会议，总结今年以来的工作，"
    "部署下一步重点任务，要求各级各部门坚持问题导向，确保粮食安全，推动乡村振兴取得新成效。"
)
SHORT = "会议召开"
TRADITIONAL = "臺灣總統府今天表示，經濟部將與農業委員會開會討論，這個問題會對民眾的生活產生影響，政府已經採取行動，請大家不要擔心。"  # noqa: E501
RARE = "镕䶮㸆犇焱。" + TEXT
ENGLISH = "The county government held a meeting on Monday to discuss spring farming and the safety of grain."
FRENCH = "Le café du théâtre a été fermé à cause de la fête nationale, déclare le maire de la ville près de la forêt."
JAPANESE = "東京都は今日、新しい経済政策を発表しました。これについて、多くの人々が意見を述べています。"
RUSSIAN = "Сегодня правительство области провело совещание по вопросам сельского хозяйства и экономики."


def page(text: str, meta: str = "", late: bool = False) -> str:
    """A page that holds `text`; `late` puts the meta behind five thousand bytes of script."""
    tag = f'<meta http-equiv="Content-Type" content="text/html; charset={meta}">' if meta else ""
    filler = "<script>" + "var a = 1;" * 600 + "</script>" if late else ""
    return f"<html><head>{filler}{tag}<title>{text[:12]}</title></head><body><p>{text}</p></body></html>"


# name, bytes, HTTP charset, expected text, encoding, conflict
RIGHT: list[tuple[str, bytes, str | None, str, str, bool]] = [
    ("utf-8 with both declarations", page(TEXT, "utf-8").encode(), "utf-8", TEXT, "utf-8", False),
    ("utf-8 without any", page(TEXT).encode(), None, TEXT, "utf-8", False),
    ("utf-8 by header alone", page(TEXT).encode(), "UTF-8", TEXT, "utf-8", False),
    ("utf-8 written utf8", page(TEXT, "utf8").encode(), "utf8", TEXT, "utf-8", False),
    ("utf-8 in quotes", page(TEXT).encode(), '"utf-8"', TEXT, "utf-8", False),
    ("utf-8 with a byte order mark", codecs.BOM_UTF8 + page(TEXT).encode(), None, TEXT, "utf-8", False),
    ("a mark against a lying header", codecs.BOM_UTF8 + page(TEXT).encode(), "gbk", TEXT, "utf-8", False),
    ("a mark against a lying meta", codecs.BOM_UTF8 + page(TEXT, "gb2312").encode(), None, TEXT, "utf-8", False),
    (
        "utf-16 little endian with mark",
        codecs.BOM_UTF16_LE + page(TEXT).encode("utf-16-le"),
        None,
        TEXT,
        "utf-16",
        False,
    ),
    ("utf-16 big endian with mark", codecs.BOM_UTF16_BE + page(TEXT).encode("utf-16-be"), None, TEXT, "utf-16", False),
    ("utf-16 without mark", page(TEXT).encode("utf-16-le"), None, TEXT, "utf-16-le", False),
    ("utf-16 big endian without mark", page(TEXT).encode("utf-16-be"), None, TEXT, "utf-16-be", False),
    ("utf-32 with mark", codecs.BOM_UTF32_LE + page(TEXT).encode("utf-32-le"), None, TEXT, "utf-32", False),
    ("gbk as gb2312 in meta", page(TEXT, "gb2312").encode("gbk"), None, TEXT, "gb18030", False),
    ("gbk as GB2312 in header", page(TEXT).encode("gbk"), "GB2312", TEXT, "gb18030", False),
    ("gbk as gbk", page(TEXT, "gbk").encode("gbk"), "gbk", TEXT, "gb18030", False),
    ("gbk as x-gbk", page(TEXT).encode("gbk"), "x-gbk", TEXT, "gb18030", False),
    ("gbk as gb_2312-80", page(TEXT).encode("gbk"), "gb_2312-80", TEXT, "gb18030", False),
    ("gb18030 as gb18030", page(TEXT, "gb18030").encode("gb18030"), None, TEXT, "gb18030", False),
    ("gb18030 characters under gb2312", page(RARE, "gb2312").encode("gb18030"), None, RARE, "gb18030", False),
    ("gb18030 four-byte characters under gbk", page(RARE, "gbk").encode("gb18030"), "gbk", RARE, "gb18030", False),
    ("gbk without any declaration", page(TEXT).encode("gbk"), None, TEXT, "gb18030", False),
    ("gbk with a late meta", page(TEXT, "gbk", late=True).encode("gbk"), None, TEXT, "gb18030", False),
    ("utf-8 with a late meta", page(TEXT, "utf-8", late=True).encode(), None, TEXT, "utf-8", False),
    ("gbk, header says utf-8", page(TEXT).encode("gbk"), "utf-8", TEXT, "gb18030", True),
    ("gbk, header says utf-8, meta right", page(TEXT, "gb2312").encode("gbk"), "utf-8", TEXT, "gb18030", True),
    (
        "gbk, header says iso-8859-1, meta right",
        page(TEXT, "gb2312").encode("gbk"),
        "iso-8859-1",
        TEXT,
        "gb18030",
        True,
    ),
    ("gbk, header says iso-8859-1, no meta", page(TEXT).encode("gbk"), "iso-8859-1", TEXT, "gb18030", True),
    ("gbk, header says windows-1252", page(TEXT).encode("gbk"), "windows-1252", TEXT, "gb18030", True),
    ("gbk, header says big5", page(TEXT).encode("gbk"), "big5", TEXT, "gb18030", True),
    ("gbk, meta says utf-8", page(TEXT, "utf-8").encode("gbk"), None, TEXT, "gb18030", True),
    ("gbk, late meta right, header wrong", page(TEXT, "gbk", late=True).encode("gbk"), "utf-8", TEXT, "gb18030", True),
    ("utf-8, header says gbk", page(TEXT).encode(), "gbk", TEXT, "utf-8", True),
    ("utf-8, header says gb2312, meta right", page(TEXT, "utf-8").encode(), "gb2312", TEXT, "utf-8", True),
    ("utf-8, meta says gb2312", page(TEXT, "gb2312").encode(), None, TEXT, "utf-8", True),
    ("utf-8, both say gbk", page(TEXT, "gbk").encode(), "gbk", TEXT, "utf-8", True),
    ("utf-8, header says iso-8859-1", page(TEXT).encode(), "ISO-8859-1", TEXT, "utf-8", True),
    ("utf-8, header says big5", page(TEXT).encode(), "big5", TEXT, "utf-8", True),
    ("utf-8, header says us-ascii", page(TEXT).encode(), "us-ascii", TEXT, "utf-8", False),
    ("utf-8, header says nonsense", page(TEXT).encode(), "klingon", TEXT, "utf-8", False),
    ("utf-8, header names a codec of Python", page(TEXT).encode(), "rot13", TEXT, "utf-8", False),
    ("utf-8, meta claims utf-16", page(TEXT, "utf-16").encode(), None, TEXT, "utf-8", False),
    ("gbk, header empty", page(TEXT, "gbk").encode("gbk"), "", TEXT, "gb18030", False),
    ("big5 as big5", page(TRADITIONAL, "big5").encode("big5"), None, TRADITIONAL, "big5hkscs", False),
    ("big5 without any declaration", page(TRADITIONAL).encode("big5"), None, TRADITIONAL, "big5hkscs", False),
    ("big5, header says utf-8", page(TRADITIONAL).encode("big5"), "utf-8", TRADITIONAL, "big5hkscs", True),
    ("big5, meta says gb2312", page(TRADITIONAL, "gb2312").encode("big5"), None, TRADITIONAL, "big5hkscs", True),
    ("traditional in utf-8, header says big5", page(TRADITIONAL).encode(), "big5", TRADITIONAL, "utf-8", True),
    ("traditional in gbk", page(TRADITIONAL, "gbk").encode("gbk"), None, TRADITIONAL, "gb18030", False),
    ("short utf-8", page(SHORT).encode(), None, SHORT, "utf-8", False),
    ("short gbk under gbk", page(SHORT, "gbk").encode("gbk"), None, SHORT, "gb18030", False),
    ("short gbk under a gbk header", page(SHORT).encode("gbk"), "gbk", SHORT, "gb18030", False),
    (
        "two characters that gbk also spells in utf-8",
        page("联通", "gbk").encode("gbk"),
        "gbk",
        "联通",
        "gb18030",
        False,
    ),
    ("english, ascii", page(ENGLISH).encode(), None, ENGLISH, "utf-8", False),
    ("english, header iso-8859-1", page(ENGLISH).encode(), "iso-8859-1", ENGLISH, "cp1252", False),
    ("french in latin-1", page(FRENCH, "iso-8859-1").encode("latin-1"), None, FRENCH, "cp1252", False),
    ("french in latin-1, undeclared", page(FRENCH).encode("latin-1"), None, FRENCH, "cp1252", False),
    ("french in utf-8", page(FRENCH).encode(), "utf-8", FRENCH, "utf-8", False),
    ("japanese in shift_jis", page(JAPANESE, "shift_jis").encode("cp932"), None, JAPANESE, "cp932", False),
    ("japanese in euc-jp", page(JAPANESE, "euc-jp").encode("euc-jp"), None, JAPANESE, "euc_jp", False),
    ("russian in windows-1251", page(RUSSIAN, "windows-1251").encode("cp1251"), None, RUSSIAN, "cp1251", False),
    (
        "xml declaration",
        b'<?xml version="1.0" encoding="gb2312"?>' + page(TEXT).encode("gbk"),
        None,
        TEXT,
        "gb18030",
        False,
    ),
    (
        "html5 charset attribute",
        page(TEXT).replace("<head>", "<head><meta charset=gbk>").encode("gbk"),
        None,
        TEXT,
        "gb18030",
        False,
    ),
    (
        "two metas, the first false",
        page(TEXT, "gbk").replace("<head>", "<head><meta charset='utf-8'>").encode("gbk"),
        None,
        TEXT,
        "gb18030",
        True,
    ),
    ("entities alone", page("".join(f"&#{ord(c)};" for c in SHORT)).encode(), None, "&#20250;", "utf-8", False),
    ("euro sign of cp1252 under latin-1", page(FRENCH + " 5 €").encode("cp1252"), "iso-8859-1", "5 €", "cp1252", False),
]

# name, bytes, HTTP charset, expected text, encoding, evidence's beginning
DAMAGED: list[tuple[str, bytes, str | None, str, str, str]] = [
    (
        "utf-8 cut inside a character",
        page(TEXT).encode()[:-30][: len(page(TEXT)[:60].encode()) + 1],
        "utf-8",
        "章丘区",
        "utf-8",
        "http",
    ),
    (
        "gbk cut inside a character",
        page(TEXT, "gbk").encode("gbk").split("街道".encode("gbk"))[0] + b"\xbd",
        None,
        "圣井",
        "gb18030",
        "meta",
    ),
    (
        "one broken byte in utf-8",
        page(TEXT).encode().replace("总结".encode(), b"\xff" + "总结".encode()),
        "utf-8",
        "总结",
        "utf-8",
        "http",
    ),
    (
        "one broken byte in gbk",
        page(TEXT, "gbk").encode("gbk").replace("，".encode("gbk"), b"\xff\xff", 1),
        None,
        "乡村振兴",
        "gb18030",
        "meta",
    ),
    (
        "a utf-8 widget in a gbk page",
        page(TEXT, "gbk").encode("gbk").replace(b"</body>", f"<div>{TEXT}</div></body>".encode()),
        None,
        "乡村振兴",
        "gb18030",
        "mixed",
    ),
    (
        "a gbk widget in a utf-8 page",
        page(TEXT, "utf-8").encode().replace(b"</body>", f"<div>{TEXT}</div></body>".encode("gbk")),
        None,
        "乡村振兴",
        "gb18030",
        "mixed",
    ),
    (
        "utf-8 read as latin-1 before it was sent",
        page(TEXT).encode().decode("latin-1").encode(),
        "utf-8",
        TEXT,
        "utf-8",
        "repaired",
    ),
    (
        "gbk read as latin-1 before it was sent",
        page(TEXT).encode("gbk").decode("latin-1").encode(),
        "utf-8",
        TEXT,
        "utf-8",
        "repaired",
    ),
]

REFUSED: list[tuple[str, bytes, str | None]] = [
    ("random bytes", bytes(range(128, 256)) * 40, None),
    ("replacement characters only", ("\ufffd" * 400 + "a").encode(), "utf-8"),
    ("utf-8 read as gbk with losses, sent as utf-8", page(TEXT).encode().decode("gbk", "replace").encode(), "utf-8"),
    ("private use characters", ("\ue001\ue102" * 200).encode(), "utf-8"),
    ("compressed data", bytes((i * 197 + i * i * 31) % 256 for i in range(4000)), "utf-8"),
]


def test_suite_is_large_enough() -> None:
    assert len(RIGHT) + len(DAMAGED) + len(REFUSED) >= 60


@pytest.mark.parametrize(
    ("body", "declared", "text", "encoding", "conflict"), [case[1:] for case in RIGHT], ids=[case[0] for case in RIGHT]
)
def test_decodes_whole_pages(body: bytes, declared: str | None, text: str, encoding: str, conflict: bool) -> None:
    decoded = decode_page(body, declared)
    assert isinstance(decoded, Decoded)
    assert text in decoded.text
    assert (decoded.encoding, decoded.conflict, decoded.damaged) == (encoding, conflict, False)


@pytest.mark.parametrize(
    ("body", "declared", "text", "encoding", "evidence"),
    [case[1:] for case in DAMAGED],
    ids=[case[0] for case in DAMAGED],
)
def test_reads_damaged_pages(body: bytes, declared: str | None, text: str, encoding: str, evidence: str) -> None:
    decoded = decode_page(body, declared)
    assert isinstance(decoded, Decoded)
    assert text in decoded.text
    assert decoded.encoding == encoding
    assert decoded.evidence.startswith(evidence)


@pytest.mark.parametrize(("body", "declared"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_refuses_what_nobody_can_read(body: bytes, declared: str | None) -> None:
    refused = decode_page(body, declared)
    assert isinstance(refused, Undecodable)
    assert refused.detail


def test_says_where_the_encoding_was_named() -> None:
    gbk = page(TEXT, "gb2312").encode("gbk")
    assert evidence_of(decode_page(gbk, "gbk")) == "http:gbk"
    assert evidence_of(decode_page(gbk, None)) == "meta:gb2312"
    assert evidence_of(decode_page(page(TEXT, "gbk", late=True).encode("gbk"), None)) == "late meta:gbk"
    assert evidence_of(decode_page(page(TEXT).encode("gbk"), None)) == "content"


def evidence_of(decoded: Decoded | Undecodable) -> str:
    assert isinstance(decoded, Decoded)
    return decoded.evidence


@pytest.mark.parametrize("label", ["rot13", "hex", "base64", "utf-16", "utf-7", "punycode", "", "  ", "unknown-8"])
def test_refuses_labels_that_no_page_can_have(label: str) -> None:
    assert known_encoding(label) is None


@given(st.binary(max_size=600), st.sampled_from([None, "utf-8", "gbk", "big5", "iso-8859-1", "x", "\x00"]))
def test_never_raises(body: bytes, declared: str | None) -> None:
    decode_page(body, declared)


@given(st.integers(0, len(TEXT) - 30), st.sampled_from(["utf-8", "gb18030"]))
def test_any_piece_of_chinese_survives_its_encoding(start: int, encoding: str) -> None:
    piece = TEXT[start : start + 30]
    decoded = decode_page(page(piece).encode(encoding), None)
    assert isinstance(decoded, Decoded)
    assert piece in decoded.text


def test_mojibake_is_told_from_text() -> None:
    assert judge(TEXT) is Verdict.TEXT
    assert judge(TRADITIONAL) is Verdict.TEXT
    assert judge(TEXT.encode().decode("gb18030", "ignore")) is Verdict.NONSENSE
    assert judge(TEXT.encode("gbk").decode("latin-1")) is Verdict.NONSENSE
    assert judge(TRADITIONAL.encode("big5").decode("gb18030", "ignore")) is Verdict.NONSENSE
