from itertools import pairwise

import pytest
import tiktoken
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.ingest import chunk as chunk_module
from assistant.ingest.chunk import count_tokens, make_chunks
from assistant.ingest.metadata import describe, prepared_pages
from assistant.ingest.readers import read_file
from assistant.ingest.structure import read_structure
from assistant.japanese.width import squeeze
from assistant.records.text import Chunk, Page, Segment

FIXTURES = [
    "digest-farming.md",
    "digest.md",
    "guidebook.md",
    "minutes.txt",
    "outline.md",
    "slides.txt",
]


def cut(text, kind="report", *, markdown=False):
    pages = (Page(text),)
    return make_chunks("d", pages, read_structure(pages, kind, markdown=markdown))


def texts(text):
    return [chunk.text for chunk in cut(text)]


def assert_stands_in_source(chunk, pages):
    """Every segment equals its source; only line breaks and spaces belong to no segment."""
    rest = list(chunk.text)
    for segment in chunk.segments:
        own = slice(segment.start, segment.start + segment.length)
        source = pages[segment.page].text[segment.source_start :][: segment.length]
        assert chunk.text[own] == source
        rest[own] = [""] * segment.length
    assert set(rest) <= {"", " ", "\n"}


@pytest.fixture(params=FIXTURES)
def fixture_document(request, documents):
    path = documents / request.param
    read = read_file(path).pages
    kind = describe(path, "d", read).document.kind
    pages = prepared_pages(read)
    return pages, read_structure(pages, kind, markdown=path.suffix == ".md")


def test_every_segment_of_a_document_equals_its_source(fixture_document):
    pages, sections = fixture_document
    for chunk in make_chunks("d", pages, sections):
        assert_stands_in_source(chunk, pages)


def test_the_chunks_hold_all_text_of_the_sections_in_order(fixture_document):
    pages, sections = fixture_document
    written = "".join(block.text for section in sections for block in section.blocks)
    held = "".join(chunk.text for chunk in make_chunks("d", pages, sections))
    assert squeeze(held) == squeeze(written)


@given(st.text(alphabet="あ漢、。「」・①- 1,.*#\n\u3000aB", max_size=300), st.booleans())
@settings(deadline=None, derandomize=True)
def test_every_segment_of_any_text_equals_its_source(text, markdown):
    for chunk in cut(text, markdown=markdown):
        assert_stands_in_source(chunk, (Page(text),))


def test_a_chunk_of_a_text_knows_its_lines_speaker_and_source():
    text = "○山田座長　費用は８億円です。維持につ\nいて伺います。\n"
    assert cut(text, "minutes") == [
        Chunk(
            chunk_id="d-0000",
            doc_id="d",
            text="費用は８億円です。維持について伺います。",
            segments=(Segment(0, 0, 6, 9), Segment(9, 0, 15, 4), Segment(13, 0, 20, 7)),
            speaker="山田座長",
            role="座長",
            voice="procedure",
            line_start=1,
            line_end=2,
            tokens=23,
        )
    ]


def test_a_chunk_of_a_pdf_knows_the_page_it_begins_on():
    pages = (
        Page("第１章　費用\n費用は８億円であり、その多くは山間部の設備の更新と維持に", 4, "2"),
        Page("使う。", 5, "3"),
    )
    [chunk] = make_chunks("d", pages, read_structure(pages, "report", markdown=False))
    assert chunk == Chunk(
        chunk_id="d-0000",
        doc_id="d",
        text="費用は８億円であり、その多くは山間部の設備の更新と維持に使う。",
        segments=(Segment(0, 0, 7, 28), Segment(28, 1, 0, 3)),
        section="第１章　費用",
        page=4,
        page_label="2",
        tokens=chunk.tokens,
    )


def test_chunks_never_cross_a_section():
    chunks = cut("# 計画\n\n## 費用\n\n８億円。\n\n## 体制\n\n市が担う。\n", markdown=True)
    assert [(chunk.chunk_id, chunk.section, chunk.text) for chunk in chunks] == [
        ("d-0000", "計画 > 費用", "８億円。"),
        ("d-0001", "計画 > 体制", "市が担う。"),
    ]


@pytest.mark.parametrize(
    ("sentence", "count", "sizes"),
    [
        (99, 10, [300, 300, 300, 100]),
        (139, 10, [420, 420, 420, 140]),
        (299, 2, [300, 300]),
        (199, 3, [400, 200]),
        (899, 2, [900, 900]),
    ],
)
def test_chunks_take_whole_sentences_up_to_their_size(sentence, count, sizes):
    assert [len(text) for text in texts(("通" * sentence + "。") * count)] == sizes


def test_a_list_that_fits_stays_whole_with_its_lead():
    lead = "通" * 250 + "。"
    steps = "手順は次のとおりである。\n・" + "住" * 120 + "\n・" + "民" * 120
    assert texts(f"{lead}\n\n{steps}\n") == [lead, steps]


def test_a_list_too_long_is_cut_between_its_items():
    item = "・" + "住" * 199
    assert texts("\n".join([item] * 4)) == [f"{item}\n{item}"] * 2


@pytest.mark.parametrize(
    ("repeated", "times"),
    [
        ("市は「1,234.5百万円」を用意し、", 80),
        ("整備費1,234.5百万円", 100),
        ("整備費１，２３４．５百万円　", 100),
        ("住民から「費用、人手、場所」という声が出て", 60),
        ("住民の声（費用 人手 場所）が出て", 60),
    ],
    ids=["quoted number", "number", "wide number", "commas in a quotation", "spaces in brackets"],
)
def test_a_long_sentence_is_cut_outside_numbers_and_quotations(repeated, times):
    chunks = texts(repeated * times)
    numbers = "0123456789０１２３４５６７８９.．,，"
    assert len(chunks) > 1
    for before, after in pairwise(chunks):
        assert not (before[-1] in numbers and after[0] in numbers)
    assert all(
        chunk.count(left) == chunk.count(right)
        for chunk in chunks
        for left, right in ("「」", "（）")
    )


@pytest.mark.parametrize("text", ["通" * 5000, "通信、" * 2000, "「" + "通" * 5000])
def test_a_sentence_without_end_is_bounded(text):
    chunks = texts(text)
    assert "".join(chunks) == text
    assert max(len(chunk) for chunk in chunks) <= 900


def test_a_quoted_number_stays_in_one_chunk_with_its_brackets():
    sentence = "市は「1,234.5百万円である。」と答えた。"
    chunks = texts(sentence * 40)
    assert {chunk.replace(sentence, "") for chunk in chunks} == {""}
    assert sum(chunk.count(sentence) for chunk in chunks) == 40


@pytest.mark.parametrize(
    ("text", "tokens"), [("", 0), ("DX", 1), ("地域DX", 4), ("<|endoftext|>", 7)]
)
def test_tokens_are_counted_offline(monkeypatch, text, tokens):
    monkeypatch.setattr(tiktoken.registry, "ENCODINGS", {})
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", "")
    chunk_module._encoding.cache_clear()
    assert count_tokens(text) == tokens
