"""A model that fails: over the wire, on loopback, every failure ends in an answer."""

import json
from dataclasses import replace
from statistics import fmean, pstdev

import pytest
from answering.openai_server import Reply, serve

from assistant import Assistant
from assistant.answering.faults import model_error
from assistant.answering.provider import ChatModel, Clock
from assistant.errors import ModelError
from assistant.prompts import load_prompt
from assistant.records.answers import NoticeEvent, StatementEvent
from assistant.settings import Settings

QUESTION = "補助率と上限額はいくらですか"
QUOTE = "補助率は2分の1以内、上限額は1件当たり500万円である。"
STATEMENT = "みどり県の補助率は2分の1以内、上限額は1件当たり500万円です。"


def statements(*pairs):
    """A reply of the form asked for: (text, quote) each, from the passage that comes first."""
    rows = [{"text": t, "evidence": [{"passage": 1, "quote": q}]} for t, q in pairs]
    return json.dumps({"statements": rows}, ensure_ascii=False)


GOOD = statements((STATEMENT, QUOTE))
HTML = "<html><body>Bad Gateway</body></html>"
OVERFLOW = json.dumps({"error": {"message": "maximum context length is 512 tokens"}})


class FakeTime:
    """A clock that only moves when somebody waits."""

    def __init__(self, jitter=lambda low, high: high):
        self.waits = []
        self._now = 0.0
        self.clock = Clock(now=lambda: self._now, sleep=self._sleep, jitter=jitter)

    def _sleep(self, seconds):
        self.waits.append(seconds)
        self._now += seconds


@pytest.fixture
def asked(index_root):
    """Ask over the wire; returns the server, all events and the time waited."""
    opened = []

    def ask(*script, question=QUESTION, clock=None, **settings):
        time = clock or FakeTime()
        with serve(*script) as server:
            options = {
                "model": "openai:scripted",
                "model_url": server.url,
                "model_read_seconds": 30.0,
                **settings,
            }
            assistant = Assistant.open(index_root, Settings(**options))
            opened.append(assistant)
            assistant._model = ChatModel.open(Settings(**options), time.clock)
            events = list(assistant.stream(question, mode="llm"))
        return server, events, time

    yield ask
    for assistant in opened:
        assistant.close()


def test_a_model_answers(asked):
    server, events, _ = asked(Reply(GOOD))
    *before, last = events
    answer = last.answer
    assert (answer.mode, answer.statements[0].text) == ("llm", STATEMENT)
    assert [type(event) for event in before] == [StatementEvent]
    assert answer.citations[0].quote == QUOTE
    assert answer.answer == f"{STATEMENT}[1]"
    assert answer.provenance.model == "openai:scripted"
    assert answer.provenance.prompt == load_prompt("answer").label
    assert answer.provenance.input_tokens > 0
    assert len(server.requests) == 1
    assert server.requests[0]["response_format"]["type"] == "json_schema"
    assert server.requests[0]["stream"] is True


def test_a_statement_is_shown_before_the_reply_is_whole(asked):
    two = statements((STATEMENT, QUOTE), (QUOTE, QUOTE))
    _, events, _ = asked(Reply(two, pieces=40, stops_after=35, then="hang"), model_read_seconds=0.4)
    assert isinstance(events[0], StatementEvent)
    assert "時間内に答えませんでした" in events[-1].answer.notes[0]


@pytest.mark.parametrize(
    "reply", [Reply(GOOD, tool=True), Reply(f"答えます。\n```json\n{GOOD}\n```")]
)
def test_other_forms_of_reply_are_read(asked, reply):
    _, events, _ = asked(reply)
    assert events[-1].answer.statements[0].text == STATEMENT


def test_a_server_without_structured_output_is_asked_for_json_alone(asked):
    refusal = json.dumps({"error": {"message": "response_format is not supported"}})
    server, events, _ = asked(Reply(status=400, body=refusal), Reply(GOOD))
    assert events[-1].answer.mode == "llm"
    assert ["response_format" in request for request in server.requests] == [True, False]


def test_ollama_is_spoken_too(index_root):
    with serve(Reply(GOOD)) as server:
        settings = Settings(model="ollama:scripted", model_url=server.url.removesuffix("/v1"))
        assistant = Assistant.open(index_root, settings)
        answer = assistant.ask(QUESTION)
        assistant.close()
    assert (answer.mode, answer.statements[0].text) == ("llm", STATEMENT)
    assert (answer.provenance.input_tokens, answer.provenance.output_tokens) == (100, 20)
    (request,) = server.requests
    assert request["format"]["title"] == "statements"
    assert request["options"]["num_ctx"] == settings.model_context


