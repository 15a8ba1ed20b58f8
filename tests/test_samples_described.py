"""What is inferred of real documents, present only beside the project: see `samples`."""

import json
from pathlib import Path

import pytest
from towns import Town

from assistant.indexing import starter_corpus
from assistant.ingest.catalog import load_catalog
from assistant.ingest.metadata import describe
from assistant.ingest.readers import read_file
from assistant.japanese.width import squeeze

# First three characters of the file → (date, kind, status, meeting), from samples.md.
SEEDS = {
    "000": (None, "slides", "reference", None),
    "001": ("2024-04-24", "outline", "draft", None),
    "002": ("2025-07-29", "slides", "draft", None),
    "003": ("2024-04-24", "minutes", "minutes", "第6回"),
    "004": (None, "slides", "interim", None),
}
# What the text of each seed alone says; the rest needs the catalogue.
SEEDS_BY_TEXT = SEEDS | {"002": (None, "slides", "draft", None)}
DATES = {
    "000761091.pdf": "2020-12-15",
    "000843318.pdf": "2022-10",  # the cover gives the month only
    "000956094.pdf": "2024-06-28",
    "003_02_04.pdf": None,  # the days on its first page are those of a survey
    "01point.pdf": None,
    "10.pdf": "2024-07-05",
    "1c202401.pdf": "2024-06-13",
    "20210830_2.pdf": "2021-08-30",
    "20220422_resources_standard_guidelines_guidebook_01.pdf": "2021-03-30",
    "20230308-mxt_jogai01-000027984_001.pdf": "2023-03-08",
    "20231027_policies_local_governments_outline_02.pdf": "2023-10-27",
    "20231102_sesaku3.pdf": "2023-11-02",
    "cloud_policy_20210910.pdf": "2021-09-10",
    "r3fy-FC-all.pdf": None,
}
OUTLINE_QUESTION = "骨子案では、デジタル人材の育成についてどのような課題を挙げていますか"
FOLLOWED = "報告書(案)(2024-06-26)と、確定した報告書(2024-09-13)"


def described(path, catalog=(), reading=read_file):
    read = reading(path)
    return describe(
        path, "0" * 12, read.pages, title=read.title, properties=read.properties, catalog=catalog
    )


@pytest.fixture(scope="module")
def pdfs(samples, read_sample):
    paths = sorted((samples / "pdfs").glob("*.pdf"))
    return {path.name: described(path, reading=read_sample) for path in paths}


@pytest.mark.parametrize(("shipped", "expected"), [(True, SEEDS), (False, SEEDS_BY_TEXT)])
def test_date_kind_and_status_of_the_seeds(samples, shipped, expected):
    catalog = load_catalog(starter_corpus() / "catalog.toml") if shipped else ()
    found = {}
    for path in (samples / "seeds").glob("*.txt"):
        document = described(path, catalog).document
        found[path.name[:3]] = (
            document.published,
            document.kind,
            document.status,
            document.meeting,
        )
    assert found == expected


def test_dates_of_the_ministry_pdfs(pdfs):
    assert {name: d.document.published for name, d in pdfs.items()} == DATES


def test_a_title_of_a_ministry_pdf_is_right_or_marked_as_uncertain(samples, pdfs):
    rows = json.loads((samples / "about" / "pdfs-manifest.json").read_text(encoding="utf-8"))
    certain = {
        name: next(i for i in description.inferences if i.field == "title").certain
        for name, description in pdfs.items()
    }
    right = {}
    for row in rows:
        found, true = squeeze(pdfs[row["file"]].document.title), squeeze(row["title"])
        right[row["file"]] = found in true or true in found
    assert sum(right.values()) >= 11
    assert all(right[name] for name, sure in certain.items() if sure)


def test_a_publisher_of_a_ministry_pdf_is_right_or_marked_as_uncertain(samples, pdfs):
    rows = json.loads((samples / "about" / "pdfs-manifest.json").read_text(encoding="utf-8"))
    known = {row["file"]: row["publisher"] for row in rows}
    # Decided by a council of the Cabinet Secretariat; written there, kept by its successor.
    known["cloud_policy_20210910.pdf"] = "デジタル社会推進会議幹事会"
    known["20220422_resources_standard_guidelines_guidebook_01.pdf"] = "内閣官房"
    for name, description in pdfs.items():
        source = next((i for i in description.inferences if i.field == "publisher"), None)
        if source and source.certain:
            assert known[name] in (source.value or ""), name


def test_no_guidebook_in_markdown_gets_a_date_or_status_that_it_does_not_state(samples):
    for path in (samples / "guidebooks_md").glob("*.md"):
        document = described(path).document
        assert (document.published, document.status) == (None, "unknown"), path.name
        assert document.publisher in {None, "デジタル庁"}, path.name


@pytest.fixture(scope="module")
def seeds_beside_digests(samples, tmp_path_factory, index_root):
    town = Town.made(tmp_path_factory.mktemp("seeds"), index_root)
    town.ingest(samples / "seeds", Path(starter_corpus()) / "digests")
    return town


def test_an_answer_from_the_outline_says_what_followed_though_nothing_of_it_is_indexed(
    seeds_beside_digests,
):
    answer = seeds_beside_digests.ask(OUTLINE_QUESTION)
    assert any("骨子案" in note and FOLLOWED in note for note in answer.notes)


def test_every_digest_yields_to_its_indexed_original(seeds_beside_digests):
    opened = seeds_beside_digests.opened()
    documents = opened._index.manifest.documents.values()
    indexed = {d.title for d in documents if d.edition == "original"}
    digests = {d.doc_id for d in documents if d.original and d.original.title in indexed}
    assert (len(digests), opened._index.hidden) == (22, digests)
    opened.close()


def test_the_study_group_is_one_series(seeds_beside_digests):
    [series] = [s for s in seeds_beside_digests.manifest().series if len(s.members) > 2]
    assert [(m.published, m.doc_id is not None) for m in series.members] == [
        ("2024-04-24", True),
        ("2024-04-24", True),
        ("2024-06-26", False),
        ("2024-09-13", False),
        (None, True),
    ]
