import os
from pathlib import Path

import pytest

from evals.sets.overlap import folded, grams, main, shared_runs


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("山間部の通信網の維持の費用は大きい。", []),
        ("市は維持管理の費用を賄えない状態と述べた。", ["維持管理の費用を賄えない状態"]),
        ("**維持管理の費用**を\n賄えない状態", ["維持管理の費用を賄えない状態"]),
    ],
)
def test_only_runs_of_twelve_characters_count(text, runs):
    original = grams(folded("利用料の収入だけでは、維持管理の費用を賄えない状態が続いている。"))
    assert list(shared_runs(folded(text), original)) == runs


def test_the_corpus_shares_no_sentence_with_the_originals(samples, capsys):
    os.environ["REGIONAL_DX_SAMPLES"] = str(samples)
    code = main()
    assert (code, capsys.readouterr().out.splitlines()[-1][-8:]) == (0, "0 copied")


def test_every_starter_document_states_its_source():
    from assistant.indexing import starter_folders

    paths = [path for folder in starter_folders() for path in Path(folder).glob("*.md")]
    stated = [p.name for p in paths if "[original]" in p.read_text(encoding="utf-8")]
    own = {"answer-check.md"}
    assert {path.name for path in paths} - set(stated) == own
    assert len(paths) >= 20
