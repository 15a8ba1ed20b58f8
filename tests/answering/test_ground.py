"""Quotes: word for word or not at all."""

import random
import re
import unicodedata

import pytest

from assistant.answering.ground import (
    FEWEST_CHARACTERS,
    Quote,
    is_found,
    lines_of,
    quotes_of,
)
from assistant.japanese.numbers import missing_numbers
from assistant.japanese.sentences import split_sentences
from assistant.records.text import Chunk, Page, Segment

SEED = 20241101
QUOTES = 100

UNITS = {"円": "人", "％": "割", "世帯": "団体", "億": "万", "件": "校", "年": "月", "地区": "市"}
NEGATIONS = {
    "ていない": "ている",
    "ではない": "である",
    "しない": "する",
    "ません": "ます",
    "せん。": "す。",
    "なかった": "なくはなかった",
    "である": "ではない",
    "です。": "ではありません。",
    "ている": "ていない",
    "ます。": "ません。",
}
DIGIT = re.compile(r"[0-9０-９]")
DATE = re.compile(r"[0-9０-９]+(?=[年月日])")


def squeezed(text):
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def stretches(pages, count, holds):
    """Random stretches of the fixture documents, 12 to 90 characters, that hold a pattern."""
    choice = random.Random(SEED)
    found = []
    while len(found) < count:
        (page,) = pages[choice.choice(sorted(pages))]
        start = choice.randrange(len(page.text))
        quote = page.text[start : start + choice.randint(12, 90)]
        if len(squeezed(quote)) >= 12 and re.search(holds, quote):
            found.append((page, start, quote, choice))
    return found


def line_range(page, start, quote):
    """First and last line of a stretch, counted here and not by the code under test."""
    before = page.text[:start]
    return before.count("\n") + 1, (before + quote).count("\n") + 1


def changed_digit(quote, choice):
    place = choice.choice([match.start() for match in DIGIT.finditer(quote)])
    digit = (int(quote[place]) + choice.randint(1, 9)) % 10
    return f"{quote[:place]}{digit}{quote[place + 1 :]}"


def changed_date(quote, choice):
    match = choice.choice(list(DATE.finditer(quote)))
    return f"{quote[: match.start()]}{int(match.group()) + 1}{quote[match.end() :]}"


def changed_word(table):
    def change(quote, choice):
        word = choice.choice([word for word in table if word in quote])
        return quote.replace(word, table[word], 1)

    return change


def test_true_quotes_are_found_in_their_lines(pages):
    for page, start, quote, _ in stretches(pages, QUOTES, "."):
        assert is_found(quote, page, *line_range(page, start, quote)), quote


def test_true_quotes_are_found_in_another_width_and_spacing(pages):
    for page, start, quote, _ in stretches(pages, QUOTES, "."):
        folded = " ".join(unicodedata.normalize("NFKC", quote))
        assert is_found(folded, page, *line_range(page, start, quote)), quote


@pytest.mark.parametrize(
    ("holds", "change"),
    [
        (DIGIT, changed_digit),
        (DATE, changed_date),
        ("|".join(UNITS), changed_word(UNITS)),
        ("|".join(NEGATIONS), changed_word(NEGATIONS)),
    ],
    ids=["digit", "date", "unit", "negation"],
)
def test_quotes_changed_in_one_place_are_rejected(pages, holds, change):
    for page, _, quote, choice in stretches(pages, QUOTES, holds):
        altered = change(quote, choice)
        assert squeezed(altered) != squeezed(quote)
        assert not is_found(altered, page, None, None), altered


def test_a_quote_is_not_found_in_other_lines(pages):
    (page,) = pages["guidebook.md"]
    quote = "補助率は2分の1以内、上限額は1件当たり500万円である。"
    assert [n for n in range(1, 28) if is_found(quote, page, n, n)] == [23]


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("", False),
        ("  \n", False),
        ("担当者は２人", False),  # short, and only a part of its line
        ("担い手の不足", True),  # short, but the whole line
        ("・担い手の不足", True),
        ("市の担当者は２人で、ほかの仕事と兼ねています", True),
        ("市の担当者は２人で、ほかの仕事と兼ねていません", False),
    ],
)
def test_a_short_quote_must_be_a_whole_line(quote, found):
    page = Page("・担い手の不足\nここで市の担当者は２人で、ほかの仕事と兼ねています。\n")
    assert is_found(quote, page, None, None) is found


