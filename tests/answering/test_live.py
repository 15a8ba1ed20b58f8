"""Ten questions to the model that is configured: ``pytest -m live -s`` prints how it does.

Set REGIONAL_DX_MODEL (and REGIONAL_DX_MODEL_URL, REGIONAL_DX_MODEL_KEY or the provider's own key).
Costs about 60,000 tokens. What must hold holds for any model; how much it writes is in the table.
"""

import os

import pytest

from assistant import Assistant
from assistant.export.rows import answer_row
from assistant.records.answers import Turn
from assistant.settings import Settings
from evals.independent.quotes import faults

# Read before the tests' own environment is set up.
CONFIGURED = {
    name.removeprefix("REGIONAL_DX_").lower(): value
    for name, value in os.environ.items()
    if name.startswith("REGIONAL_DX_MODEL")
}
KEYS = {name: value for name, value in os.environ.items() if name.endswith("_API_KEY")}
QUESTIONS = (
    "コンソーシアムには誰に入ってもらうべきですか",
    "光ファイバの更新に国の支援はありますか",
    "中之条町には外部の人材が来ていますか",
    "それはどんな制度によるものですか",
    "実証事業が実装に至った割合はどれくらいですか",
    "よその町が困っていることは何ですか",
    "2040年の通信量の見通しを教えてください",
    "CYDERとは何ですか",
    "骨子案はデータ連携について何を論点に挙げていますか",
    "町長の電話番号は何番ですか",
)

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif("model" not in CONFIGURED, reason="REGIONAL_DX_MODEL がありません"),
]


@pytest.fixture
def no_network():
    """These tests alone may leave the machine."""


def test_ten_questions(monkeypatch, capsys):
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    assistant = Assistant.open(settings=Settings(**CONFIGURED))
    turns, rows = [], []
    for question in QUESTIONS:
        answer = assistant.ask(question, history=turns[-1:])
        turns.append(Turn(question, answer))
        rows.append(answer)
    assistant.close()
    table = ["| 質問 | 答え方 | 記述 | 確認できず | 入力 | 出力 | 秒 | 注意 |", "|---" * 8 + "|"]
    for answer in rows:
        used = answer.provenance
        cells = (
            *(answer.question, "拒否" if answer.refused else answer.mode),
            *(len(answer.statements), used.unverified),
            *(used.input_tokens, used.output_tokens, answer.seconds),
            answer.notes[0] if answer.notes else "",
        )
        table.append("| " + " | ".join(map(str, cells)) + " |")
    with capsys.disabled():
        print("\n".join(["", CONFIGURED["model"], *table]))  # noqa: T201
    assert faults([answer_row(answer) for answer in rows])[1] == []
    assert rows[-1].refused
    assert any(answer.mode == "llm" for answer in rows)