@pytest.mark.parametrize(
    ("reply", "words"),
    [(Reply(status=404), "見つかりません"), (Reply(status=500), "障害"), (Reply(""), "空の回答")],
)
def test_ollamas_failures_are_named_too(index_root, reply, words):
    with serve(reply) as server:
        settings = Settings(model="ollama:scripted", model_url=server.url.removesuffix("/v1"))
        assistant = Assistant.open(index_root, settings)
        assistant._model = ChatModel.open(settings, FakeTime().clock)
        answer = assistant.ask(QUESTION)
        assistant.close()
    assert answer.mode == "extractive"
    assert words in answer.notes[0]


# What happens, the replies, the calls made, the words of the notice.
FAULTS = {
    "bad request": ([Reply(status=400)], 2, "要求を受け付けません"),
    "key": ([Reply(status=401)], 1, "鍵(APIキー)"),
    "forbidden": ([Reply(status=403)], 1, "鍵(APIキー)"),
    "no such model": ([Reply(status=404)], 1, "見つかりません"),
    "request timeout": ([Reply(status=408)], 3, "障害"),
    "too large": ([Reply(status=413)], None, "資料が長く"),
    "unprocessable": ([Reply(status=422)], 2, "要求を受け付けません"),
    "rate limit": ([Reply(status=429)], 3, "利用の上限"),
    "rate limit, in seconds": ([Reply(status=429, headers={"retry-after": "2"})], 3, "上限"),
    "rate limit, in ms": ([Reply(status=429, headers={"retry-after-ms": "900"})], 3, "上限"),
    "rate limit, too long": ([Reply(status=429, headers={"retry-after": "600"})], 1, "上限"),
    "server error": ([Reply(status=500)], 3, "障害"),
    "bad gateway": ([Reply(status=502, body=HTML, kind="text/html")], 3, "障害"),
    "unavailable": ([Reply(status=503)], 3, "障害"),
    "overloaded": ([Reply(status=529)], 3, "障害"),
    "silence": ([Reply(GOOD, silent=3)], 3, "時間内に答えません"),
    "hang in mid-stream": ([Reply(GOOD, stops_after=1, then="hang")], 1, "時間内に答えません"),
    "reset in mid-stream": ([Reply(GOOD, stops_after=1, then="reset")], 1, "途中で切れ"),
    "cut in mid-stream": ([Reply(GOOD, stops_after=1)], 1, "途中で切れ"),
    "no JSON": ([Reply(body=HTML, kind="text/html")], 1, "読めません"),
    "prose": ([Reply("補助率は2分の1です。")], 2, "読めません"),
    "half an object": ([Reply('{"statements": [{"text": "補助')], 2, "読めません"),
    "context overflow": ([Reply(status=400, body=OVERFLOW)], None, "資料が長く"),
    "refusal": ([Reply("", refusal="お答えできません")], 1, "回答を控え"),
    "content filter": ([Reply("", finish="content_filter")], 1, "回答を控え"),
}
EMPTY = {
    "nothing": Reply(""),
    "white space": Reply("  \n "),
    "null": Reply(None),
    "reasoning only": Reply("", reasoning="考え中"),
    "no choices": Reply(no_choices=True),
    "an empty tool call": Reply("", tool=True),
}


def check_fallback(events, words, index_root):
    """The extractive answer with a notice, as if no model were configured."""
    *_, last = events
    notice = next(event for event in events if isinstance(event, NoticeEvent))
    assert words in notice.text
    assert last.answer.notes[0] == notice.text
    without = Assistant.open(index_root, Settings()).ask(QUESTION)
    same = replace(last.answer, notes=last.answer.notes[1:], seconds=0.0)
    assert same == replace(without, seconds=0.0)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_ends_in_the_extractive_answer_and_a_notice(asked, index_root, name):
    script, calls, words = FAULTS[name]
    # Only a server that keeps silent may meet the limit, however slow the machine is.
    impatient = {"model_read_seconds": 0.4} if words.startswith("時間内") else {}
    server, events, time = asked(*script, **impatient)
    check_fallback(events, words, index_root)
    assert calls in {None, len(server.requests)}
    assert len(server.requests) <= 5
    assert sum(time.waits) < 60


