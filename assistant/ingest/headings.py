"""The path of headings over a place in a document."""


def enter(path: list[tuple[int, str]], level: int, name: str) -> None:
    """Go under a heading: those of its rank and below it end.

    Args:
        path: (level, heading) pairs, outermost first; changed in place.
        level: rank of the heading, 1 outermost.
        name: its text.
    """
    while path and path[-1][0] >= level:
        path.pop()
    path.append((level, name))


def joined(*names: str | None) -> str | None:
    """The headings as one line, outermost first; None when there is none."""
    return " > ".join(name for name in names if name) or None
