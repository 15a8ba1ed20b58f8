"""The loss meter sees every word of its samples, and a reader that loses one is caught."""

import re
import zipfile
from html import unescape

import pytest

from assistant.ingest.readers import ReadResult, read_file
from assistant.records.text import Page
from evals.independent.places import texts_at
from evals.studies.loss_samples import make_samples
from evals.studies.losses import Word, loss_of, table, words_of

MARK = re.compile(r"しるし\d\d番")
FORMATS = ("docx", "xlsx", "pptx", "html")


@pytest.fixture(scope="module")
def samples(tmp_path_factory):
    paths = make_samples(tmp_path_factory.mktemp("losses"))
    return {path.suffix[1:]: path for path in paths}


def marks_in(path):
    """The markers anywhere in the file, whatever holds them."""
    if path.suffix == ".html":
        return set(MARK.findall(path.read_text(encoding="utf-8")))
    with zipfile.ZipFile(path) as package:
        parts = [package.read(name).decode("utf-8", "ignore") for name in package.namelist()]
    return set(MARK.findall(unescape("".join(parts))))


@pytest.mark.parametrize("form", FORMATS)
def test_every_marker_of_a_sample_is_a_word_of_it(samples, form):
    found = [mark for word in words_of(samples[form]) for mark in MARK.findall(word.text)]
    assert sorted(found) == sorted(marks_in(samples[form]))
    assert len(found) > 15


@pytest.mark.parametrize("form", FORMATS)
def test_a_reader_that_loses_a_word_is_caught_and_one_that_says_so_is_not(samples, form):
    path = samples[form]
    words = words_of(path)
    everything = ReadResult((Page("\n".join(word.text for word in words)),))
    assert loss_of(path, everything).silent == ()
    for lost in words:
        kept = (Page("\n".join(word.text for word in words if word is not lost)),)
        assert loss_of(path, ReadResult(kept)).silent == (lost,)
        other = loss_of(path, ReadResult(kept, unreadable_reason="別の理由で読めませんでした。"))
        assert (other.reported, other.silent) == (0, (lost,))


def test_a_loss_that_is_named_counts_as_reported(samples):
    path = samples["docx"]
    words = words_of(path)
    kept = (Page("\n".join(word.text for word in words if "oMath" not in word.place)),)
    reason = "数式2か所を読めませんでした。"
    loss = loss_of(path, ReadResult(kept, unreadable_reason=reason))
    assert (loss.reported, loss.silent) == (2, ())
    assert loss.read + loss.reported == loss.words
    assert table([loss]).splitlines()[1].endswith("\t0.0%")


def test_deleted_words_codes_and_fallbacks_are_no_words(tmp_path):
    path = tmp_path / "a.docx"
    spaces = 'xmlns:w="w" xmlns:mc="mc"'
    body = (
        "<w:p><w:r><w:t>本文</w:t></w:r><w:del><w:r><w:delText>旧</w:delText></w:r></w:del>"
        "<w:r><w:instrText>REF x</w:instrText></w:r><mc:AlternateContent><mc:Choice><w:t>図</w:t>"
        "</mc:Choice><mc:Fallback><w:t>図</w:t></mc:Fallback></mc:AlternateContent></w:p>"
    )
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("word/document.xml", f"<w:document {spaces}>{body}</w:document>")
    place = "word/document.xml/document/p"
    assert words_of(path) == [
        Word(f"{place}/r/t", "本文"),
        Word(f"{place}/AlternateContent/Choice/t", "図"),
    ]


@pytest.mark.parametrize("form", ["docx", "xlsx", "pptx"])
def test_what_stands_beside_the_text_is_found_at_its_place(samples, form):
    beside = ("グラフ", "図", "SmartArt", "コメント", "画像の説明", "テキストボックス", "ヘッダー")
    path = samples[form]
    pages = [
        page
        for page in read_file(path).pages
        if not page.columns and any(name in (page.locator or "") for name in beside)
    ]
    assert len(pages) > 3
    for page in pages:
        texts = texts_at(path, page.locator)
        for line in page.text.split("\n"):
            assert any("".join(line.split()) in "".join(text.split()) for text in texts)
        assert not any("しるし99番" in text for text in texts)
