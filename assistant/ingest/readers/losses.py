"""What a reader leaves out or cannot read: counted by kind, told with its places."""

_MOST_PLACES = 8


class Losses:
    """The losses of one file, in the order they were met."""

    def __init__(self) -> None:
        """Start with none."""
        self._places: dict[tuple[str, str], list[str]] = {}

    def left_out(self, kind: str, place: str) -> None:
        """Count words that a reader of the file does not see, or sees struck through."""
        self._places.setdefault((kind, "を除きました。"), []).append(place)

    def unread(self, kind: str, place: str) -> None:
        """Count something that may hold words and is not read."""
        self._places.setdefault((kind, "を読めませんでした。"), []).append(place)

    @property
    def reason(self) -> str:
        """Sentences for `ReadResult.unreadable_reason`; empty without losses."""
        return "".join(
            f"{kind} {len(places)}か所({_listed(places)}){verb}"
            for (kind, verb), places in self._places.items()
        )


def _listed(places: list[str]) -> str:
    """Places, each once: 「slide 2、slide 5」."""
    once = list(dict.fromkeys(places))
    return "、".join(once[:_MOST_PLACES]) + (" ほか" if len(once) > _MOST_PLACES else "")
