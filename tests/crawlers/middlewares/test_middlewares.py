"""The middlewares' pure parts: what is unsafe, what is too large, how long to wait."""

import gzip
import zlib

import brotli
import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st

from crawlers.middlewares.decompression import TooLargeError, TruncatedError, decompress
from crawlers.middlewares.retries import retry_after
from crawlers.middlewares.safety import unsafe

HOSTS = frozenset(
    {"www.a.example", "127.0.0.1", "10.0.0.1", "localhost", "127.1", "2130706433", "[::1]", "printer.local"}
)

URLS = [
    ("http://www.a.example/1", ""),
    ("https://www.a.example:8443/1", ""),
    ("http://b.example/1", "allowed_hosts"),
    ("http://xwww.a.example/1", "allowed_hosts"),
    ("http://www.a.example@b.example/1", "allowed_hosts"),
    ("ftp://www.a.example/1", "http and https"),
    ("file:///etc/passwd", "http and https"),
    ("http://127.0.0.1/1", "private network"),
    ("http://127.1/1", "private network"),
    ("http://2130706433/1", "private network"),
    ("http://[::1]/1", "private network"),
    ("http://10.0.0.1/1", "private network"),
    ("http://localhost/1", "private network"),
    ("http://printer.local/1", "private network"),
]


@pytest.mark.parametrize(("url", "told"), URLS)
def test_unsafe_urls(url, told):
    fault = unsafe(url, HOSTS, ())
    assert (fault is None) == (not told)
    assert fault is None or told in fault.detail


def test_a_private_host_can_be_allowed():
    assert unsafe("http://127.0.0.1:8000/", HOSTS, ("127.0.0.1",)) is None
    assert unsafe("http://10.0.0.1/", HOSTS, ("127.0.0.1",)) is not None


def raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


ENCODERS = {
    b"gzip": gzip.compress,
    b"deflate": zlib.compress,
    b"br": brotli.compress,
    b"zstd": zstd.compress,
}


@pytest.mark.parametrize("layer", ENCODERS)
@given(body=st.binary(min_size=1, max_size=2000))
def test_what_is_compressed_comes_back(layer, body):
    assert decompress(ENCODERS[layer](body), [layer], 10_000) == body


@pytest.mark.parametrize("layer", ENCODERS)
def test_bombs_and_stumps_are_refused(layer):
    packed = ENCODERS[layer](b"\0" * 5_000_000)
    assert len(packed) < 50_000
    with pytest.raises(TooLargeError):
        decompress(packed, [layer], 1_000_000)
    assert len(decompress(packed, [layer], 5_000_000)) == 5_000_000
    with pytest.raises(TruncatedError):
        decompress(ENCODERS[layer](bytes(range(256)) * 50)[:-30], [layer], 100_000)
    with pytest.raises(TruncatedError):
        decompress(b"no such stream at all", [layer], 100_000)


def test_bare_deflate_and_several_layers():
    assert decompress(raw_deflate(b"abc" * 100), [b"deflate"], 1000) == b"abc" * 100
    assert decompress(gzip.compress(zlib.compress(b"abc")), [b"deflate", b"gzip"], 1000) == b"abc"
    with pytest.raises(TooLargeError):
        decompress(b"x", [b"gzip"] * 9, 1000)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (b"120", 120.0),
        (b" 5 ", 5.0),
        (b"Thu, 01 Jan 1970 00:02:00 GMT", 20.0),
        (b"Thu, 01 Jan 1970 00:00:00 GMT", 0.0),
        (b"soon", None),
        (b"-5", None),
        (None, None),
    ],
)
def test_retry_after(value, seconds):
    assert retry_after(value, 100.0) == seconds
