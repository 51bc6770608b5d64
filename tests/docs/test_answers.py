"""docs/analysts.md prints what its questions answer on the demo's warehouse; every view and mart has an example."""

from contextlib import closing

import pytest
from documented_outputs import PAGE, answer, questions

from warehouse import connect
from warehouse.views import MARTS, macros, views

QUESTIONS = list(questions(PAGE.read_text(encoding="utf-8")))
PRINTED = [question for question in QUESTIONS if not question.differs]


@pytest.fixture(scope="module")
def lake(demo_run):
    with closing(connect(demo_run.home / "warehouse")) as connection:
        yield connection


def test_there_are_twenty_questions_with_their_answers():
    assert len(PRINTED) >= 20
    assert all(question.answer for question in PRINTED)


@pytest.mark.parametrize("question", PRINTED, ids=[f"line {question.line}" for question in PRINTED])
def test_an_answer_is_what_the_page_prints(lake, question):
    # where rules became better: run tests/support/documented_outputs.py, as its docstring says
    assert answer(lake, question.sql) == question.answer


def test_every_view_macro_and_mart_has_an_example_that_answers(lake):
    statements = {statement.name: statement for statement in (*views(), *macros())}
    assert len(statements) >= 29
    for name, statement in statements.items():
        assert name in statement.example, name
        assert lake.execute(statement.example).fetchall(), name
    assert len(MARTS) >= 13
    for mart in MARTS:
        example = statements[mart.view].example.replace(mart.view, mart.name)
        assert lake.execute(example).fetchall(), mart.name