@pytest.mark.parametrize(
    ("statement", "quotes", "carried"),
    [
        ("更新の費用は8億円です", ["更新の費用は約８億円と見込む"], True),
        ("3,000円", ["３０００円"], True),
        ("120,000,000円", ["1億2,000万円"], True),
        ("1億2,000万円", ["1億2,100万円"], False),
        ("3,000円", ["3,000人"], False),
        ("3,000円", ["3,000"], False),
        ("500万円", ["500円"], False),
        ("92.5％", ["９２.５パーセント"], True),
        ("92.5％", ["92.6％"], False),
        ("9.25％", ["92.5％"], False),
        ("50％", ["50割"], False),
        ("2分の1", ["2分の1以内"], True),
        ("2分の1", ["2分の3"], False),
        ("5名", ["5人"], True),
        ("第6回", ["第9回"], False),
        ("令和6年度", ["令和6年"], False),
        ("10時", ["10分"], False),
        ("140戸", ["140戸"], True),
        ("140戸", ["140人"], False),
        ("7路線", ["7路線"], True),
        ("7路線", ["7地区"], False),
        ("5件のうち2件", ["実証は5件", "実装は2件"], True),
        ("5件のうち2件", ["実証は5件"], False),
        ("数字のない文", [], True),
        ("5件", [], False),
    ],
)
def test_numbers_are_carried_by_value_and_unit(statement, quotes, carried):
    assert (not missing_numbers(statement, quotes)) is carried


def test_every_sentence_of_every_chunk_has_its_quotes_in_its_lines(chunks):
    for chunk, pages in chunks:
        for start, end in split_sentences(chunk.text):
            quotes = quotes_of(chunk, start, end, pages)
            joined = "".join(squeezed(quote.text) for quote in quotes)
            # The source may carry list marks and emphasis that the cleaned text leaves out.
            assert squeezed(chunk.text[start:end]).replace("-", "") == re.sub(r"[-*]", "", joined)
            for quote in quotes:
                assert len(squeezed(quote.text)) < FEWEST_CHARACTERS or is_found(
                    quote.text, pages[quote.page], *lines_of(quote, pages)
                )


@pytest.fixture
def across_a_break(chunks):
    """The chunk of a sentence with a page number between its lines, and the sentence's span."""
    sentence = "見守りや防災に使う通信は、少ない容量でも途切れないことのほうが大切だと思います。"
    chunk, pages = next(pair for pair in chunks if sentence in pair[0].text)
    start = chunk.text.index(sentence)
    return chunk, start, start + len(sentence), pages


def test_a_sentence_across_a_page_number_gives_two_quotes(across_a_break):
    quotes = quotes_of(*across_a_break)
    assert [quote.text for quote in quotes] == [
        "見守りや防災に使う通信は、少ない容量でも途切れないことのほうが大切だと思いま",
        "す。",
    ]
    assert [lines_of(quote, across_a_break[3]) for quote in quotes] == [(41, 41), (44, 44)]


def test_a_quote_that_skips_the_page_number_is_not_found(across_a_break):
    chunk, start, end, pages = across_a_break
    assert not is_found(chunk.text[start:end], pages[0], 41, 44)


def test_wrapped_lines_give_one_quote_over_its_lines(chunks):
    sentence = "市内の光ファイバの整備率は、令和４年度末で９２.５％です。"
    chunk, pages = next(pair for pair in chunks if sentence in pair[0].text)
    start = chunk.text.index(sentence)
    (quote,) = quotes_of(chunk, start, start + len(sentence), pages)
    assert (quote.text, lines_of(quote, pages)) == (sentence, (27, 29))


@pytest.mark.parametrize(
    ("source", "text", "quote"),
    [
        (
            "光ファイバの\n整備を進める。",
            "光ファイバの整備を進める。",
            "光ファイバの整備を進める。",
        ),
        ("regional\nDXを進める。", "regional DXを進める。", "regional DXを進める。"),
        ("光の\n\n\f  線を引く。", "光の線を引く。", "光の線を引く。"),
        ("**光**の線を引く。", "光の線を引く。", "光**の線を引く。"),
    ],
)
def test_lines_are_joined_as_they_are_read(source, text, quote):
    parts = re.findall(r"[^\s*]+", source)
    segments = tuple(Segment(text.index(part), 0, source.index(part), len(part)) for part in parts)
    chunk = Chunk("x-0000", "x", text, segments)
    pages = (Page(source),)
    assert [q.text for q in quotes_of(chunk, 0, len(text), pages)] == [quote]


def test_a_page_border_ends_a_quote():
    pages = (Page("光ファイバの", page=1), Page("整備を進める。", page=2))
    segments = (Segment(0, 0, 0, 6), Segment(6, 1, 0, 7))
    chunk = Chunk("x-0000", "x", "光ファイバの整備を進める。", segments)
    assert quotes_of(chunk, 0, 13, pages) == [
        Quote("光ファイバの", 0, 0, 6),
        Quote("整備を進める。", 1, 0, 7),
    ]


def test_a_quote_in_a_paged_file_has_no_lines():
    pages = (Page("光ファイバの整備", page=1),)
    assert lines_of(Quote("光ファイバの整備", 0, 0, 8), pages) == (None, None)
