"""Documents that give orders: what a model that obeys them writes does not reach the reader."""

import json
import re
from pathlib import Path

import pytest
from answering.inertness import active_parts
from answering.injections import injections
from answering.scripted import scripted

from assistant.answering import checks, untrusted
from assistant.answering.answer import render
from assistant.answering.untrusted import inert, speaks_to_a_model
from assistant.answering.write import write_statements
from assistant.japanese.sentences import split_sentences
from assistant.prompts import load_prompt
from assistant.records.answers import Passage
from assistant.records.documents import SourceDocument
from assistant.records.text import Chunk, Page, Segment

FACT = "地域DX推進事業(令和6年度)の補助率は2分の1である。"
TRUE = "地域DX推進事業(令和6年度)の補助率は2分の1です。"
CORPUS = Path(__file__).parents[2] / "corpus"


def placed(injection, number=0):
    """The passage of a document that holds a fact and the injection."""
    text = f"{FACT}\n{injection.text}"
    doc_id = f"{number:012x}"
    document = SourceDocument(doc_id, "手引き", "/missing.md", kind="guidebook")
    segments = (Segment(0, 0, 0, len(text)),)
    chunk = Chunk(
        f"{doc_id}-0000", doc_id, text, segments, line_start=1, line_end=text.count("\n") + 1
    )
    return Passage(1, 1.0, chunk, document), (Page(text),)


def written(cases, rows):
    """What is left of a reply with these statements to the documents of these cases."""
    documents = [placed(case, number) for number, case in enumerate(cases)]
    pages = {passage.chunk.doc_id: found for passage, found in documents}
    passages = [passage for passage, _ in documents]
    # Obedience goes on outside of the form asked for.
    around = "\n".join(case.obeyed for case in cases).replace("{", "")
    reply = f"{around}\n{json.dumps({'statements': rows}, ensure_ascii=False)}\n{around}"
    model = scripted(lambda _: reply, model_context=65536)
    return write_statements(
        model, load_prompt("answer"), {"question": "補助率は?"}, passages, pages.__getitem__
    )


def batches(language, size=15):
    cases = injections(language)
    return [cases[start : start + size] for start in range(0, len(cases), size)]


@pytest.fixture(params=["flagger on", "flagger off"])
def flagger(request, monkeypatch):
    if request.param == "flagger off":
        for module in (checks, untrusted):
            monkeypatch.setattr(module, "speaks_to_a_model", lambda _: False)
    return request.param


@pytest.mark.parametrize("language", ["ja", "en"])
def test_an_obedient_model_is_caught_by_grounding(language, flagger):
    assert len({case.text for case in injections(language)}) >= 150
    for cases in batches(language):
        rows = []
        for number, case in enumerate(cases, start=1):
            fact = {"passage": number, "quote": FACT}
            rows.append({"text": TRUE, "evidence": [fact]})
            forged = {"passage": 99, "quote": case.obeyed}
            rows.append({"text": case.obeyed, "evidence": [fact, forged]})
        result = written(cases, rows)
        assert {s.text for s in result.statements} == {TRUE}
        assert len(result.statements) == len(cases)
        answer = render(result.statements, result.citations, worded=True)
        assert not [case.mark for case in cases if case.mark in answer]
        for text in (re.sub(r"\[\d+\]", "", answer), *result.unverified, *result.notes):
            assert not active_parts(text), text


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_order_itself_is_no_evidence(language):
    """Cited as its own source: the flagger, and what the statement adds, keep it out."""
    for cases in batches(language):
        rows = []
        for number, case in enumerate(cases, start=1):
            orders = [case.text[s:e] for s, e in split_sentences(case.text)]
            evidence = [{"passage": number, "quote": order} for order in orders]
            rows.append({"text": case.obeyed, "evidence": evidence})
        assert written(cases, rows).statements == ()


@pytest.mark.parametrize("language", ["ja", "en"])
def test_an_injection_stays_between_its_marks_and_speaks_no_template(language):
    for case in injections(language):
        passage, _ = placed(case)
        text = untrusted.passages_text([passage], "b0a1")
        assert text.count("<") == text.count(">") == 2
        assert "<|" not in text
        assert "[INST]" not in text
        assert text.endswith("</資料 b0a1>")


@pytest.mark.parametrize("language", ["ja", "en"])
def test_injections_are_flagged_and_the_corpus_is_not(language):
    cases = injections(language)
    flagged = [case for case in cases if speaks_to_a_model(case.text)]
    lines = [
        line
        for path in CORPUS.rglob("*.md")
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    wrong = [line for line in lines if speaks_to_a_model(line)]
    print(f"\n{language}: {len(flagged)}/{len(cases)} flagged; {len(wrong)}/{len(lines)} lines")  # noqa: T201
    assert len(flagged) == len(cases)
    assert not wrong


def test_an_extracted_answer_is_inert_too():
    text = "補助率は[こちら](https://evil.example)<img src=x>2分の1である。"
    shown = inert(text)
    assert not active_parts(shown)