@pytest.mark.parametrize("name", EMPTY)
def test_an_empty_success_is_a_failure(asked, index_root, name):
    _, events, _ = asked(EMPTY[name])
    check_fallback(events, "言語モデル", index_root)


def test_no_connection_is_tried_again_and_then_named(asked, index_root):
    _, events, time = asked(Reply(GOOD), model_url="http://127.0.0.1:9/v1")
    check_fallback(events, "つながりません", index_root)
    assert len(time.waits) == 2


@pytest.mark.parametrize("finish", [None, "length"])
def test_a_reply_cut_off_keeps_what_was_verified_and_says_so(asked, finish):
    _, events, _ = asked(Reply(GOOD, finish=finish))
    answer = events[-1].answer
    assert (answer.mode, answer.statements[0].text) == ("llm", STATEMENT)
    assert "途中で切れました" in answer.notes[0]


def test_fewer_passages_are_given_to_a_model_that_overflows(asked):
    server, events, _ = asked(Reply(status=400, body=OVERFLOW), Reply(GOOD))
    assert events[-1].answer.mode == "llm"
    first, second = (server.prompt(n).count("<資料 ") for n in (0, 1))
    assert 0 < second < first


def test_malformed_json_gets_one_round_of_repair(asked):
    server, events, _ = asked(Reply("補助率は2分の1です。"), Reply(GOOD))
    assert events[-1].answer.statements[0].text == STATEMENT
    assert "決められた形のJSONではありません" in server.prompt(1)


def test_a_temporary_failure_is_outwaited(asked):
    busy = Reply(status=429, headers={"retry-after": "3"})
    server, events, time = asked(busy, busy, Reply(GOOD))
    assert events[-1].answer.mode == "llm"
    assert len(server.requests) == 3
    assert all(wait >= 3 for wait in time.waits)


def test_a_date_to_retry_after_is_waited_for(asked):
    from datetime import UTC, datetime, timedelta
    from email.utils import format_datetime

    later = format_datetime(datetime.now(UTC) + timedelta(seconds=20), usegmt=True)
    _, _, time = asked(Reply(status=503, headers={"retry-after": later}), Reply(GOOD))
    assert 15 < time.waits[0] < 25


def test_waits_are_spread_by_full_jitter():
    import random

    spread = random.Random(1)
    waits = []
    settings = Settings(model="openai:scripted", model_url="http://127.0.0.1:9/v1")
    for _ in range(200):
        time = FakeTime(spread.uniform)
        model = ChatModel(None, "scripted", settings, time.clock)
        model._wait(1, model_error("server"), model.deadline())
        waits += time.waits
    assert pstdev(waits) > 0.25 * fmean(waits)
    assert max(waits) <= 1.0


def test_the_deadline_ends_the_retries(asked, index_root):
    slow = Reply(status=503, headers={"retry-after": "25"})
    server, events, time = asked(slow)
    check_fallback(events, "障害", index_root)
    # Two waits of 25 s and a little would end before 60 s, a third attempt is the last anyway.
    assert len(server.requests) == 3
    server, events, time = asked(slow, model_seconds=30)
    assert (len(server.requests), sum(time.waits) < 30) == (2, True)


def test_an_unknown_provider_or_package_is_named(index_root):
    for name in ("nobody:model", "cohere:model", "model-without-provider"):
        with pytest.raises(ModelError) as raised:
            ChatModel.open(Settings(model=name))
        assert raised.value.fault == "package"


def test_the_key_goes_to_the_server_it_was_set_for_only(asked, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-for-somebody-else")
    server, *_ = asked(Reply(GOOD))
    assert "sk-for-somebody-else" not in json.dumps(server.headers)
    server, *_ = asked(Reply(GOOD), model_key="sk-meant-for-it")
    assert server.headers[0]["authorization"] == "Bearer sk-meant-for-it"


def test_a_key_is_never_shown(asked, caplog):
    caplog.set_level("DEBUG")
    _, events, _ = asked(Reply(status=401), model_key="sk-secret-canary")
    assert "sk-secret-canary" not in repr(events) + caplog.text
    assert "sk-secret-canary" not in repr(Settings(model_key="sk-secret-canary"))
