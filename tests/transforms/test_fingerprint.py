"""Fingerprints: near for near-duplicates, far for strangers, the same on every machine."""

import time

from hypothesis import given
from hypothesis import strategies as st

from records import seed_path
from transforms.fingerprint import bit_distance, content_sha256, fingerprint

SEED = seed_path("articles/zhangqiu-2022-01-17.txt").read_text(encoding="utf-8")


def test_a_reprint_is_near_and_another_text_is_far() -> None:
    reprint = "本报讯 " + SEED.replace("鲁网1月17日讯", "").replace("章丘区委", "区委")
    other = "".join(reversed(SEED))
    assert bit_distance(fingerprint(SEED), fingerprint(reprint)) <= 6
    assert bit_distance(fingerprint(SEED), fingerprint(other)) >= 18


def test_is_the_same_everywhere() -> None:
    assert fingerprint("章丘区委经济工作会议召开") == "c10401443c00110c"


@given(st.text(max_size=80))
def test_form(text: str) -> None:
    found = fingerprint(text)
    assert found == "" or (len(found) == 16 and int(found, 16) >= 0)
    assert fingerprint(text) == found
    assert fingerprint(f" {text}，") in {found, fingerprint(text)}


def test_is_fast() -> None:
    start = time.process_time()
    for _ in range(100):
        fingerprint(SEED)
    assert (time.process_time() - start) / 100 < 0.02


@given(st.text(max_size=30), st.text(max_size=30))
def test_content_key_separates_title_and_text(title: str, text: str) -> None:
    assert len(content_sha256(title, text)) == 64
    if title != text and "\n" not in title + text:
        assert content_sha256(title, text) != content_sha256(text, title)
