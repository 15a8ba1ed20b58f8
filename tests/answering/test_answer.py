"""Answers as the outside sees them, checked without any code of the grounding."""

import re
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from towns import LIBRARY, LIBRARY_QUESTION, Town

from assistant.answering.answer import notes_for, refusal, render, status_label, timed
from assistant.export.rows import answer_row
from assistant.records.answers import Citation, Filters, Provenance, Statement
from assistant.records.documents import Original, SourceDocument
from assistant.records.text import Chunk

ANSWERED = {
    "光ファイバの整備率は何％ですか": "92.5%",
    "更新の費用はいくらですか": "8億円",
    "補助率と上限額はいくらですか": "500万円",
    "デジタル化の担当者は何人ですか": "2人",
    "予約制の乗合タクシーの利用者は1日平均何人ですか": "41人",
    "みどり市の人口は何人ですか": "31,400人",
    "個人に関する情報を扱うときはどうすればよいですか": "同意を得る",
    "次回の懇談会はいつ開かれますか": "2月14日",
    "実証のうち実装に進んだのは何件ですか": "2件",
    "協議会にはどのような団体の参加を求めますか": "金融機関",
    "協議会の設立までの手順を教えてください": "優先順位",
    "見守りや防災に使う通信で大切なことは何ですか": "途切れない",
    "参加を見込む農業者は何戸ですか": "140戸",
}


def folded(text):
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def numbers(text):
    return set(re.findall(r"\d+(?:[.,]\d+)*", unicodedata.normalize("NFKC", text)))


@pytest.fixture(scope="module")
def rows(assistant):
    return {question: answer_row(assistant.ask(question)) for question in ANSWERED}


@pytest.fixture(params=ANSWERED)
def row(rows, request):
    return rows[request.param]


def test_the_answer_holds_the_fact(row):
    assert not row["refused"]
    assert folded(ANSWERED[row["question"]]) in folded(row["answer"])


def test_every_statement_has_a_citation_that_is_there(row):
    known = {citation["number"] for citation in row["citations"]}
    assert row["statements"]
    for statement in row["statements"]:
        assert statement["citations"]
        assert set(statement["citations"]) <= known


def test_citations_are_numbered_in_order_of_use(row):
    used = [number for statement in row["statements"] for number in statement["citations"]]
    assert used == sorted(used)
    assert [citation["number"] for citation in row["citations"]] == sorted(set(used))


def test_every_quote_stands_in_its_lines_of_its_file(row):
    for citation in row["citations"]:
        lines = Path(citation["source_path"]).read_text(encoding="utf-8").split("\n")
        place = "\n".join(lines[citation["line_start"] - 1 : citation["line_end"]])
        assert folded(citation["quote"])
        assert folded(citation["quote"]) in folded(place)
        assert citation["verified"] is True


def test_every_number_of_a_statement_stands_in_its_quotes(row):
    quotes = {citation["number"]: citation["quote"] for citation in row["citations"]}
    for statement in row["statements"]:
        assert numbers(statement["text"]) <= numbers(
            "\n".join(quotes[number] for number in statement["citations"])
        )


def test_the_text_shows_every_statement_with_its_markers(row):
    for statement in row["statements"]:
        marks = "".join(f"[{number}]" for number in statement["citations"])
        assert re.search(re.escape(statement["text"]) + r"\S*?" + re.escape(marks), row["answer"])


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("", "question_empty"),
        (" 　\n", "question_empty"),
        ("あ" * 5000, "question_too_long"),
        ("通信網の維持と費用。" * 500, "question_too_long"),
        ("😀😀😀", "no_evidence"),
        ("これはそれですか", "no_evidence"),
        ("とか、から、まで、など", "no_evidence"),
        ("？！。", "no_evidence"),
        ("大阪市の人口は何人ですか", "no_evidence"),
        ("くじら町の人口は何人ですか", "no_evidence"),
        ("田中構成員は何と言いましたか", "no_evidence"),
        ("「かがやき計画」の費用はいくらですか", "no_evidence"),
        ("LoRaWANの費用はいくらですか", "no_evidence"),
        ("第9回の懇談会では何が話されましたか", "no_evidence"),
        ("第９回の懇談会で鈴木構成員は何と言いましたか", "no_evidence"),
        ("令和5年度の公募の補助率は何割ですか", "no_evidence"),
        ("平成30年度の公募の上限額はいくらですか", "no_evidence"),
        ("令和2年度末の光ファイバの整備率は何％ですか", "no_evidence"),
        ("2019年の人口は何人ですか", "no_evidence"),
        ("予約制の乗合タクシーの料金はいくらですか", "no_evidence"),
        ("バス路線の費用はいくらですか", "no_evidence"),
        ("同意を得た住民は何人ですか", "no_evidence"),
        ("'; DROP TABLE chunks; --", "no_evidence"),
        ("SELECT * FROM embeddings WHERE 1=1", "no_evidence"),
        ("日本の首相は誰ですか", "no_evidence"),
        ("おいしいカレーの作り方を教えてください", "no_evidence"),
    ],
)
def test_what_the_documents_do_not_say_is_refused(assistant, question, reason):
    row = answer_row(assistant.ask(question))
    assert row["refused"]
    assert row["reason"] in ({"no_evidence", "near"} if reason == "no_evidence" else {reason})
    assert (row["statements"], row["citations"]) == ([], [])


