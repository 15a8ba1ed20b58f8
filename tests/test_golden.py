"""Real documents are understood as kept in golden files, and as a person reads them."""

import json
import re
import unicodedata

import pytest
from golden import FOLDER, PDFS, SEEDS, documents, golden, understood

NAMES = [f"seed-{name}" for name in SEEDS] + [f"pdf-{name}" for name in PDFS]


@pytest.fixture
def read(samples, read_sample):
    """The document and the sections of a sample, by its name among the golden files."""

    def read(name):
        path = documents(samples)[name]
        document, _, sections = understood(path, read_sample(path))
        return document, sections

    return read


@pytest.mark.parametrize("name", NAMES)
def test_a_document_is_understood_as_before(samples, read_sample, name):
    """After a change that is meant: ``python tests/golden.py``, and look at the difference."""
    kept = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    path = documents(samples)[name]
    assert golden(path, read_sample(path)) == kept


@pytest.mark.parametrize(
    ("seed", "published", "kind", "status"),
    [
        # As a person reads them. 002 speaks of July 2025 and bears no date of its own.
        ("000", None, "slides", "reference"),
        ("001", "2024-04-24", "outline", "draft"),
        ("002", None, "slides", "draft"),
        ("003", "2024-04-24", "minutes", "minutes"),
        ("004", None, "slides", "interim"),
    ],
)
def test_date_kind_and_status_of_every_seed(read, seed, published, kind, status):
    document, _ = read(f"seed-{seed}")
    assert (document.published, document.kind, document.status) == (published, kind, status)


# Written down from the minutes by reading: all who speak there, their roles and how often.
SPEAKERS_003 = {
    "金子統括補佐": ("事務局", 2),
    "國領座長": ("座長", 24),
    "事務局（内田）": ("事務局", 1),
    "総務省（井上参事官補佐）": ("発表者", 1),
    "園田様": ("発表者", 3),
    "藤枝様": ("発表者", 1),
    "田村様": ("発表者", 1),
    "事務局（河合参事官補佐）": ("事務局", 1),
    "事務局（佐々木課長）": ("事務局", 8),
    "庄司構成員": ("構成員", 3),
    "関構成員": ("構成員", 4),
    "島田構成員": ("構成員", 2),
    "浦田構成員": ("構成員", 1),
    "前田構成員": ("構成員", 1),
    "越塚構成員": ("構成員", 1),
    "黄瀬構成員": ("構成員", 1),
    "坂本構成員": ("構成員", 1),
    "小林構成員": ("構成員", 1),
}


def test_every_turn_of_the_minutes_has_its_speaker_its_role_and_all_its_words(samples, read):
    path = documents(samples)["seed-003"]
    # Counted without our reader: what stands between one ○ at the margin and the next.
    parts = re.split(r"(?m)^○", path.read_text(encoding="utf-8"))[1:]
    expected = []
    for part in parts:
        label, said = re.split(r"[\s　]+", part, maxsplit=1)
        words = re.sub(r"(?m)^[ 　]*-\d+-[ 　]*$", "", said)
        expected.append((label, SPEAKERS_003[label][0], squeezed(words)))
    sections = [section for section in read("seed-003")[1] if section.speaker]
    found = [
        (s.speaker, s.role, squeezed("".join(block.text for block in s.blocks))) for s in sections
    ]
    right = sum(one == other for one, other in zip(found, expected, strict=True))
    assert len(expected) == sum(count for _, count in SPEAKERS_003.values()) == 57
    assert right / len(expected) >= 0.98


def test_an_explanation_and_an_opinion_of_the_minutes_are_told_apart(read):
    sections = [section for section in read("seed-003")[1] if section.speaker]
    # By reading: five turns explain a document; every turn of a member is an opinion.
    assert [s.speaker for s in sections if s.voice == "report"] == [
        *("事務局（内田）", "総務省（井上参事官補佐）", "園田様", "藤枝様", "事務局（佐々木課長）")
    ]
    members = [section for section in sections if section.role == "構成員"]
    assert len(members) == 15
    assert {section.voice for section in members} == {"opinion"}


def test_the_bullets_of_the_outline_stand_under_their_headings(samples, read):
    path = documents(samples)["seed-001"]
    expected = bullets_with_headings(path.read_text(encoding="utf-8"))
    bullets = {bullet for bullet, _ in expected}
    found = [
        (squeezed(block.text), tuple(squeezed(name) for name in section.heading_path))
        for section in read("seed-001")[1]
        for block in section.blocks
        if squeezed(block.text) in bullets
    ]
    right = [one == other for one, other in zip(found, expected, strict=True)]
    assert len(expected) == 124
    assert sum(right) / len(right) >= 0.95


def bullets_with_headings(text):
    """Bullets and headings by their marks alone, written for this one document.

    Three headings are torn by the extraction (「対応の方向性」, 「(案)**(1) …****① …**」).
    """
    path, found = {}, []
    for line in text.replace("対応の方向性  \n(案)", "## 対応の方向性 (案)\n").split("\n"):
        bullet = re.match(r"^(?:- )?([・①-⑳].*)", line)
        headings = re.findall(r"\*\*([(①-⑳].+?)\*\*", line) if not bullet else []
        marked = re.match(r"^(#{1,4}) (.*)", line)
        for heading in headings or ([marked[2]] if marked else []):
            level = 3 if heading[0] == "(" else 4 if heading[0] in "①②③④" else len(marked[1])
            path = {rank: name for rank, name in path.items() if rank < level} | {level: heading}
        if bullet:
            names = tuple(squeezed(path[rank]) for rank in sorted(path))
            found.append((squeezed(bullet[1].replace("**", "")), names))
    return found


def squeezed(text):
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
