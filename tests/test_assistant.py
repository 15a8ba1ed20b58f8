"""The assistant as a library: opening, searching, asking, showing a place."""

import json
import os
import re
import shutil
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from pypdf import PdfReader
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfgen.canvas import Canvas
from towns import Town

from assistant import Assistant
from assistant.errors import IndexBusyError, IndexMissingError, InputError
from assistant.indexing import ingest, starter_folders
from assistant.records.answers import AnswerEvent, Filters, StatementEvent
from assistant.retrieval.generations import verify
from assistant.retrieval.index import current_generation, read_manifest
from assistant.settings import Settings

QUESTION = "補助率と上限額はいくらですか"


def squeezed(text):
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


@pytest.fixture
def town(tmp_path, index_root):
    return Town.made(tmp_path, index_root)


def test_an_index_named_in_the_call_is_opened(index_root):
    opened = Assistant.open(index_root)
    assert not opened.ask(QUESTION).refused
    opened.close()


def test_an_index_named_in_the_settings_is_opened(index_root):
    opened = Assistant.open(settings=Settings(index=index_root))
    assert not opened.ask(QUESTION).refused
    opened.close()


def test_an_index_named_in_the_environment_is_opened(index_root, monkeypatch):
    monkeypatch.setenv("REGIONAL_DX_INDEX", str(index_root))
    opened = Assistant.open()
    assert not opened.ask(QUESTION).refused
    opened.close()


def test_the_call_goes_before_the_settings(index_root, tmp_path):
    opened = Assistant.open(index_root, Settings(index=tmp_path / "nowhere"))
    assert not opened.ask(QUESTION).refused
    opened.close()


