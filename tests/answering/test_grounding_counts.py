"""Quotes and statements of the starter corpus: the true ones pass, the altered ones do not.

Every altered sentence differs from its source in one digit, date, unit or denial. It is tried
twice: as the quote a model claims, and as the statement a model makes beside the true quote.
"""

import random
import re
from pathlib import Path

import pytest

from assistant.answering.checks import Source, problems_of
from assistant.answering.ground import locate
from assistant.japanese.dates import find_dates
from assistant.japanese.sentences import split_sentences
from assistant.records.answers import Passage
from assistant.records.documents import SourceDocument
from assistant.records.text import Chunk

CORPUS = Path(__file__).parents[2] / "corpus"
EACH = 75

UNITS = {
    "円": "人",
    "人": "件",
    "件": "社",
    "割": "%",
    "%": "割",
    "か月": "年",
    "市町村": "団体",
    "市町": "社",
    "回": "件",
    "倍": "割",
    "社": "校",
    "年度": "年",
    "団体": "か所",
    "名": "件",
    "か所": "団体",
    "つ": "割",
    "点": "倍",
    "本": "割",
    "歳": "か月",
    "校": "社",
    "世帯": "人",
    "章": "点",
    "分": "日",
    "時間": "分",
}
DENIALS = (
    ("している", "していない"),
    ("とした。", "としなかった。"),
    ("である", "ではない"),
    ("できる", "できない"),
    ("がある", "がない"),
    ("が必要", "が不要"),
    ("は必要", "は不要"),
    ("する。", "しない。"),
    ("した。", "しなかった。"),
    ("対象とな", "対象外とな"),
    ("ていない", "ている"),
    ("ない。", "ある。"),
    ("不足して", "足りて"),
    ("くない", "い"),
    ("られる", "られない"),
    ("ている（", "ていない（"),
    ("述べた", "述べなかった"),
    ("答えた", "答えなかった"),
)


def paragraphs():
    for path in sorted(CORPUS.rglob("*.md")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if len(line) > 20 and not line.startswith(("#", "+", "|", "!", "[", "<")):
                yield path.stem, line


def sentences():
    """(paragraph, sentence) of the whole corpus, each sentence once, in a fixed random order."""
    found = {}
    for title, text in paragraphs():
        for start, end in split_sentences(text):
            if end - start >= 12 and "http" not in text:
                found.setdefault(text[start:end], (title, text))
    rows = [(title, text, sentence) for sentence, (title, text) in found.items()]
    random.Random(6).shuffle(rows)
    return rows


def passage(title, text):
    document = SourceDocument("0" * 12, title, "/x.md", published="2024-10-01", kind="guidebook")
    return Passage(1, 1.0, Chunk("000000000000-0000", "0" * 12, text, ()), document)


def sources(title, text, sentence):
    located = locate(sentence, text)
    assert located is not None
    return [Source(text[start:end], passage(title, text)) for start, end in located.spans]


def digit(sentence, pick):
    places = [m.start() for m in re.finditer(r"\d", sentence)]
    if not places:
        return None
    place = pick.choice(places)
    other = pick.choice([d for d in "123456789" if d != sentence[place]])
    return sentence[:place] + other + sentence[place + 1 :]


def date(sentence, pick):
    mentions = [m for m in find_dates(sentence) if sentence[m.start : m.end].strip()]
    if not mentions:
        return None
    mention = pick.choice(mentions)
    text = sentence[mention.start : mention.end]
    number = pick.choice(list(re.finditer(r"\d+", text)))
    later = (
        str(int(number.group()) % 12 + 1)
        if len(number.group()) < 3
        else str(int(number.group()) + 1)
    )
    altered = text[: number.start()] + later + text[number.end() :]
    return sentence[: mention.start] + altered + sentence[mention.end :]


def unit(sentence, pick):
    names = "|".join(sorted(UNITS, key=len, reverse=True))
    places = list(re.finditer(rf"(?:(?<=[0-9０-９億万千])|(?<=[0-9０-９]割))(?:{names})", sentence))
    if not places:
        return None
    place = pick.choice(places)
    return sentence[: place.start()] + UNITS[place.group()] + sentence[place.end() :]


def denial(sentence, pick):
    options = [(old, new) for old, new in DENIALS if old in sentence]
    if not options:
        return None
    old, new = pick.choice(options)
    place = sentence.rindex(old)
    return sentence[:place] + new + sentence[place + len(old) :]


def altered(alter):
    """Alterations of different sentences; a second one of each where there are too few."""
    pick = random.Random(7)
    rows = {}
    for title, text, sentence in sentences() * 3:
        other = alter(sentence, pick)
        # An alteration that happens to stand elsewhere in the paragraph is no false quote.
        if other and other != sentence and other not in text:
            rows.setdefault(other, (title, text, sentence, other))
    return list(rows.values())[:EACH]


def test_true_quotes_and_statements_are_accepted():
    rows = sentences()[: 4 * EACH]
    quotes = [
        row for row in rows if (found := locate(row[2], row[1])) and found.state == "verified"
    ]
    stated = [row for row in rows if not problems_of(row[2], sources(*row))]
    refused = {row[2]: problems_of(row[2], sources(*row)) for row in rows if row not in stated}
    assert len(rows) == 4 * EACH
    assert len(quotes) == len(rows)
    assert not refused


@pytest.mark.parametrize("alter", [digit, date, unit, denial])
def test_altered_quotes_and_statements_are_rejected(alter):
    rows = altered(alter)
    quoted = [row for row in rows if locate(row[3], row[1]) is None]
    missed = [
        (sentence, other)
        for title, text, sentence, other in rows
        if not problems_of(other, sources(title, text, sentence))
    ]
    counts = f"{len(quoted)}/{len(rows)} quotes, {len(rows) - len(missed)}/{len(rows)} statements"
    print(f"\n{alter.__name__}: {counts} rejected")  # noqa: T201
    assert len(rows) == EACH
    assert len(quoted) == len(rows)
    assert not missed
