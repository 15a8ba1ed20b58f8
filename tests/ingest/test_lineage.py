"""Which documents belong together, and which followed which."""

from pathlib import Path

import pytest

from assistant.ingest.catalog import CatalogEntry, load_catalog
from assistant.ingest.lineage import find_series, find_successors, link, title_stem
from assistant.records.documents import Inference, Original, SourceDocument

BODY = "みどり地域デジタル推進懇談会"


def document(doc_id, title, published="2024-03-01", status="draft", publisher="みどり市", **more):
    return SourceDocument(
        doc_id, title, f"/市/{doc_id}.txt", publisher, published, status=status, **more
    )


def followed(*documents, catalog=()):
    return find_successors(documents, find_series(documents, catalog), catalog)


@pytest.mark.parametrize(
    "title",
    [
        f"{BODY} とりまとめ骨子案",
        f"{BODY} 骨子",
        f"{BODY} 報告書(案)",
        f"{BODY}　報告書（素案）",
        f"{BODY} 中間とりまとめ",
        f"{BODY} 最終報告書",
        f"{BODY} 報告書 概要版",
        f"{BODY}（第３回）議事録",
        f"{BODY} 第3回会合 議事要旨",
        f"{BODY} 報告書 改訂版",
        f"{BODY} 報告書 第2.1版",
    ],
)
def test_the_versions_and_meetings_of_one_body_share_a_stem(title):
    assert title_stem(title) == BODY


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("情報通信白書 令和5年版", "情報通信白書 令和6年版"),
        ("みどり市DX推進計画(案)", "みどり市DX推進方針"),
        ("提案書の書き方", "提案書"),
    ],
)
def test_different_documents_have_different_stems(one, other):
    assert title_stem(one) != title_stem(other)


def test_a_series_lists_its_members_oldest_first():
    documents = [
        document("b", f"{BODY} 報告書", "2024-09-13", "final"),
        document("a", f"{BODY} 骨子案", "2024-04-24"),
        document("c", f"{BODY}（第６回）議事録", "2024-04-20", "minutes", kind="minutes"),
        document("x", "通信網の整備計画", "2024-04-24"),
    ]
    [series] = find_series(documents)
    assert (series.name, series.publisher) == (BODY, "みどり市")
    assert [member.doc_id for member in series.members] == ["c", "a", "b"]


OUTLINE = document("a", f"{BODY} 骨子案", "2024-04-24")
DRAFT = document("b", f"{BODY} 報告書(案)", "2024-06-26")
REPORT = document("c", f"{BODY} 報告書", "2024-09-13", "final")


def test_a_draft_is_followed_by_what_is_later_and_further_along():
    assert followed(OUTLINE, DRAFT, REPORT) == {
        "a": "報告書(案)(2024-06-26)と、確定した報告書(2024-09-13)",
        "b": "確定した報告書(2024-09-13)",
    }


@pytest.mark.parametrize(
    "other",
    [
        document("b", f"{BODY} 報告書", "2024-04-01", "final"),
        document("b", f"{BODY} 報告書", None, "final"),
        document("b", f"{BODY} 報告書", "2024-09-13", "final", publisher="あおば市"),
        document("b", f"{BODY} 報告書", "2024-09-13", "final", publisher=None),
        document("b", "あおば地域デジタル推進懇談会 報告書", "2024-09-13", "final"),
        document("b", f"{BODY} 骨子案", "2024-09-13"),
        document("b", f"{BODY} 報告書の概要", "2024-09-13", "final"),
        document("b", f"{BODY}（第７回）議事録", "2024-09-13", "minutes", kind="minutes"),
        document("b", f"{BODY} 報告書", "2024-09-13", "withdrawn"),
    ],
    ids=["earlier", "undated", "other town", "no town", "other body", "same stage", "summary",
         "minutes", "withdrawn"],
)  # fmt: skip
def test_a_draft_is_not_followed_by(other):
    assert "a" not in followed(OUTLINE, other)


def test_nothing_follows_from_titles_that_say_only_the_stage():
    assert (
        followed(document("a", "報告書(案)"), document("b", "報告書", "2024-09-13", "final")) == {}
    )


