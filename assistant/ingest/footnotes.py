"""Footnotes brought to the paragraph that refers to them."""

import re
from dataclasses import replace

from assistant.japanese.width import squeeze
from assistant.records.text import Block, Page, Section

# A bare number cannot be told from an amount; only marked references are followed.
_MARK = re.compile(r"(?:※|[＊*]|注)[\s　]*[0-9０-９]{1,2}|\[\^[^\[\]\s]{1,20}\]")
_NOTE = re.compile(rf"^[（(]?(?P<mark>{_MARK.pattern})[）)]?[\s　:：]*\S")


def attach_footnotes(sections: list[Section], pages: tuple[Page, ...]) -> list[Section]:
    """Sections in which a footnote stands after the block that refers to it.

    「※１」, 「＊1」, 「注１」 and 「[^1]」 are followed: a block that begins with one goes behind
    the nearest block before it that holds the same mark, in a file with pages on the same page
    only. Text and places stay as they are; a section that held nothing but notes is gone.
    """
    referring: dict[tuple[int | None, str], tuple[int, int]] = {}
    moved: dict[tuple[int, int], list[Block]] = {}
    taken: set[tuple[int, int]] = set()
    for number, section in enumerate(sections):
        for index, block in enumerate(section.blocks):
            place = block.segments[0].page
            page = place if pages[place].page is not None else None
            note = _NOTE.match(block.text)
            own = (page, squeeze(note["mark"])) if note else None
            if own and own in referring:
                moved.setdefault(referring.pop(own), []).append(block)
                taken.add((number, index))
                continue
            for mark in _MARK.findall(block.text[note.end("mark") :] if note else block.text):
                referring.setdefault((page, squeeze(mark)), (number, index))
    if not taken:
        return sections
    return [
        replace(section, blocks=blocks)
        for number, section in enumerate(sections)
        if (blocks := _with_notes(section.blocks, number, moved, taken))
    ]


def _with_notes(
    blocks: tuple[Block, ...],
    number: int,
    moved: dict[tuple[int, int], list[Block]],
    taken: set[tuple[int, int]],
) -> tuple[Block, ...]:
    kept: list[Block] = []
    for index, block in enumerate(blocks):
        if (number, index) not in taken:
            kept += [block, *moved.get((number, index), [])]
    return tuple(kept)
