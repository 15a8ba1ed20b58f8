"""``corpus`` on the command line: what was inferred and why, and originals kept."""

import json

import pytest
from towns import Town

from assistant.cli import main

PLAN = "みどり市通信網整備計画（案）\n\n令和6年4月\n\n通信網を整備する。\n"
STATED = '+++\ntitle = "みどり市の手引き"\npublisher = "みどり市"\npublished = 2024-04-01\n' \
         'kind = "guidebook"\nstatus = "final"\n+++\n\n公民館は地域の拠点である。\n'  # fmt: skip


@pytest.fixture
def town(tmp_path, index_root):
    town = Town.made(tmp_path, index_root)
    town.write("plan.txt", PLAN)
    town.write("guide.md", STATED)
    town.ingest()
    return town


def run(capsys, *arguments):
    code = main([str(argument) for argument in arguments])
    return code, *capsys.readouterr()


def test_check_lists_every_field_with_its_evidence(town, capsys):
    code, out, err = run(capsys, "corpus", "check", "--index", town.root, "--json")
    assert (code, err) == (0, "")
    row = json.loads(out)
    guide, plan = row["documents"]
    assert (row["uncertain"], row["starter"]) == (1, 0)
    assert guide["uncertain"] == []
    assert plan["sidecar"] == f"{plan['source_path']}.meta.toml"
    fields = {field["field"]: field for field in plan["fields"]}
    assert fields["status"] == {
        "field": "status",
        "value": "draft",
        "place": "1行",
        "words": "みどり市通信網整備計画（案）",
        "doubt": "",
        "certain": True,
    }
    assert (fields["published"]["value"], fields["published"]["words"]) == ("2024-04", "令和6年4月")
    assert set(plan["uncertain"]) == {"kind", "publisher", "published"}


def test_check_names_in_one_line_what_was_not_read(town, capsys):
    assert "読み残した" not in run(capsys, "corpus", "check", "--index", town.root)[1]
    town.write("rules.md", "# 会費の決まり\n\n会費は~~500円~~800円とする。\n")
    town.ingest()
    lines = run(capsys, "corpus", "check", "--index", town.root)[1].splitlines()
    told = "文字を読み残した文書は 1件です: rules.md(取り消し線の文字 1か所を除きました)"
    assert told in lines
    row = json.loads(run(capsys, "corpus", "check", "--index", town.root, "--json")[1])
    assert [len(part["reason"]) > 0 for part in row["partly"]] == [True]


def test_check_says_how_to_correct_and_correcting_settles_it(town, capsys):
    _, out, _ = run(capsys, "corpus", "check", "--index", town.root)
    assert " ? 日付: 2024-04(3行「令和6年4月」) ← 日まで書かれていません" in out
    assert "   段階: 案(1行「みどり市通信網整備計画（案）」)" in out
    assert " ? 種類: その他 ← " in out
    assert 'kind = "minutes"      (minutes=議事録、' in out
    assert f"直す先: {town.documents / 'plan.txt.meta.toml'}" in out
    assert "確かめたい項目のある文書は 1件です" in out
    town.write(
        "plan.txt.meta.toml", 'published = 2024-04-24\nkind = "report"\npublisher = "みどり市"\n'
    )
    town.ingest()
    _, out, _ = run(capsys, "corpus", "check", "--index", town.root)
    assert "日付: 2024-04-24(plan.txt.meta.toml)" in out
    assert "確かめたい項目のある文書は 0件です" in out


def test_check_shows_the_series(town, capsys):
    town.write("final.txt", PLAN.replace("（案）", "").replace("4月", "9月13日") + "みどり市役所\n")
    town.write("plan.txt.meta.toml", 'published = 2024-04-24\npublisher = "みどり市"\n')
    town.ingest()
    _, out, _ = run(capsys, "corpus", "check", "--index", town.root)
    assert "後の文書: 「みどり市通信網整備計画」(2024-09-13)" in out
    assert [line for line in out.splitlines() if line.startswith("一連の文書")] == [
        "一連の文書: みどり市通信網整備計画"
    ]


def test_check_leaves_out_the_starter_corpus(home, capsys):
    from assistant.indexing import ingest, starter_folders
    from assistant.settings import Settings

    root = home / "starter-index"
    ingest(starter_folders()[:1], root, Settings(), starter=True)
    row = json.loads(run(capsys, "corpus", "check", "--index", root, "--json")[1])
    assert (row["documents"], row["starter"] > 0) == ([], True)


def test_check_without_an_index_is_an_error_in_two_lines(tmp_path, capsys):
    code, out, err = run(capsys, "corpus", "check", "--index", tmp_path / "none")
    assert (code, out) == (1, "")
    assert err.startswith("エラー: 索引がありません")
    assert "\n対処: " in err


def test_an_original_is_added_ingested_and_known_by_its_address(
    tmp_path, town, capsys, monkeypatch
):
    monkeypatch.setenv("REGIONAL_DX_ORIGINALS", str(tmp_path / "originals"))
    (tmp_path / "note.txt").write_text(PLAN.replace("4月", "4月24日"), encoding="utf-8")
    code, out, err = run(capsys, "corpus", "add", tmp_path / "note.txt", "--json")
    assert (code, err) == (0, "")
    kept = json.loads(out)
    catalog = tmp_path / "originals" / "catalog.toml"
    text = catalog.read_text(encoding="utf-8")
    catalog.write_text(text + 'url = "https://www.example.lg.jp/note.txt"\n', encoding="utf-8")
    assert run(capsys, "ingest", kept["path"], "--index", town.root)[0] == 0
    [document] = [d for d in town.manifest().documents.values() if d.source_path == kept["path"]]
    assert document.url == "https://www.example.lg.jp/note.txt"
    _, out, _ = run(capsys, "corpus", "add", tmp_path / "note.txt")
    assert out.startswith("すでに加えてあります")
    assert "regional-dx ingest" in out


def test_a_file_that_cannot_be_added_is_an_error_in_two_lines(tmp_path, capsys):
    code, _, err = run(capsys, "corpus", "add", tmp_path / "missing.pdf")
    assert code == 1
    assert err.startswith("エラー: ファイルがないか、開けません")
    assert "\n対処: " in err
