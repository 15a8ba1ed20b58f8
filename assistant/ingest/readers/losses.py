"""What a reader leaves out or cannot read: counted by kind, told with its places, worded here."""

from collections import Counter

STRUCK = "取り消し線の文字"
UNSEEN = "見えない文字"
PICTURE = "画像の中の文字"
CHART = "グラフの値"
EMBEDDED = "埋め込まれたファイル"
_MOST_PLACES = 8


class Losses:
    """The losses of one file, in the order they were met."""

    def __init__(self) -> None:
        """Start with none."""
        self._places: dict[tuple[str, str], Counter[str]] = {}

    def left_out(self, kind: str, place: str = "", times: int = 1) -> None:
        """Count words that a reader of the file does not see, or sees struck through.

        Args:
            kind: what they are.
            place: where; empty where the format names no places.
            times: how often; 0 counts nothing.
        """
        self._count(kind, "を除きました", place, times)

    def unread(self, kind: str, place: str = "", times: int = 1) -> None:
        """Count something that may hold words and is not read; see `left_out`."""
        self._count(kind, "を読めませんでした", place, times)

    def undecided(self, kind: str, place: str = "", times: int = 1) -> None:
        """Count something that may not be seen and is read; see `left_out`."""
        self._count(kind, "は判別できず、そのまま読みました", place, times)

    def _count(self, kind: str, verb: str, place: str, times: int) -> None:
        if times:
            self._places.setdefault((kind, verb), Counter())[place] += times

    @property
    def reason(self) -> str:
        """Sentences for `ReadResult.unreadable_reason`; empty without losses."""
        return "".join(
            f"{kind} {places.total():,}か所{_listed(places)}{verb}。"
            for (kind, verb), places in self._places.items()
        )


def _listed(places: Counter[str]) -> str:
    """Places, each once: 「(slide 2、slide 5)」; empty where there are none."""
    named = [place for place in places if place]
    more = " ほか" if len(named) > _MOST_PLACES else ""
    return f"({'、'.join(named[:_MOST_PLACES])}{more})" if named else ""
