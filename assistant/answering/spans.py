"""Which stretches of a passage can be quoted: whole sentences, and lists with their lead."""

import re
from collections.abc import Sequence

from assistant.ingest.blocks import BULLET
from assistant.ingest.clean import ADDRESS
from assistant.japanese.sentences import BULLETS, split_sentences
from assistant.japanese.width import comparable

_LONGEST_LIST = 360
_HIRAGANA = frozenset(map(chr, range(0x3041, 0x3097)))
# A bracket behind it tells where the source stands.
_LEAD_IN = re.compile(
    r"(?:次の|以下|とおり|通り|挙げ|点|ある)[^。（]{0,20}(?:（[^）]*）)?[。：:]?$"
)
# What ends a sentence or goes on, and what a chart left behind: 「取り組んでいる約36%」.
_NO_CAPTION = re.compile(r"[。?!、,]$|[0-9]+\s*[%割件人倍円年]?\)?$")
_MARK = re.compile(rf"^(?:[{BULLETS}]|[-*+]\s)\s*")
# What a page holds besides statements: numbers a chart left behind without their labels, captions
# and sources of figures, lines of a table of contents, labels in brackets.
_CHART_PARTS = re.compile(r"[0-9.,%約~()\s、・▲/-]|年度|[割件人倍円億兆年月日]|ドル")
_SCRAP = re.compile(
    r"[【＜<〔\[][^】＞>〕\]]*[】＞>〕\]]|[(（〔]?(?:出典|出所|資料|注|備考)[0-9]*[)）〕:：][^。]*|"
    r"[図表][表]?\s*[0-9.-]+[^。]{0,60}|[^。]*[…‥.・]{3,}\s*[0-9-]*|[^。]*[(（]抄[)）]"
)


def is_scrap(text: str, title: str) -> bool:
    """Whether a line states nothing: chart numbers, a caption, a contents line, a title page.

    Args:
        text: the line or sentence.
        title: title of its document; a line of a title page repeats it.
    """
    folded = "".join(comparable(text).split())
    heads = "".join(comparable(title).split())
    cover = heads in folded and "。" not in folded and len(folded) < 2 * len(heads)
    return cover or not _CHART_PARTS.sub("", folded) or bool(_SCRAP.fullmatch(folded))


def units(text: str, rows: Sequence[tuple[int, int]] = ()) -> list[tuple[int, int]]:
    """Sentences, and lists (with the line that leads in) that are short enough to stay whole.

    Args:
        text: of a chunk.
        rows: (start, end) of the rows of tables in it, in order: each is a unit, never cut at a
            full stop in a cell nor part of a list.

    Returns:
        (start, end) in characters, in order, the mark of a single item left out.
    """
    found: list[tuple[int, int]] = []
    begin = 0
    for start, end in (*rows, (len(text), len(text))):
        found += [(a + begin, b + begin) for a, b in _prose_units(text[begin:start])]
        found += [(start, end)] if start < end else []
        begin = end
    return found


def _prose_units(text: str) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    sentences = split_sentences(text)
    index = 0
    while index < len(sentences):
        start, end = sentences[index]
        last = _list_end(text, sentences, index)
        if last > index and sentences[last][1] - start <= _LONGEST_LIST:
            if found and _goes_on(text, found[-1], start):
                start, _ = found.pop()
            found.append((start, sentences[last][1]))
            index = last + 1
            continue
        mark = _MARK.match(text[start:end])
        found.append((start + (mark.end() if mark and mark.end() < end - start else 0), end))
        index += 1
    return found


def _goes_on(text: str, before: tuple[int, int], start: int) -> bool:
    """Whether a caption goes on from the line before: 「…連携したことに」「よるメリット」."""
    return (
        text[start] in _HIRAGANA
        and text[before[1] : start] == "\n"
        and not _NO_CAPTION.search(comparable(text[before[0] : before[1]]))
    )


def _is_caption(text: str, start: int, end: int) -> bool:
    """Whether a line is a caption or heading: one of its own that says something, no sentence.

    Such a line leads in the list below it.
    """
    alone = (start == 0 or text[start - 1] == "\n") and text[end : end + 1] == "\n"
    return alone and not _NO_CAPTION.search(comparable(text[start:end]))


def _list_end(text: str, sentences: list[tuple[int, int]], index: int) -> int:
    """Index of the last sentence of the list that begins or is led in at `index`.

    An address on a line of its own belongs to the line before it.
    """
    start, end = sentences[index]
    following = [text[slice(*span)] for span in sentences[index + 1 : index + 2]]
    if following and ADDRESS.match(following[0]) and not BULLET.match(text[start:end]):
        return index + 1
    first = index
    if not BULLET.match(text[start:end]):
        if not (_LEAD_IN.search(text[start:end]) or _is_caption(text, start, end)):
            return index
        first = index + 1
    last = index
    short = True
    for place in range(first, len(sentences)):
        begin, stop = sentences[place]
        own_line = begin == 0 or text[begin - 1] == "\n"
        if not (own_line and BULLET.match(text[begin:stop])):
            break
        short = short and stop - begin <= 80
        last = place
    return last if short and last - first >= 1 else index
