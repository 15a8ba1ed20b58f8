"""Writing from passages: what fits, what is asked again, what is set apart."""

import json
from dataclasses import replace

import pytest
from answering.scripted import scripted

from assistant.answering.untrusted import passages_text
from assistant.answering.write import fitting, write_statements
from assistant.errors import ModelError
from assistant.ingest.chunk import count_tokens
from assistant.prompts import load_prompt

ANSWER = load_prompt("answer")
QUOTE = "補助率は2分の1以内、上限額は1件当たり500万円である。"


def reply(*rows):
    return json.dumps(
        {"statements": [{"text": t, "evidence": [{"passage": n, "quote": q}]} for t, n, q in rows]},
        ensure_ascii=False,
    )


@pytest.fixture(scope="module")
def passages(assistant):
    return assistant.search("補助率と上限額はいくらですか", 8)


@pytest.fixture
def write(assistant, passages):
    """Have a model write that gives these replies one after the other."""

    def run(*replies):
        prompts = []
        script = list(replies)

        def mind(prompt):
            prompts.append(prompt)
            return script.pop(0) if len(script) > 1 else script[0]

        question = {"question": "補助率は?"}
        return (
            write_statements(scripted(mind), ANSWER, question, passages, assistant.pages),
            prompts,
        )

    return run


@pytest.mark.parametrize("context", [4096, 16384, 131072])
@pytest.mark.parametrize("name", ["answer", "plan_section"])
def test_a_prompt_fits_whatever_the_context(passages, name, context):
    prompt = load_prompt(name)
    variables = dict.fromkeys(prompt.variables - {"boundary", "passages"}, "問い" * 50)
    model = scripted(lambda _: "", model_context=context, model_tokens=256)
    many = [replace(p, rank=n) for n, p in enumerate(passages * 60, start=1)]
    fitted = fitting(model, prompt, variables, many)
    shown = passages_text(fitted, "0" * 12)
    messages = prompt.render(**variables, boundary="0" * 12, passages=shown)
    tokens = sum(count_tokens(text) for _, text in messages)
    assert len(fitted) > 0
    assert tokens <= context - 256 - 1024
    assert tokens > (context - 256 - 1024) / 2 or len(fitted) == len(many)


def test_a_prompt_without_room_is_a_named_error(passages):
    model = scripted(lambda _: "", model_context=4096, model_tokens=3000)
    with pytest.raises(ModelError) as raised:
        fitting(model, ANSWER, {"question": "補助率は?"}, passages)
    assert raised.value.fault == "context"


def test_a_failing_statement_is_asked_for_once_more_with_the_reason(write):
    wrong = ("補助率は3分の2以内です。", 1, QUOTE)
    right = ("補助率は2分の1以内です。", 1, QUOTE)
    written, prompts = write(reply(wrong), reply(right))
    assert [s.text for s in written.statements] == [right[0]]
    assert written.unverified == ()
    assert "数「3分の2" in prompts[1]
    assert len(prompts) == 2


def test_what_fails_again_is_set_apart(write):
    wrong = reply(("補助率は3分の2以内です。", 1, QUOTE))
    written, prompts = write(wrong, wrong)
    assert (written.statements, written.citations) == ((), ())
    assert written.unverified == ("補助率は3分の2以内です。",)
    assert len(prompts) == 2


def test_a_quote_is_shown_in_the_source_s_own_words(write):
    for quote in (
        "補助率は2分の1以内 上限額は1件当たり500万円である",
        "補助率は2分の1以内…500万円である",
    ):
        written, _ = write(reply(("補助率は2分の1以内です。", 1, quote)))
        assert written.citations[0].quote == QUOTE


def test_a_quote_of_another_passage_is_cited_where_it_stands(write, passages):
    written, _ = write(reply(("補助率は2分の1以内です。", 5, QUOTE)))
    assert written.citations[0].chunk == passages[0].chunk


def test_a_quote_used_twice_has_one_number(write):
    rows = [("補助率は2分の1以内です。", 1, QUOTE), ("上限額は1件当たり500万円です。", 1, QUOTE)]
    written, _ = write(reply(*rows))
    assert [s.citations for s in written.statements] == [(1,), (1,)]
    assert len(written.citations) == 1


def test_nothing_found_is_nothing_written(write):
    written, prompts = write(reply())
    assert (written.statements, written.unverified, len(prompts)) == ((), (), 1)