def test_an_index_that_is_named_is_never_filled_with_the_starter_corpus(tmp_path):
    with pytest.raises(IndexMissingError):
        Assistant.open(tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_closing_one_assistant_leaves_another_on_the_same_index_working(index_root):
    first, second = Assistant.open(index_root), Assistant.open(index_root)
    first.close()
    assert not second.ask(QUESTION).refused
    second.close()


@pytest.mark.parametrize("k", [1, 2, 7])
def test_a_search_gives_as_many_passages_as_asked_for(assistant, k):
    assert len(assistant.search("地域の通信網の維持", k)) == k


@pytest.mark.parametrize("k", [0, -1])
def test_a_search_for_no_passages_is_an_error(assistant, k):
    with pytest.raises(InputError):
        assistant.search("通信", k)


def test_an_answer_keeps_to_the_filters(assistant):
    answer = assistant.ask("光ファイバの更新の費用はいくらですか", Filters(kind="minutes"))
    assert {citation.document.kind for citation in answer.citations} == {"minutes"}


def test_an_answer_says_what_produced_it(assistant, index_root):
    provenance = assistant.ask(QUESTION).provenance
    opened = Assistant.open(index_root)
    assert provenance == opened.ask("別の質問").provenance
    opened.close()
    assert (len(provenance.index_id), provenance.model) == (12, None)
    assert provenance.embedding.startswith("sif-")


def test_a_stream_ends_with_the_answer(assistant):
    *statements, last = assistant.stream(QUESTION)
    assert isinstance(last, AnswerEvent)
    assert replace(last.answer, seconds=0.0) == replace(assistant.ask(QUESTION), seconds=0.0)
    assert statements == [
        StatementEvent(s, tuple(c for c in last.answer.citations if c.number in s.citations))
        for s in last.answer.statements
    ]


def test_a_stream_of_a_refusal_is_the_refusal(assistant):
    (only,) = assistant.stream("")
    assert only.answer.reason == "question_empty"


def test_the_same_question_gets_the_same_answer(assistant):
    first, second = (replace(assistant.ask(QUESTION), seconds=0.0) for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    "question",
    ["補助率と上限額はいくらですか", "  補助率と上限額はいくらですか\n", "補助率と上限額は\n？"],
)
def test_space_around_a_question_makes_no_difference(assistant, question):
    assert "500万円" in assistant.ask(question).answer


@pytest.mark.parametrize(
    ("sentence", "question", "fact"),
    [
        (
            "みなと町の公民館では、予約の受付に年間480時間を使っている。",
            "みなと町の公民館では予約の受付に年間何時間を使っていますか",
            "480時間",
        ),
        ("くじら町の人口は9,000人である。", "くじら町の人口は何人ですか", "9,000人"),
    ],
)
def test_a_name_in_the_question_is_recognised_in_the_only_sentence(town, sentence, question, fact):
    town.write("only.txt", f"{sentence}\n")
    town.ingest()
    assert fact in town.ask(question).answer


def test_a_chunk_is_shown_between_its_neighbours(assistant):
    passage = assistant.search("補助率と上限額", 1)[0]
    chunks, document = assistant.chunk(passage.chunk.chunk_id)
    places = [int(chunk.chunk_id.rpartition("-")[2]) for chunk in chunks]
    assert passage.chunk == chunks[1]
    assert places == [places[1] - 1, places[1], places[1] + 1]
    assert document == passage.document


def test_the_first_chunk_has_a_neighbour_after_it_only(assistant):
    doc_id = assistant.search("補助率と上限額", 1)[0].chunk.doc_id
    chunks, _ = assistant.chunk(f"{doc_id}-0000")
    assert [chunk.chunk_id for chunk in chunks] == [f"{doc_id}-0000", f"{doc_id}-0001"]


@pytest.mark.parametrize(
    "place", ["", "-", "0", "nothing-0000", "{}-9999", "{}-0", "{}", "{}-²", "{}-①", "{}-00x1"]
)
def test_a_chunk_that_does_not_exist_is_an_error(assistant, place):
    doc_id = assistant.search("補助率と上限額", 1)[0].chunk.doc_id
    with pytest.raises(InputError):
        assistant.chunk(place.format(doc_id))


@pytest.fixture
def paper(town):
    """A town whose only document is a PDF; its second sentence runs across a page border."""
    registerFont(UnicodeCIDFont("HeiseiKakuGo-W5"))
    path = town.documents / "計画.pdf"
    canvas = Canvas(str(path), invariant=1)
    for lines in (
        ["みどり市の通信網の計画"],
        ["基地局の費用は約８億円である。", "農家が水田の水位を手元で見られ"],
        ["る仕組みも、あわせて設ける。"],
    ):
        canvas.setFont("HeiseiKakuGo-W5", 11)
        for row, line in enumerate(lines):
            canvas.drawString(60, 780 - 18 * row, line)
        canvas.showPage()
    canvas.save()
    town.ingest()
    return path


@pytest.mark.parametrize(
    ("question", "pages"),
    [
        ("基地局の費用はいくらですか", [2]),
        ("農家が水田の水位を手元で見られる仕組みも設けますか", [2, 3]),
    ],
)
def test_quotes_from_a_pdf_stand_on_their_pages(town, paper, question, pages):
    answer = town.ask(question)
    statement = answer.statements[0]
    cited = [answer.citations[number - 1] for number in statement.citations]
    assert [citation.page for citation in cited] == pages
    reader = PdfReader(paper)
    for citation in cited:
        text = reader.pages[citation.page - 1].extract_text()
        assert squeezed(citation.quote) in squeezed(text)
        assert (citation.line_start, citation.line_end, citation.page_label) == (None,) * 3


@pytest.fixture(scope="module")
def default():
    """The default index in the tests' own home, made of the starter corpus."""
    opened = Assistant.open()
    yield opened
    opened.close()


def default_root():
    return Path(os.environ["REGIONAL_DX_DATA"]) / "index"


def test_the_default_index_starts_with_the_starter_corpus(default):
    assert not default.ask("コンソーシアムには誰に入ってもらうべきですか").refused
    assert verify(default_root())[0] == []


@pytest.mark.parametrize(
    "question",
    [
        "コンソーシアムには誰に入ってもらうべきですか",
        "自治体の人材不足にどう対応すればよいですか",
        "実証のあとの運営費はどう賄いますか",
        "通信網の維持の費用は誰が負担しますか",
    ],
)
def test_answers_from_the_starter_corpus_quote_its_files(default, question):
    answer = default.ask(question)
    assert answer.citations
    for citation in answer.citations:
        path = Path(citation.document.source_path)
        assert any(path.is_relative_to(folder) for folder in starter_folders())
        lines = path.read_text(encoding="utf-8").split("\n")
        place = "".join(lines[citation.line_start - 1 : citation.line_end])
        assert squeezed(citation.quote) in squeezed(place)


def test_the_default_index_is_built_once(default):
    before = sorted(path.name for path in default_root().iterdir())
    Assistant.open().close()
    assert sorted(path.name for path in default_root().iterdir()) == before


def test_the_pages_of_a_document_are_those_indexed(assistant):
    doc_id, document = next(iter(assistant.manifest.documents.items()))
    assert assistant.pages(doc_id)[0].text
    assert document.doc_id == doc_id


def test_pages_of_an_unknown_document_are_an_error_with_a_remedy(assistant):
    with pytest.raises(InputError, match="今の索引にありません"):
        assistant.pages("0" * 12)


def test_the_default_index_of_another_version_is_made_anew_with_all_its_files(default, tmp_path):
    town = tmp_path / "town.txt"
    town.write_text(
        "かえで町の図書館では、蔵書の点検に年間120時間を使っている。\n", encoding="utf-8"
    )
    root = tmp_path / "data" / "index"
    shutil.copytree(default_root(), root)
    ingest([town], root, Settings())
    path = current_generation(root) / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    gone = str(tmp_path / "old" / "digest.md")
    manifest["files"] = [
        row | {"path": gone} if row["starter"] else row for row in manifest["files"]
    ]
    path.write_text(json.dumps(manifest | {"format": 1}), encoding="utf-8")
    opened = Assistant.open(settings=Settings(data=tmp_path / "data"))
    try:
        assert not opened.ask("図書館では蔵書の点検に年間何時間を使っていますか").refused
        assert not opened.ask("コンソーシアムには誰に入ってもらうべきですか").refused
    finally:
        opened.close()
    assert gone not in {record.path for record in read_manifest(current_generation(root)).files}


def test_whoever_asks_while_the_default_index_is_made_waits_for_it(default, monkeypatch):
    refusals = [IndexBusyError("更新中です。", "待ってください。")] * 2

    def busy(*_, **__):
        if refusals:
            raise refusals.pop()

    monkeypatch.setattr("assistant.assistant.starter_is_current", lambda _: False)
    monkeypatch.setattr("assistant.assistant.ingest", busy)
    Assistant.open().close()
    assert refusals == []
