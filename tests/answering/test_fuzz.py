"""A thousand outputs that no model should give: nothing unverified is shown, nothing breaks."""

import json
import random

import pytest
from answering.inertness import active_parts
from answering.scripted import scripted

from assistant.answering.untrusted import inert
from assistant.answering.write import write_statements
from assistant.errors import ModelError
from assistant.export.rows import citation_row
from assistant.japanese.sentences import split_sentences
from assistant.prompts import load_prompt
from evals.independent.quotes import faults

RUNS = 1000
INDICES = [
    *(1, 2, 3, 5, 0, -1, 99, 10**30, 1.0, 1.5, True, None),
    *("1", "１", "[2]", "【３】", "二", "", [], {}),
]
NOISE = [
    *("[1]", "【2】", "［３］", "[^1]", "(出典: 資料1)", "```[1]```", "`[2]`", "# 見出し"),
    *("\u200b", "\u202e", "\x00", "\ufeff"),
    *("[詳しくはこちら](https://evil.example/a)", "![x](https://evil.example/i.png)"),
    *("https://evil.example", "<https://evil.example>", "[x]: https://evil.example"),
    *("<img src=x onerror=alert(1)>", "<script>alert(1)</script>", "javascript:alert(1)"),
    *("www.evil.example", "a@evil.example", "$x^2$", "| a | b |\n|---|---|"),
    *("『令和の地域DX白書』によれば、", "総務省によると", "みらい市では", "JTB総研の調査では"),
    *("令和9年度に", "5,000億円の", "ではない"),
]
WRAPS = [
    *("{}", "{}", "{}", "{}", "```json\n{}\n```", "承知しました。\n{}\n以上です。", "{}{}"),
    *("<think>考える {{</think>{}", "<think>", "\ufeff{}", "[{}]", "{}\n```"),
    *("statements: {}", '{{"statements": {}}}'),
]


def make_output(pick, sentences):
    """One output: true statements, altered in ways a model, or somebody behind it, might."""
    rows = []
    for _ in range(pick.randint(0, 4)):
        text = pick.choice(sentences)
        quote = text if pick.random() < 0.6 else pick.choice(sentences)
        if pick.random() < 0.5:
            place = pick.randint(0, len(text))
            text = text[:place] + pick.choice(NOISE) + text[place:]
        if pick.random() < 0.3:
            quote = spoiled(pick, quote)
        count = pick.randint(0, 3)
        evidence = [{"passage": pick.choice(INDICES), "quote": quote} for _ in range(count)]
        row = {"text": text, "evidence": evidence}
        if pick.random() < 0.15:
            row = pick.choice(misshapen(text, quote, evidence))
        rows.append(row)
    output = json.dumps({"statements": rows}, ensure_ascii=pick.random() < 0.1)
    output = pick.choice(WRAPS).format(*[output] * 2)
    if pick.random() < 0.15:
        output = output[: pick.randint(0, len(output))]
    if pick.random() < 0.05:
        output = output.replace('"', "”")
    return output


def misshapen(text, quote, evidence):
    return [
        *({"text": text}, {"evidence": evidence}, {"text": None, "evidence": None}, text, None, 7),
        {"text": [text], "evidence": {"passage": 1}},
        {"text": text, "evidence": [quote, None, 1]},
        {"text": text, "evidence": [{"passage": 1}]},
        {"text": text, "evidence": [{"passage": 1, "quote": ["x"]}]},
        {"text": text * 50, "evidence": evidence},
        [{"text": text, "evidence": evidence}],
    ]


def spoiled(pick, quote):
    place = pick.randint(0, max(0, len(quote) - 1))
    return pick.choice(
        [
            quote[:place] + pick.choice("0123456789不未ぬ々") + quote[place + 1 :],
            quote[place:] + quote[:place],
            quote[: len(quote) // 2] + "…" + quote[-4:],
            quote.replace("。", "、"),
            f"「{quote}」",
            quote[:place] + pick.choice(NOISE) + quote[place:],
            "",
            "あ",
            quote * 3,
        ]
    )


@pytest.fixture(scope="module")
def material(assistant):
    passages = assistant.search("補助率 協議会 光ファイバ 人材 データ", 5)
    texts = [passage.chunk.text for passage in passages]
    found = [t[s:e] for t in texts for s, e in split_sentences(t) if "\n" not in t[s:e]]
    return passages, [sentence for sentence in found if len(sentence) >= 12]


def test_a_thousand_bad_outputs_show_nothing_unverified(assistant, material):
    passages, sentences = material
    pick = random.Random(6)
    output = ""
    model = scripted(lambda _: output)
    prompt = load_prompt("answer")
    shown = named = apart = 0
    for _ in range(RUNS):
        output = make_output(pick, sentences)
        try:
            written = write_statements(
                model, prompt, {"question": "問い"}, passages, assistant.pages
            )
        except ModelError:
            named += 1
            continue
        row = {
            "question": output,
            "mode": "llm",
            "citations": [citation_row(citation) for citation in written.citations],
            "statements": [
                {"text": s.text, "citations": list(s.citations)} for s in written.statements
            ],
        }
        numbers = {citation.number for citation in written.citations}
        assert all(set(s.citations) <= numbers and s.citations for s in written.statements)
        assert faults([row])[1] == []
        assert not set(written.unverified) & {s.text for s in written.statements}
        for text in (*(s.text for s in written.statements), *written.unverified):
            assert not active_parts(text), text
        shown += len(written.statements)
        apart += len(written.unverified)
    print(f"\n{RUNS} outputs: {shown} shown, {apart} set apart, {named} failed by name")  # noqa: T201
    # The run says something only if much of it gets through and much is caught.
    assert shown > RUNS / 4
    assert apart > RUNS / 4
    assert 0 < named < RUNS / 2


@pytest.mark.parametrize("noise", NOISE)
def test_noise_is_taken_out_of_force_and_stays_readable(noise):
    assert not active_parts(inert(f"補助率は{noise}2分の1である。"))
