import json
from pathlib import Path

import pytest
from towns import Town

from assistant.errors import InputError
from assistant.export.rows import plan_row
from assistant.records.plans import Brief
from evals.independent.plans import items, plan_faults

SAVED = Path(__file__).parents[1] / "data" / "plans" / "saved.json"
"""A plan over `documents` as version 0.1 saved it, its sources by the names of their files."""
BRIEF = Brief(municipality="みどり町", problem="通信の設備が古く、更新の費用を負担できない。")


@pytest.fixture(scope="module")
def drafted(assistant):
    return json.dumps(plan_row(assistant.draft(BRIEF)))


@pytest.fixture
def row(drafted):
    """A plan over the shared index, to be edited."""
    return json.loads(drafted)


@pytest.fixture
def again(assistant, tmp_path):
    """Save a row and draft it again."""

    def draft(edited, opened=assistant):
        path = tmp_path / "plan.json"
        path.write_text(json.dumps(edited), encoding="utf-8")
        return opened.draft_again(path)

    return draft


def problems(plan):
    row = json.loads(json.dumps(plan_row(plan)))
    return [fault for fault in plan_faults(row)[1] if "roles have a source" not in fault]


def sourced(row, section=None):
    places = {s["heading"] for s in row["sections"] if section in {None, s["id"]}}
    return [i for place, i in items(row) if i["basis"] == "source" and place in places]


def test_an_unchanged_plan_stays_as_it_is(row, again):
    plan = again(row)
    after = json.loads(json.dumps(plan_row(plan)))
    assert {k: v for k, v in after.items() if k != "seconds"} == {
        k: v for k, v in row.items() if k != "seconds"
    }
    assert plan.changes == ()


def test_a_plan_saved_by_an_earlier_version_opens_whole(assistant):
    plan = assistant.draft_again(SAVED)
    before = json.loads(SAVED.read_text(encoding="utf-8"))
    after = json.loads(json.dumps(plan_row(plan)))
    for citation in after["citations"]:
        citation["source_path"] = Path(citation["source_path"]).name
    of_this_run = {"seconds": before["seconds"], "provenance": before["provenance"]}
    assert after | of_this_run == before
    assert after["citations"]


def test_what_the_town_fills_in_is_its_own_and_counts(row, again):
    section = next(s for s in row["sections"] if s["id"] == "selfsustaining")
    gap = next(item for item in section["items"] if item["basis"] == "gap")
    gap["text"] = "毎年の維持費300万円は一般財源から払い、運営会社が引き継ぐ。"
    plan = again(row)
    after = next(s for s in plan.sections if s.id == "selfsustaining")
    assert gap["text"] in [item.text for item in after.items if item.basis == "brief"]
    states = {c.id: c.state for c in plan.coverage}
    assert states["owner"] != "unmet"
    assert states["self-sustaining"] != "unmet"


def test_an_edited_quote_is_no_quote_any_more(row, again):
    item = sourced(row)[0]
    item["text"] = "補助率は10分の9である。"
    kept = next(i for s in again(row).sections for i in s.items if i.text == item["text"])
    assert (kept.basis, kept.citations) == ("brief", ())


def test_a_forged_quote_is_not_taken_over(row, again):
    item = sourced(row)[0]
    item["text"] = row["citations"][item["citations"][0] - 1]["quote"] = "補助率は10分の9である。"
    plan = again(row)
    assert not [i for s in plan.sections for i in s.items if item["text"] in i.text]
    assert item["text"] in [w.text for w in plan.withheld]


def test_changed_and_missing_documents_are_named(again, tmp_path, index_root, documents):
    town = Town.made(tmp_path, index_root, documents)
    town.ingest()
    assistant = town.opened()
    row = json.loads(json.dumps(plan_row(assistant.draft(BRIEF))))
    text = {path: path.read_text(encoding="utf-8") for path in town.documents.glob("*.md")}
    quote, changed = next(
        (c["quote"][:12], path)
        for c in row["citations"]
        for path in text
        if c["source_path"] == str(path) and c["quote"][:12] in text[path]
    )
    changed.write_text(text[changed].replace(quote, "別の文に変わり、"), encoding="utf-8")
    town.ingest()
    plan = again(row, assistant)
    assert any("内容が変わりました" in change for change in plan.changes)
    assert not [i for s in plan.sections for i in s.items if i.text.startswith(quote)]
    assert problems(plan) == []
    changed.unlink()
    town.ingest()
    plan = again(row, assistant)
    assert any("索引にありません" in change for change in plan.changes)
    assert problems(plan) == []
    assistant.close()


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", '{"template": "standard"}', '{"template": 1}', "あ", '{"template": "none"}'],
)
def test_what_is_no_plan_is_explained(assistant, tmp_path, content):
    path = tmp_path / "plan.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError):
        assistant.draft_again(path)
    with pytest.raises(InputError):
        assistant.draft_again(tmp_path / "missing.json")


@pytest.mark.parametrize("value", [None, 1, "x", [{"items": 1}]])
@pytest.mark.parametrize("part", ["sections", "citations", "brief", "roles", "tables"])
def test_a_plan_with_broken_parts_is_explained(row, again, part, value):
    with pytest.raises(InputError):
        again({**row, part: value})


def test_a_citation_without_its_title_is_explained(row, again):
    for citation in row["citations"]:
        del citation["title"]
    with pytest.raises(InputError):
        again(row)
