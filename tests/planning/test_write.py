"""Plans whose sections a model writes: a model that also invents, over the wire."""

import json
import re

import pytest
from answering.openai_server import Reply, serve

from assistant.assistant import Assistant
from assistant.export.rows import plan_row
from assistant.settings import Settings
from evals.independent.plans import plan_faults

_PASSAGE = re.compile(r"<資料 \w+ 番号=(\d+)[^>]*>\n(.*?)\n</資料", re.DOTALL)
INVENTED = (
    "補助率は10分の9で、締切は2031年5月1日である。",
    "みらいデータ総合研究所が代表機関を務める。",
    "費用は3億8,000万円である。",
)


def written(prompt: str) -> str:
    """What a careless model writes: two true sentences, and its inventions with true quotes."""
    found = []
    for number, text in _PASSAGE.findall(prompt)[:2]:
        sentence = re.split(r"(?<=。)", text.replace("\n", ""))[0]
        evidence = [{"passage": int(number), "quote": sentence}]
        found.append({"text": sentence, "evidence": evidence})
        found += [{"text": text, "evidence": evidence} for text in INVENTED]
        found.append({"text": "根拠のない記述である。", "evidence": []})
    return json.dumps({"statements": found}, ensure_ascii=False)


@pytest.fixture
def model_plan(starter, brief):
    """The plan a scripted model writes for a town, and how often it was asked."""
    with serve() as server:
        server.next_reply = lambda: Reply(written(server.prompt()))
        settings = Settings(model="openai:scripted", model_url=server.url, model_key="test")
        assistant = Assistant.open(starter.root, settings)
        plan = assistant.draft(brief, mode="llm")
        assistant.close()
        yield plan, server


def test_a_model_that_invents_is_held_to_its_quotes(model_plan):
    plan, server = model_plan
    row = json.loads(json.dumps(plan_row(plan)))
    checked, faults = plan_faults(row)
    assert faults == []
    assert checked > 50
    assert plan.mode == "llm"
    assert plan.provenance.model == "openai:scripted"
    assert plan.provenance.prompt.startswith("plan_section@")
    shown = json.dumps({**row, "withheld": []}, ensure_ascii=False)
    for text in INVENTED:
        assert text not in shown
        assert any(text in withheld.text for withheld in plan.withheld)
    asked = server.prompt(0)
    assert plan.brief.problem in asked


def test_a_model_that_fails_leaves_a_quoting_plan_and_says_so(starter):
    from assistant.records.plans import Brief

    with serve(Reply(status=401)) as server:
        settings = Settings(model="openai:scripted", model_url=server.url, model_key="test")
        assistant = Assistant.open(starter.root, settings)
        plan = assistant.draft(Brief(problem="通信の設備が古い。"))
        assistant.close()
        assert len(server.requests) == 2  # not once for every section
    assert plan.mode == "extractive"
    assert any(item.basis == "source" for item in plan.sections[1].items)
    assert any("資料の文をそのまま使いました" in note for note in plan.notes)
