"""Archives and folders through the command line, on the pages of the bundled newspapers."""

import gzip
import json
import shutil
import sys

import pytest
from conftest import ROOT, run_difang

from pipeline.cli import cli
from records import UsageError
from warehouse import connect

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

SITE = ROOT / "seeds" / "newspapers" / "www.lufengwang.example"
ARTICLES = sorted((SITE / "zq" / "xw").glob("2*/t*.htm"))[:6]
ANOTHER_HOST = "http://www.nobody.example/2024/05/13/1.htm"


def http(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    head = [f"HTTP/1.1 {status}", "Content-Type: text/html", *headers]
    return "\r\n".join([*head, "", ""]).encode() + body


def chunked(body: bytes) -> bytes:
    half = len(body) // 2
    parts = [f"{len(part):x}\r\n".encode() + part + b"\r\n" for part in (body[:half], body[half:])]
    return b"".join(parts) + b"0\r\n\r\n"


def record(kind: str, url: str, block: bytes, *more: str, version: str = "1.0", number: int = 0) -> bytes:
    lines = [
        f"WARC/{version}",
        f"WARC-Type: {kind}",
        f"WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-{number:012}>",
        "WARC-Date: 2024-05-14T02:00:00Z",
        f"WARC-Target-URI: {url}",
        "Content-Type: " + ("application/http; msgtype=response" if kind != "resource" else "text/html"),
        f"Content-Length: {len(block)}",
        *more,
    ]
    return "\r\n".join([*lines, "", ""]).encode() + block + b"\r\n\r\n"


def address(path) -> str:
    return f"http://www.lufengwang.example/{path.relative_to(SITE).as_posix()}"


def records() -> list[bytes]:
    assert len(ARTICLES) == 6
    urls, bodies = [address(a) for a in ARTICLES], [a.read_bytes() for a in ARTICLES]
    return [
        record("warcinfo", "", b"software: test\r\n"),
        record("request", urls[0], b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
        record("response", urls[0], http(bodies[0]), number=1),
        record("response", f"<{urls[1]}>", http(chunked(bodies[1]), "Transfer-Encoding: chunked"), version="1.1"),
        record("response", urls[2], http(gzip.compress(bodies[2]), "Content-Encoding: gzip")),
        # headers of encodings that the archive has undone
        record("response", urls[3], http(bodies[3], "Content-Encoding: gzip", "Transfer-Encoding: chunked")),
        record("resource", urls[4], bodies[4]),
        record("revisit", urls[0], http(b"")),
        record("response", urls[5], http(bodies[5][:900]), "WARC-Truncated: length"),
        record(
            "response", urls[5].replace(".htm", "8.htm"), http(gzip.compress(bodies[5])[:90], "Content-Encoding: gzip")
        ),
        record("response", urls[5].replace(".htm", "9.htm"), http(b"<html>no", status="404 Not Found")),
        record("response", "http://www.lufengwang.example/", http(b"<html><body>home</body></html>")),
        record("response", ANOTHER_HOST, http(bodies[0])),
        record("response", "dns:www.lufengwang.example", b"1.2.3.4"),
    ]


def report_of(done) -> dict:
    return json.loads(done.stdout.splitlines()[-1])


def counts(home) -> dict[str, int]:
    tables = ("raw_pages", "core_captures", "core_articles", "core_rejections", "core_batches", "core_article_regions")
    with connect(home / "warehouse") as connection:
        return {t: connection.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in tables}


def test_an_archive_lands_once_and_each_page_that_does_not_is_counted(tmp_path):
    home, archive = tmp_path / "home", tmp_path / "made.warc.gz"
    archive.write_bytes(b"".join(gzip.compress(r) for r in records()))
    done = run_difang("ingest", "--warc", str(archive), "--json", home=home)
    assert done.returncode == 0, done.stderr
    report = report_of(done)
    assert report["versions"] == 5
    assert report["rejected"] == {"gone": 1, "truncated": 2}
    assert report["skipped"] == {
        "no_response": 2,
        "not_an_article_url": 1,
        "revisit": 1,
        "unknown_host": 1,
        "unusable_url": 1,
    }
    with connect(home / "warehouse") as connection:
        rows = connection.execute(
            "SELECT DISTINCT publisher_id, discovered_via, section_id IS NOT NULL, fetched_date::VARCHAR "
            "FROM v_captures WHERE content_sha256 IS NOT NULL"
        ).fetchall()
    assert rows == [("lufengwang", "warc", True, "2024-05-14")]
    before = counts(home)
    again = report_of(run_difang("ingest", "--warc", str(archive), "--json", home=home))
    assert (again["already_landed"], again["versions"], again["batches"]) == (8, 0, 0)
    assert counts(home) == before
    everything = report_of(run_difang("ingest", "--warc", str(archive), "--any-host", "--json", home=home))
    assert everything["versions"] == 1
    with connect(home / "warehouse") as connection:
        assert connection.execute("SELECT canonical_url FROM v_articles WHERE publisher_id IS NULL").fetchall() == [
            (ANOTHER_HOST,)
        ]


def test_a_damaged_archive_lands_what_came_before_and_the_next_one_is_read(tmp_path):
    """Two archives that break off, one packed and one plain; one that is none; and a whole one, packed with zstd."""
    home, parts = tmp_path / "home", records()[2:7]
    cut, plain, junk, whole = (tmp_path / name for name in ("cut.warc.gz", "plain.warc", "junk.warc", "whole.warc.zst"))
    cut.write_bytes(b"".join(gzip.compress(r) for r in parts[:3])[: -len(gzip.compress(parts[2])) // 2])
    plain.write_bytes(b"".join(parts[3:])[: -len(parts[4]) // 2])
    junk.write_bytes(b"<html>no archive</html>")
    whole.write_bytes(zstd.compress(parts[2]) + zstd.compress(parts[4]))
    done = run_difang("ingest", "--warc", *map(str, (cut, plain, junk, whole)), "--json", home=home)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    report = report_of(done)
    assert report["versions"] == 5
    assert report["rejected"] == {"truncated": 2}
    assert len(report["damaged"]) == 3
    assert "cut.warc.gz breaks off" in report["damaged"][0]
    assert "plain.warc breaks off" in report["damaged"][1]
    assert "junk.warc cannot be read further as WARC" in report["damaged"][2]


def test_a_folder_lands_once_under_the_urls_that_its_files_name(tmp_path):
    home, folder = tmp_path / "home", tmp_path / "drop"
    (folder / "saved_files").mkdir(parents=True)
    bodies = [a.read_bytes() for a in ARTICLES]
    named = [address(a) for a in ARTICLES]
    saved = f"<!-- saved from url=(0062){named[0]} -->\n".encode()
    (folder / "saved.html").write_bytes(saved + bodies[0])
    (folder / "saved_files" / "frame.html").write_bytes(bodies[1])
    link = f'<head><link rel="canonical" href="{named[1]}">'.encode()
    (folder / "canonical.htm").write_bytes(bodies[1].replace(b"<head>", link, 1))
    home_link = b'<head><link rel="canonical" href="http://www.lufengwang.example/">'
    (folder / "home-link.htm").write_bytes(bodies[2].replace(b"<head>", home_link, 1))
    (folder / "listed.htm").write_bytes(bodies[3])
    (folder / "urls.tsv").write_text(f"path\turl\nlisted.htm\t{named[3]}\n", encoding="utf-8")
    text = (ROOT / "seeds" / "articles" / "zhangqiu-2022-01-17.txt").read_text(encoding="utf-8")
    (folder / "text.txt").write_bytes(text.encode("gb18030"))
    arguments = ["ingest", "--files", str(folder), "--urls", str(folder / "urls.tsv"), "--publisher", "lufengwang"]
    done = run_difang(*arguments, "--json", home=home)
    assert done.returncode == 0, done.stderr
    report = report_of(done)
    assert (report["versions"], report["rejected"]) == (5, {})
    assert report["skipped"] == {"companion": 1, "other_kind": 1}
    with connect(home / "warehouse") as connection:
        rows = connection.execute("SELECT canonical_url, publisher_id FROM v_articles").fetchall()
    assert {r[0] for r in rows if r[0].startswith("http")} == {named[0], named[1], named[3]}
    assert sum(r[0].startswith("file:///sha256/") for r in rows) == 2
    assert {r[1] for r in rows} == {"lufengwang"}
    before = counts(home)
    moved = tmp_path / "moved"
    shutil.move(folder, moved)
    again = report_of(run_difang(*[a.replace(str(folder), str(moved)) for a in arguments], "--json", home=home))
    assert (again["already_landed"], again["versions"]) == (5, 0)
    assert counts(home) == before


BAD = [
    (["--warc", "--files", "x"], "exclude each other"),
    (["--warc", "no.warc"], "no.warc is no file"),
    (["--warc"], "nothing to read"),
    (["lufengwang", "--any-host"], "go with --warc"),
    (["--files", "x", "--since", "2024-01-01"], "read as a whole"),
    (["--warc", "x", "--publisher", "nobody"], "nobody"),
]


@pytest.mark.parametrize(("arguments", "says"), BAD, ids=[" ".join(b[0]) for b in BAD])
def test_bad_input_gets_one_clear_sentence(arguments, says, tmp_path):
    with pytest.raises(UsageError, match=says):
        cli.main(["--home", str(tmp_path), "ingest", *arguments], standalone_mode=False)
