"""Pages of HTML and text files, one at a time, with the URL that each says it has (docs/adr/0017).

A sidecar outranks the comment of the browser that saved the page, which outranks ``<link rel=canonical>`` and
``og:url``; a file that says nothing, or only names a home page, is known by its bytes: ``file:///sha256/…``.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from lxml import etree, html

from crawlers.archives.hosts import Hosts
from crawlers.archives.outcome import Skipped
from records import Discovery, FetchedPage, Publisher, Reason, Rejected, Step, UsageError, canonicalize

HTML_SUFFIXES = frozenset({".html", ".htm", ".shtml", ".xhtml"})
TEXT_SUFFIXES = frozenset({".txt", ".text"})
MAX_BODY_BYTES = 16 * 1024 * 1024
HEAD_BYTES = 200_000
_SAVED_FROM = re.compile(rb"<!--\s*saved from url=\(\d+\)(\S+)\s*-->", re.IGNORECASE)
_MARKUP = re.compile(rb"<(?:!doctype|html|head|body|meta|div|p)\b", re.IGNORECASE)


def read_sidecar(path: Path) -> dict[str, str]:
    """URLs by file name from a TSV of two columns: path relative to the sidecar's folder, URL.

    Raises UsageError naming the line that is no such row.
    """
    found: dict[str, str] = {}
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read {path} as UTF-8 text: {error}") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        name, tab, url = line.partition("\t")
        try:
            canonicalize(url)
        except ValueError as error:
            if number == 1 and tab:
                continue  # the header
            raise UsageError(f"{path}:{number}: {line!r} is no row of <path><tab><http URL>: correct it") from error
        found[str((path.parent / name.strip()).resolve())] = url.strip()
    return found


def read_files(
    paths: Sequence[Path],
    hosts: Hosts,
    *,
    publisher: Publisher | None = None,
    urls: Mapping[str, str] | None = None,
    crawl_id: str = "",
) -> Iterator[FetchedPage | Rejected | Skipped]:
    """Every file, folders walked in alphabetical order: a page, a rejection, or what was skipped and why.

    `publisher` is whose files they are where their URLs do not say it. A file that is named itself is read whatever
    its suffix. Raises UsageError for a path that does not exist.
    """
    for path in paths:
        if not path.exists():
            raise UsageError(f"{path} does not exist: give files, or folders of HTML or text")
    for path in paths:
        for file, name in _walk(path):
            suffix = file.suffix.lower()
            if path.is_dir() and suffix not in HTML_SUFFIXES | TEXT_SUFFIXES:
                yield Skipped(reason="other_kind", where=name)
            elif path.is_dir() and _is_companion(file, path):
                yield Skipped(reason="companion", where=name)
            else:
                yield _read(file, name, hosts, publisher, urls or {}, crawl_id)


def _walk(path: Path) -> Iterator[tuple[Path, str]]:
    """The files at or below a path, each with its name relative to it."""
    if path.is_file():
        yield path, path.name
        return
    for file in sorted(path.rglob("*")):
        if file.is_file() and not any(part.startswith(".") for part in file.relative_to(path).parts):
            yield file, file.relative_to(path).as_posix()


def _is_companion(file: Path, root: Path) -> bool:
    """Whether the file lies in ``<page>_files``, beside ``<page>.htm(l)``, where a browser puts a page's frames."""
    for folder in file.parents:
        if folder == root:
            return False
        if folder.name.endswith("_files"):
            stem = folder.name.removesuffix("_files")
            if any((folder.parent / f"{stem}{suffix}").exists() for suffix in HTML_SUFFIXES):
                return True
    return False


def _read(
    file: Path, name: str, hosts: Hosts, publisher: Publisher | None, urls: Mapping[str, str], crawl_id: str
) -> FetchedPage | Rejected:
    with file.open("rb") as stream:
        body = stream.read(MAX_BODY_BYTES + 1)
        modified_at = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    digest = hashlib.sha256(body).hexdigest()
    is_markup = _MARKUP.search(body[:4096].replace(b"\0", b"")) is not None
    url = urls.get(str(file.resolve())) or (claimed_url(body) if is_markup else None)
    canonical_url = canonicalize(url) if url else f"file:///sha256/{digest}"
    owner = (hosts.publisher_of(url) if url else None) or publisher
    if len(body) > MAX_BODY_BYTES:
        return Rejected(
            url=url or canonical_url,
            canonical_url=canonical_url,
            publisher_id=owner.id if owner else None,
            step=Step.FETCH,
            reason=Reason.TOO_LARGE,
            detail=f"{name}: over {MAX_BODY_BYTES} bytes",
            fetched_at=modified_at,
        )
    return FetchedPage(
        url=url or canonical_url,
        canonical_url=canonical_url,
        publisher_id=owner.id if owner else None,
        section=hosts.section_of(url, owner) if url else None,
        fetched_at=modified_at,
        headers=(("content-type", "text/html" if is_markup else "text/plain"),),
        body=body,
        body_sha256=digest,
        discovered_via=Discovery.FILE,
        referrer_url=f"file:{name}",
        crawl_id=crawl_id,
    )


def claimed_url(body: bytes) -> str | None:
    """The http URL of an article that a page's own head says it has, or None; a home page is nobody's."""
    saved = _SAVED_FROM.search(body[:4096])
    claims = [saved[1].decode("utf-8", "replace")] if saved else []
    try:
        tree = html.fromstring(body[:HEAD_BYTES])
        claims += [x.get("href") or "" for x in tree.iter("link") if (x.get("rel") or "").lower() == "canonical"]
        claims += [x.get("content") or "" for x in tree.iter("meta") if "og:url" in {x.get("property"), x.get("name")}]
    except (etree.LxmlError, ValueError):
        pass  # what cannot be parsed claims nothing more
    for claim in claims:
        try:
            canonical = urlsplit(canonicalize(str(claim)))
        except ValueError:
            continue
        if canonical.path.strip("/") or canonical.query:
            return str(claim).strip()
    return None
