"""Passages grown by their neighbours: within the budget, nothing twice, word for word."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from towns import Town

from assistant.answering.cite import citations_of
from assistant.answering.context import grown, in_context
from assistant.ingest.chunk import count_tokens
from assistant.japanese.width import squeeze
from assistant.question.read import read_question
from assistant.records.answers import Filters
from assistant.retrieval.index import Index
from assistant.retrieval.search import find

QUESTIONS = ("光ファイバの更新の費用", "佐藤構成員の意見", "協議会の役割", "農業とバス", "補助率")
FILTERS = st.builds(
    Filters,
    kind=st.sampled_from([None, "minutes", "outline", "slides"]),
    speaker=st.sampled_from([None, "佐藤", "高橋"]),
    until=st.sampled_from([None, "2023-12-31"]),
)


def tokens(passages):
    return sum(count_tokens(passage.chunk.text) for passage in passages)


def held(passages):
    return [c for passage in passages for c in passage.grown or (passage.chunk,)]


@settings(max_examples=60, deadline=None)
@given(
    question=st.sampled_from(QUESTIONS),
    filters=FILTERS,
    count=st.integers(1, 14),
    budget=st.integers(0, 6000),
)
def test_grown_passages_keep_to_budget_source_and_filters(index, question, filters, count, budget):
    passages = find(index, read_question(index, question, filters), count).passages
    result = grown(passages, index.vectors.chunks, budget)
    assert tokens(result) <= budget
    ids = [chunk.chunk_id for chunk in held(result)]
    assert len(ids) == len(set(ids))
    for passage in result:
        chunk, pages = passage.chunk, index.pages(passage.chunk.doc_id)
        for segment in chunk.segments:
            source = pages[segment.page].text[segment.source_start :][: segment.length]
            assert chunk.text[segment.start :][: segment.length] == source
        covered = sum(segment.length for segment in chunk.segments)
        assert covered >= len(squeeze(chunk.text))
        said = {(c.doc_id, c.section, c.speaker, c.voice, c.claim) for c in passage.grown}
        assert len(said) <= 1
        assert not filters.speaker or filters.speaker in (chunk.speaker or "")
        assert passage.document.doc_id == chunk.doc_id


@pytest.fixture(scope="module")
def long(tmp_path_factory, index_root):
    """An index of one section of several chunks."""
    town = Town.made(tmp_path_factory.mktemp("long"), index_root)
    lines = [
        f"{number}番目の地区では、光ファイバの設備を{number}年かけて順に新しくする。"
        f"その費用は{number}億円で、国の補助と町の一般財源を充て、残りは利用料で賄う見込みである。"
        for number in range(1, 21)
    ]
    town.write("plan.md", "# 更新の計画\n\n" + "".join(lines) + "\n")
    town.ingest()
    opened = Index(town.root)
    yield opened
    opened.close()


@pytest.fixture
def turn(long):
    """The chunks of the section in order."""
    [doc_id] = long.manifest.documents
    chunks = long.vectors.chunks(long.vectors.ids_of([doc_id])).values()
    return sorted(chunks, key=lambda chunk: chunk.chunk_id)


@pytest.fixture
def passage(long):
    return find(long, read_question(long, QUESTIONS[0]), 1).passages[0]


def test_a_passage_takes_its_neighbours_on_both_sides(long, passage, turn):
    middle = replace(passage, chunk=turn[1])
    [result] = grown([middle], long.vectors.chunks, 6000)
    assert result.chunk.text == "\n".join(chunk.text for chunk in turn[:3])
    assert result.chunk.chunk_id == turn[1].chunk_id


def test_passages_that_touch_become_one_where_the_better_one_stood(passage, turn):
    found = [replace(passage, chunk=chunk) for chunk in (turn[1], turn[0])]
    [result] = grown(found, lambda _: {}, 6000)
    assert result.chunk.text == f"{turn[0].text}\n{turn[1].text}"
    assert result.chunk.chunk_id == turn[1].chunk_id


def test_what_does_not_fit_whole_gives_its_nearest_sentences(long, passage, turn):
    first = replace(passage, chunk=turn[0])
    room = tokens([first]) + count_tokens(turn[1].text) - 2
    [result] = grown([first], long.vectors.chunks, room)
    added = result.chunk.text.removeprefix(turn[0].text + "\n")
    assert added
    assert added != turn[1].text
    assert turn[1].text.startswith(added)


def test_a_quote_is_cited_in_the_chunk_that_holds_it(long, passage, turn):
    [result] = grown([replace(passage, chunk=turn[1])], long.vectors.chunks, 6000)
    start = result.chunk.text.index(turn[2].text)
    cited = citations_of(result, start, start + len(turn[2].text), 1, long.pages)
    assert {citation.chunk.chunk_id for citation in cited} == {turn[2].chunk_id}


def test_no_passage_is_left_out_of_a_prompt_for_the_sake_of_neighbours(long):
    passages = find(long, read_question(long, QUESTIONS[0]), 12).passages
    result = in_context(passages, long.vectors.chunks, 100)
    kept = {chunk.chunk_id for chunk in held(result)}
    assert kept == {passage.chunk.chunk_id for passage in passages}