def test_a_refusal_brings_the_nearest_passages(assistant):
    answer = assistant.ask("大阪市の人口は何人ですか")
    assert [passage.rank for passage in answer.nearest] == [1, 2, 3]


def test_a_question_of_the_longest_length_allowed_is_answered(assistant):
    question = "補助率と上限額はいくらですか"
    assert assistant.ask(question.ljust(2000, "。")).reason != "question_too_long"


def test_the_index_still_answers_after_sql(assistant):
    assistant.ask("'; DROP TABLE embeddings; --")
    assert not assistant.ask("更新の費用はいくらですか").refused


def test_minutes_are_attributed_to_their_speaker(assistant):
    answer = assistant.ask("光ファイバの更新の費用はいくらですか", Filters(kind="minutes"))
    assert {s.attribution for s in answer.statements} == {
        "事務局（高橋課長）(第3回議事録, 2023-11-08)"
    }
    assert all(
        line.startswith("事務局（高橋課長）(第3回議事録, 2023-11-08):「")
        for line in answer.answer.split("\n")
    )


def test_minutes_are_noted_as_opinions(assistant):
    answer = assistant.ask("光ファイバの更新の費用はいくらですか", Filters(kind="minutes"))
    (note,) = answer.notes
    assert "議事録" in note
    assert "決定事項ではありません" in note


def test_a_draft_is_noted_and_marked(assistant):
    answer = assistant.ask("協議会の事務局は誰が担いますか", Filters(kind="outline"))
    note, meaning = answer.notes
    assert "みどり地域デジタル推進懇談会 とりまとめ骨子案" in note
    assert "決定した内容ではありません" in note
    assert "「提案」" in meaning
    assert "(案・提案)[1]" in answer.answer
    assert answer.statements[0].label == "提案"


def test_a_digest_is_marked_and_names_its_original(assistant):
    answer = assistant.ask("参加を見込む農業者は何戸ですか", Filters(kind="report"))
    (note,) = answer.notes
    assert "農業データ連携検討会 中間整理" in note
    assert "要約" in note
    assert "(要約・中間整理)[1]" in answer.answer
    assert {s.attribution for s in answer.statements} == {None}


def test_a_final_document_needs_no_note(assistant):
    answer = assistant.ask("補助率と上限額はいくらですか", Filters(kind="guidebook"))
    assert (answer.notes, answer.as_of) == ((), "2024-10-01")


@pytest.mark.parametrize(
    ("filters", "as_of"),
    [
        (Filters(kind="minutes"), "2023-11-08"),
        (Filters(until="2024-03-31"), "2024-03-15"),
        (Filters(kind="slides"), None),
    ],
)
def test_the_newest_document_considered_dates_the_answer(assistant, filters, as_of):
    assert assistant.ask("地域の通信網と実証の担当者", filters).as_of == as_of


def test_a_statement_across_a_page_number_cites_both_parts(assistant):
    answer = assistant.ask("見守りや防災に使う通信は途切れないことのほうが大切ですか")
    (statement,) = (s for s in answer.statements if s.text.startswith("見守りや防災"))
    quotes = [answer.citations[number - 1] for number in statement.citations]
    assert [(q.line_start, q.line_end) for q in quotes] == [(41, 41), (44, 44)]


FINAL = SourceDocument("f" * 12, "手引き", "/f.md", kind="guidebook", status="final")
DRAFT = replace(FINAL, title="骨子案", status="draft")
INTERIM = replace(FINAL, title="論点", status="interim")
MINUTES = replace(FINAL, title="議事録", kind="minutes", status="minutes")
OLD = replace(FINAL, title="旧手引き", superseded_by="新手引き(2025-01-01)")
DIGEST = replace(DRAFT, title="要約", edition="digest", original=Original("原本", status="interim"))


