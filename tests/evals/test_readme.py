import pytest

from evals.run import readme
from evals.run.results import Row, Run


def row(number, **scores):
    split = "dev" if number % 2 else "held_out"
    answer = {"answer": "答え", "citations": [{}], "seconds": 0.1}
    return Row(
        f"originals:{number}", "fact", "townhall", split, "問い", answer=answer, scores=scores
    )


def test_the_tables_stand_between_the_marks_and_nothing_else_changes(tmp_path, monkeypatch):
    monkeypatch.setattr(readme, "_ROOT", tmp_path)
    (tmp_path / "evals").mkdir()
    for path, mark in (
        (tmp_path / "evals" / "README.md", "tables"),
        (tmp_path / "README.md", "figures"),
    ):
        path.write_text(f"前\n<!-- {mark} -->\n古い表\n<!-- /{mark} -->\n後\n", encoding="utf-8")
    rows = tuple(row(n, key_fact_recall=n / 4, answer_length=100.0) for n in range(4))
    settings = {"sets": ["originals"], "started": "2026-11-21T10:00", "model": None}
    readme.write_tables(Run(settings, rows))
    shown = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert shown.startswith("前\n<!-- figures -->\n| 区分 |")
    assert shown.endswith("|\n<!-- /figures -->\n後\n")
    assert "古い表" not in shown
    assert "| dev 町の言葉 | 2 | – | – | 0.500 [0.25–0.75] n=2 | – | – | 100 |" in shown
    assert "2026-11-21、言語モデルなし" in (tmp_path / "evals" / "README.md").read_text(
        encoding="utf-8"
    )
    (tmp_path / "README.md").write_text("印がない", encoding="utf-8")
    with pytest.raises(ValueError, match="figures"):
        readme.write_tables(Run(settings, rows))
