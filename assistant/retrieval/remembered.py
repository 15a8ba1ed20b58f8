"""What was read from a store of the index a moment ago, kept for the next question."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class Remembered(Generic[T]):
    """Records by id, up to a number, the oldest out first; for any number of threads."""

    def __init__(self, most: int) -> None:
        """Remember at most `most` records."""
        self._most = most
        self._records: OrderedDict[str, T] = OrderedDict()
        self._changing = Lock()

    def known(self, ids: Iterable[str]) -> dict[str, T]:
        """Those of the records that are remembered."""
        found = ((i, self._records.get(i)) for i in ids)
        return {i: record for i, record in found if record is not None}

    def keep(self, records: Mapping[str, T]) -> None:
        """Remember these; one that is known already keeps its turn to go."""
        with self._changing:
            self._records.update(records)
            while len(self._records) > self._most:
                self._records.popitem(last=False)

    def clear(self) -> None:
        """Forget everything."""
        with self._changing:
            self._records.clear()
