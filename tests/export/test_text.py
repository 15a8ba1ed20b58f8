"""What stands under an answer on the screen."""

import pytest

from assistant.export.text import as_of_text
from assistant.records.answers import Answer, Provenance


def answer(mode, as_of, *, refused=False):
    reason = "no_evidence" if refused else None
    return Answer("問", "答", refused, reason, mode, (), (), (), as_of, (), Provenance("i", "e"))


@pytest.mark.parametrize("as_of", ["2024-04-24", None])
def test_an_answer_says_who_wrote_it_even_of_undated_documents(as_of):
    assert "AIによる下書きです" in as_of_text(answer("llm", as_of))
    assert "そのまま抜き出して" in as_of_text(answer("extractive", as_of))


def test_a_refusal_quotes_nothing():
    assert as_of_text(answer("extractive", "2024-04-24", refused=True)) == (
        "調べた資料は 2024-04-24 時点です。"
    )
    assert as_of_text(answer("extractive", None, refused=True)) == ""
