"""Pages a second out of a WARC archive like CC-NEWS, a gzip member a record, and the memory that it takes.

    python benchmarks/archives.py [--megabytes 1024]

The archive is made of the bundled newspapers' pages, over and over; it is read as `difang ingest --warc` reads it,
without the transforms. Memory is flat where the last figure is that of the first thousand records.
"""

import argparse
import gzip
import resource
import tempfile
import time
from pathlib import Path

from crawlers import load_publishers
from crawlers.archives import Hosts
from crawlers.archives.warc import read_warc
from records import FetchedPage

SITE = Path(__file__).parent.parent / "seeds" / "newspapers" / "www.lufengwang.example"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=1024)
    megabytes = parser.parse_args().megabytes
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "made.warc.gz"
        make(archive, megabytes)
        read(archive)


def make(archive: Path, megabytes: int) -> None:
    """Write an archive of at least that size."""
    block = b"".join(gzip.compress(record(page), 6) for page in sorted(SITE.rglob("t*.htm")))
    with archive.open("wb") as out:
        while out.tell() < megabytes << 20:
            out.write(block)


def record(page: Path) -> bytes:
    """A response as a crawler archives it."""
    body = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + page.read_bytes()
    lines = [
        "WARC/1.0",
        "WARC-Type: response",
        "WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000000>",
        "WARC-Date: 2024-05-14T02:00:00Z",
        f"WARC-Target-URI: http://www.lufengwang.example/{page.relative_to(SITE).as_posix()}",
        "Content-Type: application/http; msgtype=response",
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body + b"\r\n\r\n"


def read(archive: Path) -> None:
    """Read it to its end and print pages, seconds and memory."""
    size, hosts = archive.stat().st_size, Hosts(load_publishers().values())
    started, cpu, pages, at_first = time.monotonic(), time.process_time(), 0, 0.0
    for number, entry in enumerate(read_warc(archive, hosts), 1):
        pages += isinstance(entry, FetchedPage)
        if number == 1000:
            at_first = peak_megabytes()
    per_page = 1000 * (time.process_time() - cpu) / pages
    seconds = time.monotonic() - started
    print(f"{size / 2**20:,.0f} MB, {pages:,} pages: {pages / seconds:,.0f} pages/s, {per_page:.2f} ms CPU a page")
    print(f"{at_first:.0f} MB of memory after a thousand records, {peak_megabytes():.0f} MB at the end")


def peak_megabytes() -> float:
    """The most memory that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
