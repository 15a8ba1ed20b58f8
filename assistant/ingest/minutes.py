"""Minutes: speaker turns with role, organisation, agenda item and voice; attendance as data.

What is told apart here decides how an answer may speak: an official explaining a document, a
member's opinion, and the chair leading through the meeting are three different things.
"""

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher

from assistant.ingest.attendance import agenda_of, attendees_in
from assistant.ingest.blocks import Piece, make_blocks
from assistant.ingest.clean import Line, clean_lines
from assistant.ingest.speakers import (
    CHAIR,
    Mark,
    Style,
    is_titled,
    marks_of,
    may_be_name,
    speaker_organisation,
    speaker_role,
)
from assistant.japanese.sentences import split_sentences
from assistant.japanese.width import fold, squeeze
from assistant.records.documents import Attendee, Proceedings, SourceDocument
from assistant.records.text import Page, Section, Voice

_SPOKEN = re.compile(r"[。？！?!]")
_NUMBER = re.compile(
    r"^(?:議[題事])?\s*[（(]?[0-9０-９一二三四五六七八九十]{1,2}[）)．.、:：]?[\s　]*"
    r"|^[・○●][\s　]*"
)
_SUMMARY = re.compile(r"議事(?:要旨|概要|要約|メモ)|発言要旨|要旨[）)]")
_VERBATIM = re.compile(r"議事録|会議録|速記録")

# Words with which a chair passes to the next item of the agenda.
_PASSES = re.compile(r"議[題事]|移|入ら|入り|入って|次に|続|それでは|まず|では|始め|進め")
_ITEM_NUMBER = re.compile(
    r"議[題事]\s*[（(]?([0-9一二三四五六七八九])[）)]?(?:\s*[、のー-]?\s*[（(]?([0-9])[）)]?)?"
)
_KANJI = "一二三四五六七八九"
# An item is taken as opened when this many characters of its title are said in a row; a shorter
# title must be said in full.
_SAID_OF_TITLE = 9
_SHORT_TITLE = 6

_EXPLAINS = re.compile(
    r"(?:御|ご)?(?:説明|報告|発表|紹介)(?:させて|いたし|申し上げ|します|して(?:まい|いき)|を(?:させて|いたし|行い))|"
    r"資料\s*[0-9]+(?:\s*-\s*[0-9]+)*\s*(?:に基づき|に沿って|です|でございます|を(?:御覧|ご覧))"
)
_LEAFS = re.compile(
    r"[0-9]+\s*(?:ページ|頁|枚目|スライド)|次(?:のページ)?(?:を|に|で)?お願い|次のスライド|(?:御|ご)覧(?:ください|いただ)"
)
_ANSWERS = re.compile(r"(?:御|ご)?(?:質問|指摘|意見|コメント)|お答え|回答|補足")
_LEADS = re.compile(
    r"定刻|開会|閉会|欠席|出席|配[付布]|事務連絡|次回|議事(?:進行|録)|傍聴|録画|お願い(?:いた)?します|"
    r"ありがとうございま(?:す|した)|どうぞ|よろしい(?:です|でしょう)か"
)
_OPINES = re.compile(
    r"(?<!たいと)思(?:い|って|う)|考え(?:ます|て|る)|感じ|べき|のでは(?:ない|な)|受け止め|すばらし|重要|大切|必要"
)
_MARKED = re.compile(r"(?:^|\n)#{1,6}[ \t]+$")
# Page cues above which an explanation of a document is not taken for an answer.
_LEAFED = 3
# A turn of the secretariat shorter than this that answers nothing only leads through the meeting.
_SHORT_TURN = 120


@dataclass(slots=True)
class _Turn:
    """Lines between two marks; `label` None for what no speaker says."""

    label: str | None
    pieces: list[Piece] = field(default_factory=list)
    heading: str | None = None
    """Heading line inside the record under which it stands."""
    agenda: int | None = None
    """0-based item of the agenda."""

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)


def split_minutes(
    pages: tuple[Page, ...], *, markdown: bool = False
) -> tuple[list[Line], list[Section]]:
    """The lines before the first turn, and the turns as sections.

    Args:
        pages: as read.
        markdown: see `clean_lines`.

    Returns:
        All lines and no section where the record marks no speaker.
    """
    lines = clean_lines(pages, markdown=markdown)
    marks = _turn_marks(lines)
    first = min(marks, default=len(lines))
    # A heading right over the first turn belongs to it: 「【議題１　…】」.
    if 0 < first < len(lines) and re.match(r"[【［〔■◆]", lines[first - 1].text):
        above = agenda_of(lines[: first - 1])
        first -= _heading_item(lines[first - 1].text, above) is not None
    head = lines[:first]
    items = agenda_of(head)
    turns = _turns(lines, marks, first, items, pages)
    _place_in_agenda(turns, items)
    words: dict[str, str] = {}
    for turn in turns:
        if turn.label:
            words[turn.label] = words.get(turn.label, "") + turn.text
    listed = attendees_in(head)
    roles = {label: speaker_role(label, words[label]) or _listed(label, listed) for label in words}
    bodies = {label: speaker_organisation(label, words[label]) for label in words}
    return head, [
        Section(
            (turn.heading,) if turn.heading else (),
            make_blocks(turn.pieces, pages, markdown=markdown),
            speaker=turn.label,
            role=roles[turn.label] if turn.label else None,
            organisation=bodies[turn.label] if turn.label else None,
            agenda=items[turn.agenda] if turn.agenda is not None else None,
            voice=voice_of(roles[turn.label], turn.text)
            if turn.label
            else voice_of_heading(turn.heading),
        )
        for turn in turns
        if turn.pieces
    ]


