from dataclasses import replace
from pathlib import Path

import pytest

from assistant.errors import InputError
from assistant.ingest.catalog import CatalogEntry, load_catalog, with_catalog
from assistant.records.documents import KINDS, STATUSES, SourceDocument

ENTRY = CatalogEntry(
    title="みどり県通信網整備計画",
    phrases=("通信網の整備計画", "みどり県"),
    publisher="みどり県",
    published="2024-03-15",
    kind="report",
    status="final",
    superseded_by="改定計画(2026-03-15)",
)
DOCUMENT = SourceDocument(
    "0123456789ab", "整備計画", "/市/計画.pdf", publisher="県", published="2024-03-01"
)
KNOWN = replace(
    DOCUMENT,
    title="みどり県通信網整備計画",
    publisher="みどり県",
    published="2024-03-15",
    kind="report",
    status="final",
    superseded_by="改定計画(2026-03-15)",
)


@pytest.fixture
def load(tmp_path):
    def load(text, encoding="utf-8"):
        path = tmp_path / "catalog.toml"
        path.write_text(text, encoding=encoding)
        return load_catalog(path)

    return load


def test_a_catalogue_is_read_with_its_dates_as_text(load):
    text = """
[[original]]
title = "みどり県通信網整備計画"
phrases = ["通信網の整備計画", "みどり県"]
publisher = "みどり県"
published = 2024-03-15
kind = "report"
status = "final"
superseded_by = "改定計画(2026-03-15)"

[[original]]
title = "検討資料"
phrases = ["検討資料"]
"""
    assert load(text) == (ENTRY, CatalogEntry("検討資料", ("検討資料",)))


def test_a_missing_catalogue_is_empty(tmp_path):
    assert load_catalog(tmp_path / "catalog.toml") == ()


@pytest.mark.parametrize(
    "text",
    [
        "title: 計画",
        '[[original]]\nphrases = "整備計画"',
        '[[original]]\ntitle = "計画"\nkind = "letter"',
        '[[original]]\ntitle = "計画"\nstatus = "done"',
        '[[original]]\nphrases = ["計画"]',
        '[[original]]\ntitle = "計画"\nphrases = []',
        '[[original]]\ntitle = "計画"\nphrases = "整備計画"',
        '[[original]]\ntitle = "計画"\nphrases = ["計画"]\nauthor = "県"',
        '[original]\ntitle = "計画"\nphrases = ["計画"]',
    ],
    ids=[
        "no TOML",
        "only phrases",
        "wrong kind",
        "wrong status",
        "no title",
        "empty",
        "one phrase",
        "unknown field",
        "one table",
    ],
)
def test_a_catalogue_with_a_slip_is_refused(load, text):
    with pytest.raises(InputError, match=r"資料目録 catalog\.toml を読めません"):
        load(text)


def test_a_catalogue_in_another_encoding_is_refused(load):
    with pytest.raises(InputError, match=r"資料目録 catalog\.toml を読めません"):
        load('[[original]]\ntitle = "計画"\nphrases = ["計画"]', "cp932")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("通信網の整備計画\n\nみどり県\n", KNOWN),
        ("　通信網の整備\n計　画\nみ ど り 県", KNOWN),
        ("通信網の整備計画\n\nあおば県\n", DOCUMENT),
        ("通信網の整備計画\n" + "本文。" * 1000 + "みどり県", DOCUMENT),
    ],
    ids=["all phrases", "spaced", "one phrase missing", "too far down"],
)
def test_a_document_is_known_by_all_phrases_in_its_opening(text, expected):
    document, _ = with_catalog(DOCUMENT, text, (CatalogEntry("別", ("別の資料",)), ENTRY))
    assert document == expected


def test_what_an_entry_leaves_open_is_kept_from_the_document():
    entry = CatalogEntry("整備計画", ("整備",))
    assert with_catalog(DOCUMENT, "整備", (entry,))[0] == DOCUMENT


def test_a_digest_is_never_taken_for_its_original():
    digest = replace(DOCUMENT, edition="digest")
    assert with_catalog(digest, "通信網の整備計画 みどり県", (ENTRY,)) == (digest, ())


def test_the_catalogue_of_the_starter_corpus_uses_known_values():
    entries = load_catalog(Path(__file__).parents[2] / "corpus" / "catalog.toml")
    assert entries
    assert {entry.kind for entry in entries} <= set(KINDS)
    assert {entry.status for entry in entries} <= set(STATUSES)
