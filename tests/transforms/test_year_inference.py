"""The year of a dateline without one: which words prove it, which forbid it, and when nothing is said."""

import datetime as dt

import pytest

from transforms.year_inference import infer_year, nearest_year

# month, day, text, year, words
PROVEN = [
    (1, 17, "总结2021年经济工作,部署2022年重点任务,动员全区", 2022, "部署2022年重点任务"),
    (1, 17, "总结2021年经济工作，动员全区", 2022, "总结2021年经济工作"),
    (12, 28, "总结2021年经济工作，部署2022年重点任务", 2021, "部署2022年重点任务"),
    (7, 1, "庆祝中国共产党成立100周年大会", 2021, "庆祝中国共产党成立100周年"),
    (10, 1, "庆祝新中国成立75周年", 2024, "新中国成立75周年"),
    (3, 5, "今年（2023年）政府工作报告", 2023, "今年（2023年）"),
    (5, 6, "2020年5月6日，章丘区", 2020, "2020年5月6日"),
    (2, 1, "今年是“十四五”开局之年", 2021, "“十四五”开局之年"),
]
UNPROVEN = [
    (1, 17, "全区召开经济工作会议。", "no evidence"),
    (1, 17, "2021年是极不平凡的一年", "a year named in passing"),
    (6, 17, "总结2021年经济工作，部署2022年重点任务", "plans are laid around the turn of the year"),
    (1, 17, "部署2022年重点任务，部署2023年重点任务", "two plans"),
    (1, 17, "部署2023年重点任务，迎接党的二十大胜利召开", "the congress had been held"),
    (1, 17, "总结2021年工作，学习贯彻党的二十大精神", "the congress had not been held"),
    (1, 17, "部署2022年重点任务。1月16日（星期六）上午", "that day was a Sunday"),
]


@pytest.mark.parametrize(("month", "day", "text", "year", "words"), PROVEN)
def test_proves_a_year(month: int, day: int, text: str, year: int, words: str) -> None:
    assert infer_year(month, day, text) == (year, f"text({words})")


@pytest.mark.parametrize(("month", "day", "text", "why"), UNPROVEN)
def test_says_nothing_where_nothing_is_proven(month: int, day: int, text: str, why: str) -> None:
    assert infer_year(month, day, text) is None, why


def test_nearest_year_crosses_the_turn_of_the_year() -> None:
    assert nearest_year(12, 30, dt.date(2022, 1, 2)) == dt.date(2021, 12, 30)
    assert nearest_year(1, 17, dt.date(2022, 1, 17)) == dt.date(2022, 1, 17)
    assert nearest_year(2, 29, dt.date(2022, 3, 1)) is None or nearest_year(2, 29, dt.date(2023, 3, 1)) == dt.date(
        2024, 2, 29
    )
    assert nearest_year(2, 30, dt.date(2022, 3, 1)) is None
