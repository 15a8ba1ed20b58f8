"""Equations of Office files on one line: OMML (ECMA-376 part 1, 22.1) and Word's EQ fields."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from assistant.ingest.readers.parts import child, local, local_name, value_of
from assistant.ingest.readers.word_numbers import enclosed

_RAISED = str.maketrans("0123456789+-n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ")
_LOWERED = str.maketrans("0123456789+-", "₀₁₂₃₄₅₆₇₈₉₊₋")
_SIMPLE = re.compile(r"[\w.,]*|\S")
_SWITCH = re.compile(r"\\(?P<name>[a-zA-Z]+)")
_OPTION = re.compile(r"\s*\\(?!(?:[abdfilorsx])\s*[\\(])(?P<name>[a-zA-Z]+)(?P<value>[ ]*-?\d+)?")
_RINGS = set("○〇◯□△◇")


def is_equation(element: Any) -> bool:
    """Whether an element is a structure of an equation that `linear` writes."""
    tag = element.tag
    return isinstance(tag, str) and "/math}" in tag and local_name(tag) in _WRITERS


def linear(element: Any, read: Callable[[Any], str]) -> str:
    """A structure of an equation on one line: 「(a+b)/2」, 「x²」, 「√(x)」.

    Args:
        element: see `is_equation`.
        read: gives the words below an element.
    """
    return _WRITERS[local(element)](element, read)


def eq_field(code: str) -> str:
    r"""What an EQ field shows: of readings the word read, of circled words the word.

    Args:
        code: the instruction: 「EQ \o\ad(\s\up 9(もやい),舫)」.
    """
    start = code.find("\\")
    while (match := re.compile(r"\s*\\\*\s*(?:\"[^\"]*\"|\S+)").match(code, start)) is not None:
        start = match.end()
    opening = code.find("\\", start)
    return _eq_words(code, opening)[0].strip() if opening >= 0 else ""


def _eq_words(code: str, place: int, ends: str = "") -> tuple[str, int]:
    """The words of EQ code up to one of `ends` outside brackets, and where they end."""
    words = []
    while place < len(code) and code[place] not in ends:
        switch = _SWITCH.match(code, place)
        if switch and switch["name"][0].lower() in "abdfilorsx":
            text, place = _eq_switch(code, place)
            words.append(text)
        elif code[place] == "\\" and place + 1 < len(code):
            words.append(code[place + 1])
            place += 2
        elif code[place] == "(":
            inner, place = _eq_words(code, place + 1, ")")
            words.append(f"({inner})")
            place += 1
        else:
            words.append(code[place])
            place += 1
    return "".join(words), place


def _eq_switch(code: str, place: int) -> tuple[str, int]:
    name = code[place + 1].lower()
    place += 2
    while (option := _OPTION.match(code, place)) is not None:
        place = option.end()
    while place < len(code) and code[place] == " ":
        place += 1
    if place >= len(code) or code[place] != "(":
        return "", place
    parts: list[tuple[str, bool]] = []
    while place < len(code) and code[place] != ")":
        raised = bool(re.compile(r"\s*\\s\s*\\up", re.IGNORECASE).match(code, place + 1))
        text, place = _eq_words(code, place + 1, ",;)")
        parts.append((text.strip(), raised))
    return _eq_shown(name, parts), place + 1


def _eq_shown(name: str, parts: list[tuple[str, bool]]) -> str:
    texts = [text for text, _ in parts]
    if name == "o":
        bases = [text for text, raised in parts if not raised] or texts
        inside = [text for text in bases if text not in _RINGS]
        if len(inside) < len(bases) and "".join(inside).isdecimal():
            return enclosed(int("".join(inside)))
        return "".join(inside or bases)
    if name == "f" and len(texts) == 2:
        return f"{_grouped(texts[0])}/{_grouped(texts[1])}"
    if name == "r":
        return f"√({texts[-1]})"
    if name == "b":
        return f"({''.join(texts)})"
    if name == "i":
        return f"∫({','.join(texts)})"
    if name == "l":
        return ",".join(texts)
    return "" if name == "d" else " ".join(texts)


def _grouped(text: str) -> str:
    return text if _SIMPLE.fullmatch(text) else f"({text})"


def _below(element: Any, name: str, read: Callable[[Any], str]) -> str:
    found = child(element, name)
    return read(found).strip() if found is not None else ""


def _set(element: Any, name: str, default: str) -> str:
    found = child(element, f"{local(element)}Pr", name)
    return default if found is None else value_of(found)


def _each(element: Any, name: str) -> Iterator[Any]:
    return (part for part in element if local(part) == name)


def _raised(text: str) -> str:
    if not text:
        return ""
    raised = text.translate(_RAISED)
    return raised if not any(c.isascii() or ord(c) > 0x3000 for c in raised) else f"^{_in(text)}"


def _lowered(text: str) -> str:
    if not text:
        return ""
    lowered = text.translate(_LOWERED)
    return lowered if not any(c.isascii() or ord(c) > 0x3000 for c in lowered) else f"_{_in(text)}"


def _in(text: str) -> str:
    return text if len(text) == 1 else f"({text})"


def _fraction(element: Any, read: Callable[[Any], str]) -> str:
    return f"{_grouped(_below(element, 'num', read))}/{_grouped(_below(element, 'den', read))}"


def _script(element: Any, read: Callable[[Any], str]) -> str:
    base = _below(element, "e", read)
    low, high = _lowered(_below(element, "sub", read)), _raised(_below(element, "sup", read))
    return low + high + base if local(element) == "sPre" else base + low + high


def _radical(element: Any, read: Callable[[Any], str]) -> str:
    return f"{_raised(_below(element, 'deg', read))}√({_below(element, 'e', read)})"


def _nary(element: Any, read: Callable[[Any], str]) -> str:
    low, high = _lowered(_below(element, "sub", read)), _raised(_below(element, "sup", read))
    return f"{_set(element, 'chr', '∫')}{low}{high}{_grouped(_below(element, 'e', read))}"


def _delimited(element: Any, read: Callable[[Any], str]) -> str:
    parts = [read(part).strip() for part in _each(element, "e")]
    between = _set(element, "sepChr", "|")
    return f"{_set(element, 'begChr', '(')}{between.join(parts)}{_set(element, 'endChr', ')')}"


def _matrix(element: Any, read: Callable[[Any], str]) -> str:
    rows = (
        " ".join(read(cell).strip() for cell in _each(row, "e")) for row in _each(element, "mr")
    )
    return f"[{'; '.join(rows)}]"


def _lines(element: Any, read: Callable[[Any], str]) -> str:
    return "; ".join(read(part).strip() for part in _each(element, "e"))


def _function(element: Any, read: Callable[[Any], str]) -> str:
    argument = _below(element, "e", read)
    gap = "" if argument.startswith("(") else " "
    return f"{_below(element, 'fName', read)}{gap}{argument}"


def _limit(element: Any, read: Callable[[Any], str]) -> str:
    limit = _below(element, "lim", read)
    scripted = _lowered(limit) if local(element) == "limLow" else _raised(limit)
    return _below(element, "e", read) + scripted


_WRITERS: dict[str, Callable[[Any, Callable[[Any], str]], str]] = {
    name: write
    for names, write in (
        (("f",), _fraction),
        (("sSup", "sSub", "sSubSup", "sPre"), _script),
        (("rad",), _radical),
        (("nary",), _nary),
        (("d",), _delimited),
        (("m",), _matrix),
        (("eqArr",), _lines),
        (("func",), _function),
        (("limLow", "limUpp"), _limit),
    )
    for name in names
}
