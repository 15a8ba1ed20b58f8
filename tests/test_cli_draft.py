import json

import docx
import pytest

from assistant.cli import main

KEYS = {"title", "template", "sections", "roles", "kpis", "schedule", "citations", "coverage",
        "provenance"}  # fmt: skip


@pytest.fixture
def run(index_root, capsys):
    def command(*arguments):
        code = main(["draft", *map(str, arguments), "--index", str(index_root)])
        out, err = capsys.readouterr()
        return code, out, err

    return command


@pytest.fixture
def brief(tmp_path):
    path = tmp_path / "町.toml"
    path.write_text('municipality = "みどり町"\nproblem = "通信の設備が古い。"', encoding="utf-8")
    return path


def test_an_example_is_written_and_never_over_another_file(run, tmp_path):
    path = tmp_path / "new.toml"
    assert run("--new", path)[0] == 0
    before = path.read_bytes()
    code, out, err = run("--new", path)
    assert (code, out, path.read_bytes()) == (1, "", before)
    assert err.startswith("エラー: ")
    assert run(path)[0] == 0


def test_the_json_has_the_keys_of_the_contract(run, brief):
    code, out, err = run(brief, "--json")
    row = json.loads(out)
    assert code == 0
    assert set(row) >= KEYS
    for section in row["sections"]:
        assert set(section) >= {"id", "heading", "criteria", "items", "gaps", "characters", "limit"}
        assert all(set(i) >= {"text", "basis", "citations"} for i in section["items"])
    for role in row["roles"]:
        assert set(role) >= {"role", "organisation_type", "duties", "basis", "citations"}
    assert "保存しました" in err


def test_a_plan_is_written_and_taken_up_again(run, brief, tmp_path, index_root):
    word, text = tmp_path / "計画.docx", tmp_path / "計画.md"
    assert run(brief, "--out", word)[0] == 0
    assert docx.Document(str(word)).tables
    code, out, _ = run("--again", index_root / "plans" / "町.json", "--out", text)
    assert code == 0
    assert "書き出しました" in out
    assert text.read_text(encoding="utf-8").startswith("# みどり町")
    code, _, err = run(brief, "--out", word)
    assert code == 1
    assert "--force" in err
    assert run(brief, "--out", word, "--force")[0] == 0


def test_a_plan_edited_by_hand_outlives_the_next_draft(run, brief, index_root):
    saved = index_root / "plans" / "町.json"
    assert run(brief)[0] == 0
    saved.write_text(saved.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    edited = saved.read_text(encoding="utf-8")
    _, _, err = run(brief)
    kept = [path.read_text(encoding="utf-8") for path in saved.parent.glob("町-前*.json")]
    assert edited in kept
    assert "前の計画は残しました" in err


def test_a_form_is_filled_with_the_mapping_shown(run, brief, tmp_path):
    form = tmp_path / "様式.docx"
    document = docx.Document()
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text = "地域の現状と課題"
    document.save(str(form))
    code, _, err = run(brief, "--form", form)
    assert code == 0
    assert "表1 1行2列 「地域の現状と課題」 ← 2 地域の現状と課題" in err
    filled = docx.Document(str(tmp_path / "様式-下書き.docx"))
    assert "通信の設備が古い。" in filled.tables[0].cell(0, 1).text
    mapping = tmp_path / "様式-下書き.mapping.json"
    edited = json.loads(mapping.read_text(encoding="utf-8"))
    edited["boxes"][0]["target"] = "brief.municipality"
    mapping.write_text(json.dumps(edited), encoding="utf-8")
    out = tmp_path / "二回目.docx"
    assert run(brief, "--form", form, "--mapping", mapping, "--out", out)[0] == 0
    assert docx.Document(str(out)).tables[0].cell(0, 1).text == "みどり町"


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["missing.toml"],
        ["{brief}", "--again", "{brief}"],
        ["--again", "{brief}"],
        ["{brief}", "--mapping", "{brief}"],
        ["--again", "{brief}", "--mode", "extractive"],
        ["{brief}", "--template", "none"],
        ["{brief}", "--template", "{brief}"],
        ["{brief}", "--out", "plan.pdf"],
        ["{brief}", "--out", "nowhere/plan.md"],
        ["{brief}", "--form", "missing.docx"],
        ["{brief}", "--form", "{brief}"],
        ["{brief}", "--mode", "llm"],
    ],
    ids=" ".join,
)
def test_what_cannot_be_done_is_explained(run, brief, arguments, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, err = run(*[argument.format(brief=brief) for argument in arguments])
    assert (code, out) == (1, "")
    assert "エラー: " in err
    assert "対処: " in err


def test_an_answer_makes_an_evidence_sheet(index_root, tmp_path, capsys):
    question = "推進体制には誰が加わるのが有効か"
    for name in ("根拠.docx", "根拠.md"):
        ask = ["ask", question, "--index", str(index_root), "--out", str(tmp_path / name)]
        assert main(ask) == 0
        assert main(ask) == 1  # not over another file
    capsys.readouterr()
    assert question in (tmp_path / "根拠.md").read_text(encoding="utf-8")
    assert docx.Document(str(tmp_path / "根拠.docx")).tables