def test_an_interim_text_is_not_replaced_by_the_draft_of_the_next():
    interim = document("a", f"{BODY} 中間とりまとめ", "2024-04-24", "interim")
    assert followed(interim, DRAFT) == {}
    assert followed(interim, REPORT) == {"a": "確定した報告書(2024-09-13)"}


def test_a_plan_whose_title_names_no_stage_follows_its_draft():
    draft = document("a", "みどり市DX推進計画(案)", "2024-01-10")
    plan = document("b", "みどり市DX推進計画", "2024-03-30", "unknown")
    assert followed(draft, plan) == {"a": "「みどり市DX推進計画」(2024-03-30)"}


def test_a_version_that_is_only_a_bracket_is_named_in_full():
    first = document("a", "みどり市DX推進計画（素案）", "2024-01-10")
    second = document("b", "みどり市DX推進計画（案）", "2024-02-10")
    assert followed(first, second) == {"a": "「みどり市DX推進計画（案）」(2024-02-10)"}


def test_a_revised_edition_follows_the_first():
    editions = [
        document("a", "通信網の整備に関する手引き 第1版", "2023-04-01", "final"),
        document("b", "通信網の整備に関する手引き 第2版", "2024-04-01", "final"),
    ]
    assert followed(*editions) == {"a": "確定した第2版(2024-04-01)"}


CATALOG = (
    CatalogEntry(f"{BODY} 報告書(案)", publisher="みどり市", published="2024-06-26",
                 status="draft", series=BODY),
    CatalogEntry(f"{BODY} 報告書", publisher="みどり市", published="2024-09-13",
                 status="final", series=BODY),
)  # fmt: skip


def test_what_only_the_catalogue_knows_of_follows_too():
    assert followed(OUTLINE, catalog=CATALOG) == {
        "a": "報告書(案)(2024-06-26)と、確定した報告書(2024-09-13)"
    }
    [series] = find_series([OUTLINE], CATALOG)
    assert [member.doc_id for member in series.members] == ["a", None, None]


def test_an_indexed_document_takes_the_place_of_its_entry():
    [series] = find_series([OUTLINE, REPORT], CATALOG)
    assert [member.doc_id for member in series.members] == ["a", None, "c"]


def test_a_digest_is_followed_by_what_followed_its_original():
    original = Original(OUTLINE.title, "みどり市", "2024-04-24", "draft")
    digest = document("d", "骨子案の要約", publisher="編集", edition="digest", original=original)
    assert followed(digest, REPORT) == {"d": "確定した報告書(2024-09-13)"}


def test_linking_takes_back_what_no_longer_holds_and_keeps_what_was_stated():
    stale = document(
        "a", OUTLINE.title, OUTLINE.published, superseded_by="確定した報告書(2024-09-13)"
    )
    stated = document("b", DRAFT.title, DRAFT.published, superseded_by="別の報告書(2025-01-01)")
    sources = {"b": (Inference("superseded_by", "別の報告書(2025-01-01)", "b.txt.meta.toml"),)}
    _, changed = link({"a": stale}, {}, ())
    assert [d.superseded_by for d in changed.values()] == [None]
    _, changed = link({"b": stated, "c": REPORT}, sources, ())
    assert changed == {}


def test_the_shipped_catalogue_knows_what_became_of_the_outline():
    catalog = load_catalog(Path(__file__).parents[2] / "corpus" / "catalog.toml")
    outline = next(entry for entry in catalog if (entry.title or "").endswith("とりまとめ骨子案"))
    indexed = SourceDocument(
        "a", outline.title, "/a.txt", outline.publisher, outline.published,
        kind=outline.kind, status=outline.status, series=outline.series,
    )  # fmt: skip
    series, changed = link({"a": indexed}, {}, catalog)
    assert changed["a"].superseded_by == "報告書(案)(2024-06-26)と、確定した報告書(2024-09-13)"
    [body] = [s for s in series if any(member.doc_id == "a" for member in s.members)]
    assert [m.published for m in body.members] == [
        "2024-04-24", "2024-04-24", "2024-06-26", "2024-09-13", None,
    ]  # fmt: skip
