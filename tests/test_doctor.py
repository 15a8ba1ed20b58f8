"""``doctor``: every seeded fault is named with its remedy, and no key is shown."""

import json

import pytest
from answering.openai_server import Reply, serve

from assistant.cli import main

_YES = '{"question": "はい"}'


@pytest.fixture
def doctor(capsys, monkeypatch, index_root):
    def run(*options, index=index_root, **environment):
        for name, value in environment.items():
            monkeypatch.setenv(name, str(value))
        code = main(["doctor", "--json", "--index", str(index), *options])
        out = capsys.readouterr().out
        found = {check["name"]: check for check in json.loads(out)["checks"]}
        return code, found, out

    return run


def test_everything_works_without_a_model(doctor):
    code, found, _ = doctor()
    assert code == 0
    assert found["索引"]["state"] == "ok"
    assert found["言語モデル"]["state"] == "hint"
    assert "なくても" in found["言語モデル"]["message"]


def test_a_search_model_is_looked_at_only_where_one_is_named(doctor):
    assert "検索のモデル" not in doctor()[1]
    code, found, _ = doctor(REGIONAL_DX_RERANKER="cohere:any")
    assert (code, found["検索のモデル"]["state"]) == (1, "error")
    assert "onnx:" in found["検索のモデル"]["remedy"]


def test_a_model_that_answers_is_named_and_its_key_is_not(doctor):
    with serve(Reply(_YES)) as server:
        code, found, out = doctor(
            REGIONAL_DX_MODEL="openai:scripted",
            REGIONAL_DX_MODEL_URL=server.url,
            REGIONAL_DX_MODEL_KEY="sk-canary",
        )
    assert (code, found["言語モデル"]["state"]) == (0, "ok")
    assert "openai:scripted" in found["言語モデル"]["message"]
    assert "sk-canary" not in out
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(status=401), "鍵"),
        (Reply(status=404), "見つかりません"),
        (Reply(""), "空の回答"),
        (Reply(_YES, finish=None), "途中で切れ"),
    ],
)
def test_a_model_that_fails_is_explained(doctor, reply, words):
    with serve(reply) as server:
        code, found, _ = doctor(
            REGIONAL_DX_MODEL="openai:scripted", REGIONAL_DX_MODEL_URL=server.url
        )
    assert (code, found["言語モデル"]["state"]) == (1, "error")
    assert words in found["言語モデル"]["message"]
    assert found["言語モデル"]["remedy"]


def test_settings_an_index_and_a_folder_that_cannot_be_used_are_named(doctor, tmp_path):
    code, found, _ = doctor(index=tmp_path / "nowhere")
    assert (code, found["索引"]["state"]) == (1, "error")
    (tmp_path / "file").write_text("", encoding="utf-8")
    code, found, _ = doctor(REGIONAL_DX_DATA=tmp_path / "file")
    assert (code, found["設定"]["state"]) == (1, "error")
    code, found, _ = doctor(REGIONAL_DX_MODELL="x")
    assert (code, found["設定"]["state"]) == (1, "error")
    assert "REGIONAL_DX_MODELL" in found["設定"]["message"]


def test_doctor_reads_for_people_too(capsys, index_root):
    assert main(["doctor", "--index", str(index_root)]) == 0
    assert "○ 索引: " in capsys.readouterr().out
