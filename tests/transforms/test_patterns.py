"""Every pattern answers in bounded time, whatever line a stranger's page prints."""

import datetime as dt
import itertools
import time
from collections.abc import Callable

import pytest

from transforms import boilerplate
from transforms.byline import is_byline, take_bylines
from transforms.credit_line import CreditText, read_credits
from transforms.dateline import find_event_date, split_dateline
from transforms.headline import strip_site
from transforms.moments import read_moment
from transforms.outlets import unlabelled_source
from transforms.related_links import read_dated_line

WORDS = [
    "分享",
    "打印",
    "记者 ",
    "编辑 甲乙 ",
    "编辑：",
    "通讯员 甲乙、",
    "新闻",
    "报",
    "·",
    "（",
    "本报",
    "1月1日",
    "图片",
    "摄",
    "首席",
    "评论",
    "来自",
    "- ",
]
QUESTIONS: list[Callable[[str], object]] = [
    *(getattr(boilerplate, name) for name in dir(boilerplate) if name.startswith("is_")),
    is_byline,
    split_dateline,
    read_dated_line,
    read_moment,
    lambda text: take_bylines(["一", text]),
    lambda text: find_event_date(text, dt.date(2022, 1, 1)),
    lambda text: read_credits([CreditText(text, "body")]),
    lambda text: unlabelled_source([text]),
    lambda text: strip_site(text, {}),
]


def test_there_are_questions() -> None:
    assert len(QUESTIONS) >= 18


@pytest.mark.parametrize("word", WORDS)
def test_repeated_words_take_bounded_time(word: str) -> None:
    start = time.process_time()
    for other in WORDS:
        for text in ((word + other) * 12, ((word + other) * 40)[:150] + "Z", ((word + other) * 12)[:58] + "。x"):
            for question in QUESTIONS:
                question(text)
    assert time.process_time() - start < 5.0


def test_long_lines_take_bounded_time() -> None:
    start = time.process_time()
    for word, question in itertools.product(WORDS, QUESTIONS):
        question(word * 2000)
    assert time.process_time() - start < 20.0
