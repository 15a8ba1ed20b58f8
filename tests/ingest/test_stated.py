"""What people state beside a document."""

import pytest

from assistant.errors import ReadError
from assistant.ingest.metadata import describe
from assistant.ingest.stated import is_sidecar, sidecar_of
from assistant.records.documents import Inference
from assistant.records.text import Page

TEXT = "通信網の整備計画（案）\n\n令和6年4月24日\n\nみどり市役所\n\n本文である。\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "計画.txt").write_text(TEXT, encoding="utf-8")
    return tmp_path


def described(folder, sidecar=None, name="計画.txt.meta.toml", text=TEXT):
    if sidecar is not None:
        (folder / name).write_text(sidecar, encoding="utf-8")
    return describe(folder / "計画.txt", "0123456789ab", (Page(text),))


SIDECAR = """
title = "みどり市通信網整備計画"
publisher = "みどり市"
published = 2024-06-01
kind = "report"
status = "final"
meeting = "第2回"
number = "資料1"
series = "みどり市通信網検討会"
superseded_by = "改定計画(2026-03-15)"
url = "https://www.example.lg.jp/plan.pdf"
"""


@pytest.mark.parametrize("name", ["計画.txt.meta.toml", "計画.meta.toml"])
def test_every_field_can_be_stated_beside_the_document(folder, name):
    description = described(folder, SIDECAR, name)
    document = description.document
    assert (document.title, document.publisher) == ("みどり市通信網整備計画", "みどり市")
    assert (document.published, document.kind, document.status) == ("2024-06-01", "report", "final")
    assert (document.meeting, document.number) == ("第2回", "資料1")
    assert (document.series, document.url) == (
        "みどり市通信網検討会",
        "https://www.example.lg.jp/plan.pdf",
    )
    assert document.superseded_by == "改定計画(2026-03-15)"
    assert {(i.place, i.certain) for i in description.inferences} == {(name, True)}


def test_what_is_not_stated_stays_inferred(folder):
    description = described(folder, 'status = "final"\n')
    assert description.document.published == "2024-04-24"
    places = {inference.field: inference.place for inference in description.inferences}
    assert (places["status"], places["published"]) == ("計画.txt.meta.toml", "3行")


def test_the_file_beside_has_the_last_word_over_front_matter(folder):
    text = '+++\ntitle = "冒頭の題名"\nstatus = "draft"\n+++\n\n本文である。\n'
    document = described(folder, 'status = "final"\n', text=text).document
    assert (document.title, document.status) == ("冒頭の題名", "final")


def test_the_sidecar_of_one_file_comes_before_that_of_all_files_of_a_name(folder):
    (folder / "計画.meta.toml").write_text('status = "interim"\n', encoding="utf-8")
    assert described(folder, 'status = "final"\n').document.status == "final"


@pytest.mark.parametrize(
    ("sidecar", "message", "remedy"),
    [
        (
            'titel = "計画"',
            "計画.txt.meta.tomlの titel を使えません。",
            "使える項目は edition、kind",
        ),
        ('status = "案"', "計画.txt.meta.tomlの status を使えません。", "使える値は final、draft"),
        (
            'published = "昨日"',
            "計画.txt.meta.tomlの published を使えません。",
            "2024-04-24 か 2024-04 の形",
        ),
        ('title = ""', "計画.txt.meta.tomlの title を使えません。", "囲んだ文字"),
        ("title: 計画", "書誌情報のファイル 計画.txt.meta.toml を読めません", "1行に1項目"),
    ],
)
def test_a_slip_is_named_with_its_remedy(folder, sidecar, message, remedy):
    with pytest.raises(ReadError) as caught:
        described(folder, sidecar)
    assert message in caught.value.message
    assert remedy in caught.value.remedy


def test_a_sidecar_in_another_encoding_is_refused(folder):
    (folder / "計画.txt.meta.toml").write_text('title = "計画"', encoding="cp932")
    with pytest.raises(ReadError, match="を読めません"):
        described(folder)


def test_a_sidecar_written_by_a_windows_editor_is_read(folder):
    (folder / "計画.txt.meta.toml").write_text('title = "整備計画"\n', encoding="utf-8-sig")
    assert described(folder).document.title == "整備計画"


def test_a_sidecar_belongs_to_a_document_or_to_none(folder):
    for name in ("計画.txt.meta.toml", "計画.meta.toml", "別.txt.meta.toml"):
        (folder / name).write_text("", encoding="utf-8")
    assert is_sidecar(folder / "計画.txt.meta.toml")
    assert is_sidecar(folder / "計画.meta.toml")
    assert not is_sidecar(folder / "別.txt.meta.toml")
    assert sidecar_of(folder / "計画.txt") == folder / "計画.txt.meta.toml"


def test_evidence_is_kept_with_its_place_and_its_doubt(tmp_path):
    path = tmp_path / "20240501_計画.txt"
    found = {i.field: i for i in describe(path, "d", (Page(TEXT),)).inferences}
    assert found["title"] == Inference(
        "title", "通信網の整備計画（案）", "1行", "通信網の整備計画（案）"
    )
    assert found["published"] == Inference(
        "published", "2024-04-24", "3行", "令和6年4月24日", "ファイル名の日付は 2024-05-01 です"
    )
    assert found["publisher"] == Inference("publisher", "みどり市", "5行", "みどり市役所")
    assert (found["status"].value, found["status"].certain) == ("draft", True)
    assert not found["kind"].certain
