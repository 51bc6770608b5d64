"""NameEvidence: LAC's second thoughts tell names that are words from words."""

import pytest

from transforms.name_evidence import FAR, NameEvidence
from transforms.official_tokens import load_lexer


def margin(text: str, name: str) -> float:
    lexer = load_lexer()
    words = lexer.read_scores([text])[text]
    start = text.index(name)
    return NameEvidence(lexer.labels, words.emissions, words.path).margin(words.tokens, start, start + len(name))


@pytest.mark.parametrize(
    ("text", "name", "word_text", "word"),
    [
        ("镇长温馨就下一步工作作出安排。", "温馨", "县长要求，各乡镇要高度重视。", "要求"),
        ("市妇联主席盛慧、市残联理事长牟春", "盛慧", "县委书记、县长关心企业", "关心"),
        ("副镇长万里、党委委员云飞扬", "万里", "市长安排工作", "安排"),
    ],
)
def test_a_name_is_nearer_than_a_word(text: str, name: str, word_text: str, word: str) -> None:
    assert margin(text, name) > margin(word_text, word) + 3


def test_the_person_that_lac_reads_has_no_margin() -> None:
    assert margin("市委书记丁文敬调研。", "丁文敬") == pytest.approx(0.0, abs=1e-3)


def test_a_stretch_beyond_the_sentence_is_far() -> None:
    lexer = load_lexer()
    words = lexer.read_scores(["县长。"])["县长。"]
    assert NameEvidence(lexer.labels, words.emissions, words.path).margin(words.tokens, 1, 9) == FAR


def test_a_long_sentence_keeps_a_score_for_every_character() -> None:
    text = "县长温馨讲话，" * 90
    words = load_lexer().read_scores([text])[text]
    assert len(words.path) == len(words.emissions) == len(text)
    assert "".join(t.word for t in words.tokens) == text