def with_proceedings(
    document: SourceDocument, head: list[Line], turns: list[Section]
) -> SourceDocument:
    """Minutes that `split_minutes` has split, with agenda and attendance; a digest as it is."""
    if document.edition == "digest":
        return document
    named = document.title + "\n" + "\n".join(line.text for line in head[:20])
    opening = "".join(block.text for turn in turns[:1] for block in turn.blocks)
    attendees = attendees_in(head)
    known = {attendee.name for attendee in attendees}
    attendees += [a for a in _said_absent(opening) if a.name not in known]
    return replace(
        document,
        proceedings=Proceedings(
            verbatim=bool(_VERBATIM.search(named)) and not _SUMMARY.search(named),
            agenda=tuple(agenda_of(head)),
            attendees=tuple(attendees),
        ),
    )


def voice_of(role: str | None, text: str) -> Voice:
    """What a turn is; a member's turn is an opinion whatever it says.

    Only the secretariat and presenters explain documents. A chair's turn that gives a view is an
    opinion; in doubt nothing is made a report.
    """
    folded = fold(text)
    if role not in {"事務局", "発表者", "説明者", "参考人"}:
        leads = role is not None and role.endswith(CHAIR) and not _OPINES.search(folded)
        return "procedure" if leads else "opinion"
    leafs = len(_LEAFS.findall(folded))
    answers = bool(_ANSWERS.search(folded[:100]))
    if (_EXPLAINS.search(folded[:400]) or leafs >= _LEAFED) and not (answers and leafs < _LEAFED):
        return "procedure" if _only_leads(folded, leafs) else "report"
    if answers:
        return "reply"
    return "procedure" if len(folded) < _SHORT_TURN or _only_leads(folded, leafs) else "reply"


def voice_of_heading(heading: str | None) -> Voice | None:
    """What stands in a record without a speaker: opinions where the heading says so."""
    return "opinion" if heading and re.search(r"意見|質疑|発言|討議|議論", heading) else None


def _only_leads(folded: str, leafs: int) -> bool:
    """Opening, closing and notices: most sentences are of that kind."""
    sentences = [folded[start:end] for start, end in split_sentences(folded)]
    return leafs < _LEAFED and sum(bool(_LEADS.search(s)) for s in sentences) > len(sentences) / 2


def _turn_marks(lines: list[Line]) -> dict[int, Mark]:
    """Line index → mark, in the one style in which the record speaks."""
    found: dict[Style, dict[int, Mark]] = {}
    for index, line in enumerate(lines):
        for mark in marks_of(line.text):
            found.setdefault(mark.style, {})[index] = mark
    if "circle" in found:
        found["circle"] = _speakers(found["circle"])
    spoken = {style: _from_first_spoken(lines, marks) for style, marks in found.items()}
    # A name without any mark counts only where no line carries one.
    order: tuple[tuple[Style, ...], ...] = (("circle", "bracket", "colon"), ("line", "space"))
    for styles in order:
        best = max((spoken.get(style, {}) for style in styles), key=len)
        if len(best) >= (1 if styles[0] == "circle" else 2):
            return best
    return {}


def _speakers(marks: dict[int, Mark]) -> dict[int, Mark]:
    """Circles that begin a turn: a label without a role must look like a name and come back."""
    counts = Counter(mark.label for mark in marks.values())
    return {
        index: mark
        for index, mark in marks.items()
        if is_titled(mark.label) or (may_be_name(mark.label) and counts[mark.label] > 1)
    }


def _from_first_spoken(lines: list[Line], marks: dict[int, Mark]) -> dict[int, Mark]:
    """The marks from the first whose words hold a sentence: those before it list people."""
    starts = sorted(marks)
    for place, index in enumerate(starts):
        end = starts[place + 1] if place + 1 < len(starts) else len(lines)
        rest = "".join(line.text for line in lines[index + 1 : end])
        words = lines[index].text[marks[index].end :] + rest
        if _SPOKEN.search(words) or place + 1 == len(starts):
            return {i: marks[i] for i in starts[place:] if _SPOKEN.search(words)}
    return {}