@pytest.mark.parametrize(
    ("documents", "words"),
    [
        ([FINAL], []),
        ([DRAFT], [["「骨子案」", "案の段階"]]),
        ([INTERIM], [["「論点」", "最終的な結論ではありません"]]),
        ([MINUTES], [["「議事録」", "発言者の見解"]]),
        ([OLD], [["「旧手引き」", "新手引き(2025-01-01)"]]),
        ([DIGEST], [["「要約」", "原本(中間整理)"]]),
        ([DRAFT, FINAL, DRAFT, MINUTES], [["「骨子案」"], ["「議事録」"]]),
    ],
)
def test_a_reader_is_told_what_to_beware_of_once_for_each_document(documents, words):
    notes = notes_for(documents)
    assert len(notes) == len(words)
    for note, expected in zip(notes, words, strict=True):
        assert all(word in note for word in expected)


@pytest.mark.parametrize(
    ("document", "label"),
    [
        (FINAL, ""),
        (DRAFT, "案"),
        (INTERIM, "中間整理"),
        (replace(DIGEST, status="reference"), "要約"),
        (replace(DIGEST, status="draft"), "要約・案"),
        (replace(FINAL, status="withdrawn"), "廃止"),
        (MINUTES, ""),
    ],
)
def test_the_stage_of_a_document_has_a_word(document, label):
    assert status_label(document) == label


def citation(number, document):
    chunk = Chunk("x-0000", "x", "本文", ())
    return Citation(number, "本文", chunk, document, None, None, 1, 1)


def test_statements_are_shown_one_a_line():
    statements = [
        Statement("費用は8億円です。", (1, 2), "佐藤構成員(第3回議事録, 2023-11-08)"),
        Statement("案を示す。", (3,)),
        Statement("補助する。", (4,)),
    ]
    citations = [
        citation(1, MINUTES),
        citation(2, MINUTES),
        citation(3, DRAFT),
        citation(4, FINAL),
    ]
    assert render(statements, citations) == (
        "佐藤構成員(第3回議事録, 2023-11-08):「費用は8億円です。」[1][2]\n"
        "案を示す。(案)[3]\n"
        "補助する。[4]"
    )


@pytest.mark.parametrize("reason", ["question_empty", "question_too_long", "no_evidence"])
def test_a_refusal_says_why_in_japanese(reason):
    answer = refusal("？", reason, [], Provenance("i", "e"))
    assert (answer.refused, answer.reason, answer.nearest) == (True, reason, ())
    assert re.search(r"[ぁ-ん]。$", answer.answer)


def test_the_time_taken_is_recorded():
    assert timed(refusal("", "question_empty", [], Provenance("i", "e")), 0.12345).seconds == 0.1235


@pytest.mark.parametrize("change", ["changed", "removed"])
def test_a_source_that_changed_after_indexing_is_named(tmp_path, index_root, change):
    town = Town.made(tmp_path, index_root)
    source = town.write("library.txt", LIBRARY.format(hours=120))
    town.ingest()
    if change == "changed":
        source.write_text("町の図書館では、蔵書の点検をやめた。\n", encoding="utf-8")
    else:
        source.unlink()
    answer = town.ask(LIBRARY_QUESTION)
    assert [citation.verified for citation in answer.citations] == [False]
    assert any("取り込んだ後に変わったか" in note for note in answer.notes)


def test_a_term_that_is_used_but_not_explained_is_said_to_be(assistant):
    used = assistant.ask("乗合タクシーとは何ですか")
    assert not used.refused
    assert "「乗合タクシー」の意味を説明する文は見つかりませんでした" in used.notes[0]
    assert not any(
        "意味を説明する文" in note for note in assistant.ask("乗合タクシーの利用者は").notes
    )


def test_a_filter_by_date_tells_of_the_documents_without_one(assistant):
    documents = assistant.manifest.documents.values()
    count = sum(1 for document in documents if not document.published)
    note = f"日付の分からない資料{count}件は、日付の条件により除きました。"
    answered = assistant.ask("補助率と上限額はいくらですか", Filters(since="2024-01-01"))
    assert note in answered.notes
    assert note in assistant.ask("大阪市の人口は何人ですか", Filters(since="2024-01-01")).answer
    assert note not in assistant.ask("補助率と上限額はいくらですか").notes
