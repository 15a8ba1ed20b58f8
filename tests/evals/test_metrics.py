"""Metrics against values worked out by hand, on a draft, minutes and a digest of our own."""

import pytest

from evals.run.metrics import GUARDED, METRICS, MODEL_METRICS, PRIMARY, Unscorable, score_row

DRAFT = "# 整備計画(案)\n\n令和７年度の整備費は1,200万円とする。\n予備費は別に定める。\n"
MINUTES = "第1回 議事録\n\n○山田構成員  光回線の整備を急ぐべきです。\n○座長  同感です。\n"
DIGEST = '+++\ntitle = "要約"\nedition = "digest"\n+++\n\n計画の案では整備費を示している。\n'
DRAFT_DIGEST = DIGEST.replace("\n+++\n", '\nstatus = "draft"\n+++\n')


@pytest.fixture
def citation(tmp_path):
    files = {
        "draft.txt": DRAFT,
        "minutes.txt": MINUTES,
        "digest.md": DIGEST,
        "draft_digest.md": DRAFT_DIGEST,
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    kinds = {"draft.txt": "draft", "minutes.txt": "minutes"}

    def citation(number, name, line, quote):
        return {
            "number": number,
            "quote": quote,
            "source_path": str(tmp_path / name),
            "line_start": line,
            "line_end": line,
            "page": None,
            "locator": None,
            "status": kinds.get(name, "final"),
            "edition": "digest" if name.endswith(".md") else "original",
        }

    return citation


@pytest.fixture
def case():
    return {
        "answerable": True,
        "gold": [
            {"file": "draft.txt", "line_start": 3, "line_end": 3},
            {"file": "minutes.txt", "line_start": 4, "line_end": 4},
        ],
        "facts": [["1,200万円", "千二百万円"], ["光回線"]],
    }


def answered(*parts, text=None):
    """An answer of (text, attribution, citation) triples."""
    statements = [
        {"text": words, "attribution": voice, "citations": [cited["number"]] if cited else []}
        for words, voice, cited in parts
    ]
    lines = [f"{words}[{c['number']}]" if c else words for words, _, c in parts]
    return {
        "answer": text if text is not None else "\n".join(lines),
        "refused": False,
        "mode": "extractive",
        "statements": statements,
        "citations": [cited for _, _, cited in parts if cited],
    }


REFUSAL = {
    "answer": "見つかりませんでした。",
    "refused": True,
    "mode": "extractive",
    "statements": [],
    "citations": [],
}


def test_key_facts_count_only_in_statements_whose_quotes_stand(case, citation):
    recall = METRICS[PRIMARY]
    sound = ("整備費は１，２００万円", None, citation(1, "draft.txt", 3, "整備費は1,200万円"))
    moved = ("光回線の整備", None, citation(2, "minutes.txt", 4, "光回線の整備を急ぐべきです。"))
    bare = ("光回線の整備", None, None)
    assert recall(case, answered(sound)) == 0.5
    assert recall(case, answered(sound, moved)) == 0.5  # the quote stands on line 3, not 4
    assert recall(case, answered(sound, bare)) == 0.5
    assert recall(case, answered(bare)) == 0
    assert recall(case, REFUSAL) == 0


def test_places_give_recall_and_precision_of_context(case, tmp_path):
    def passage(name, start, end, characters=300):
        place = {"line_start": start, "line_end": end, "characters": characters}
        return {"source_path": str(tmp_path / name), **place}

    found = [
        passage("other.txt", 1, 9, 900),
        passage("draft.txt", 2, 4),
        passage("draft.txt", 8, 9),
        passage("minutes.txt", 4, 4),
    ]
    scores, unscored = score_row(case, REFUSAL, found)
    assert scores["context_recall"] == 1.0
    assert scores["context_precision"] == 0.5  # (1/2 + 2/4) / 2
    assert (scores["top_5"], scores["first_1000"]) == (1.0, 0.0)
    assert scores["answered"] == scores["refusal_precision"] == 0.0
    assert unscored["quote_verification"] == "引用がない"


@pytest.mark.parametrize(
    ("file", "page", "met"), [("plan.pdf", 2, 1.0), ("plan.pdf", 1, 0.0), ("other.pdf", 2, 0.0)]
)
def test_a_gold_page_is_met_by_what_stands_on_it(case, tmp_path, file, page, met):
    places = {"line_start": None, "line_end": None, "characters": 300}
    found = [{"source_path": str(tmp_path / file), "page": page, **places}]
    gold = [{"file": "plan.pdf", "line_start": 0, "line_end": 0, "page": 2}]
    scores, _ = score_row({**case, "gold": gold}, REFUSAL, found)
    assert scores["top_5"] == scores["context_recall"] == met


def test_citations_and_numbers(case, citation):
    good = ("整備費は1,200万円", None, citation(1, "draft.txt", 3, "整備費は1,200万円"))
    off = ("予備費は300万円", None, citation(2, "draft.txt", 4, "予備費は別に定める"))
    forged = ("費用", None, citation(3, "draft.txt", 3, "整備費は1,300万円"))
    scores, _ = score_row(case, answered(good, off, forged), [])
    assert scores["citation_precision"] == round(2 / 3, 4)
    assert scores["citation_recall"] == 0.5
    assert scores["quote_verification"] == round(2 / 3, 4)
    assert scores["number_faithfulness"] == 0.5  # 1200 stands in its quote, 300 in none


@pytest.mark.parametrize(
    ("name", "line", "voice", "right"),
    [
        ("minutes.txt", 3, "山田構成員(第1回議事録)", 1.0),
        ("minutes.txt", 4, "座長(第1回議事録)", 1.0),
        ("minutes.txt", 4, "山田構成員(第1回議事録)", 0.0),
        ("minutes.txt", 3, None, 0.0),
        ("draft.txt", 3, None, 1.0),
        ("draft.txt", 3, "山田構成員", 0.0),
    ],
)
def test_the_voice_is_read_from_the_minutes(citation, name, line, voice, right):
    answer = answered(("文", voice, citation(1, name, line, "文")))
    assert METRICS["attribution_accuracy"](answer) == right


@pytest.mark.parametrize(
    ("name", "shown", "right"),
    [
        ("draft.txt", "整備費(案)[1]", 1.0),
        ("draft.txt", "整備費（案）[1]", 1.0),
        ("draft.txt", "整備費(案・提案・仮説)[1]", 1.0),
        ("minutes.txt", "整備費(仮説)[1]", 1.0),
        ("draft.txt", "整備費[1]", 0.0),
        ("draft.txt", "(案)の話\n整備費[1]", 0.0),
        ("digest.md", "整備費(要約)[1]", 1.0),
        ("digest.md", "整備費(案)[1]", 0.0),
        ("draft_digest.md", "整備費(要約・案)[1]", 1.0),
        ("draft_digest.md", "整備費(要約)[1]", 0.5),
        ("minutes.txt", "整備費[1]", 1.0),
        ("minutes.txt", "整備費(案)[1]", 0.0),
    ],
)
def test_a_draft_or_digest_is_labelled_and_nothing_else(citation, name, shown, right):
    answer = answered(("整備費", None, citation(1, name, 3, "整備費")), text=shown)
    assert METRICS["status_label_accuracy"](answer) == right


def test_a_label_inside_the_quoted_words_is_no_label(citation):
    words = "骨子(案)を示す。"
    answer = answered((words, None, citation(1, "minutes.txt", 3, words)))
    assert METRICS["status_label_accuracy"](answer) == 1.0


def test_refusals(case):
    unanswerable = {"answerable": False, "gold": [], "facts": []}
    right, _ = score_row(unanswerable, REFUSAL, [])
    wrong, unscored = score_row(unanswerable, answered(("何か", None, None)), [])
    assert (right["refusal_recall"], right["refusal_precision"]) == (1.0, 1.0)
    assert wrong["refusal_recall"] == 0.0
    assert {"refusal_precision", PRIMARY, "context_recall"} <= unscored.keys()
    assert wrong["answer_length"] == 2


def test_every_guarded_metric_but_the_judges_is_known():
    known = set(METRICS) | set(MODEL_METRICS)
    assert set(GUARDED) - known == {"faithfulness", "answer_relevancy", "factual_correctness"}


def test_a_metric_that_says_nothing_raises_its_reason():
    with pytest.raises(Unscorable, match="断った"):
        METRICS["answer_length"](REFUSAL)