def _turns(
    lines: list[Line],
    marks: dict[int, Mark],
    first: int,
    items: list[str],
    pages: tuple[Page, ...],
) -> list[_Turn]:
    turns: list[_Turn] = []
    heading: str | None = None
    agenda: int | None = None
    above: tuple[int, Line] | None = None
    for index in range(first, len(lines)):
        line = lines[index]
        mark = marks.get(index)
        opened = None if mark else _heading_item(line.text, items)
        if opened is None and not mark and _is_marked(line, pages[line.page]):
            opened = -1
        if opened is not None:
            _keep_bare_heading(turns, above)
            above = len(turns), line
            heading, agenda = line.text, opened if opened >= 0 else agenda
            turns.append(_Turn(None, [], heading, agenda))
        elif mark:
            said = line.text[mark.end :]
            pieces = [Piece(line, said, line.start + mark.end)] if said else []
            turns.append(_Turn(mark.label, pieces, heading, agenda))
        else:
            turns[-1].pieces.append(Piece(line, line.text, line.start))
    _keep_bare_heading(turns, above)
    return turns


def _is_marked(line: Line, page: Page) -> bool:
    """Whether the file itself makes the line a heading: then nobody says it."""
    return page.heading or bool(_MARKED.search(page.text[max(0, line.start - 10) : line.start]))


def _keep_bare_heading(turns: list[_Turn], above: tuple[int, Line] | None) -> None:
    """Make a heading with nothing under it words of the record: a turn without words goes."""
    if above is None:
        return
    place, line = above
    if not any(turn.pieces for turn in turns[place:]):
        turns[place].pieces.append(Piece(line, line.text, line.start))


def _heading_item(text: str, items: list[str]) -> int | None:
    """The item that a heading line inside the record opens; -1 for a heading without one.

    None for a line that is no heading.
    """
    if len(text) > 60 or _SPOKEN.search(text) or text.endswith("、"):
        return None
    bare = squeeze(_NUMBER.sub("", text.strip("【】［］[]■◆〔〕 　")))
    for index, item in enumerate(items):
        if bare and bare == squeeze(item):
            return index
    marked = re.match(r"^[【［\[〔■◆]?\s*議[題事]\s*[（(]?([0-9０-９]{1,2})", text)
    if marked:
        number = int(fold(marked[1])) - 1
        return number if 0 <= number < len(items) else -1
    return -1 if re.match(r"^[【［〔■◆<＜].*(?:意見|質疑|討議|議事|議題)", text) else None


def _place_in_agenda(turns: list[_Turn], items: list[str]) -> None:
    """Give every turn the item that a heading or the chair opened last, never an earlier one."""
    current: int | None = None
    for turn in turns:
        role = speaker_role(turn.label, turn.text) if turn.label else None
        if turn.agenda is not None and (current is None or turn.agenda >= current):
            current = turn.agenda
        elif role and (role.endswith(CHAIR) or role == "事務局"):
            opened = _item_opened(turn.text, items, current)
            current = current if opened is None else opened
        turn.agenda = current


def _item_opened(text: str, items: list[str], current: int | None) -> int | None:
    """The last item that a turn passes to, not before `current`."""
    opened = None
    for start, end in split_sentences(text):
        sentence = fold(text[start:end])
        if not _PASSES.search(sentence):
            continue
        found = _numbered_item(sentence, items)
        found = _titled_item(sentence, items) if found is None else found
        if found is not None and found >= (current or 0):
            opened = found
    return opened


def _numbered_item(sentence: str, items: list[str]) -> int | None:
    """Item by number: 「議題３」, and 「議題２の（３）」 where the agenda itself is item 2."""
    match = _ITEM_NUMBER.search(sentence)
    if not match:
        return None
    digits = match[2] or match[1]
    number = _KANJI.index(digits) + 1 if digits in _KANJI else int(digits)
    return number - 1 if 1 <= number <= len(items) else None


def _titled_item(sentence: str, items: list[str]) -> int | None:
    said = re.sub(r"[（）()「」『』]", "", squeeze(sentence))
    best, longest = None, 0
    for index, item in enumerate(items):
        title = re.sub(r"[（）()「」『』]", "", squeeze(fold(item)))
        size = SequenceMatcher(None, title, said, autojunk=False).find_longest_match().size
        enough = min(len(title), _SAID_OF_TITLE)
        brief = len(title) < _SHORT_TITLE and not re.search(r"移|入ら|入り|始め", sentence)
        if title and size >= enough and not brief and size > longest:
            best, longest = index, size
    return best


def _listed(label: str, attendees: list[Attendee]) -> str | None:
    """The role of a speaker that the attendance list gives to the same name."""
    roles = {a.role for a in attendees if a.role and squeeze(a.name).startswith(squeeze(label))}
    return roles.pop() if len(roles) == 1 else None


def _said_absent(opening: str) -> list[Attendee]:
    """Members of whom the opening says that they are absent."""
    match = re.search(
        r"(?:本日は?、?|なお、?)(?P<names>[^。]{2,120}?)(?:が|は|から|より)、?(?:所用|都合)?[^。]{0,12}欠席",
        opening,
    )
    if not match:
        return []
    names = [name for name in re.split(r"[、，及]び?|並びに|と(?=[一-龥])", match["names"]) if name]
    return [
        Attendee(name, speaker_role(name, ""), present=False) for name in names if is_titled(name)
    ]
