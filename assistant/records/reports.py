"""What a run of reading files reports."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that was not indexed, with what a person can do about it (Japanese)."""

    path: str
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Partly:
    """A file of which some pages could not be read."""

    path: str
    pages: tuple[int, ...]
    """1-based physical pages left out."""
    reason: str


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What one run of ``ingest`` did; paths are absolute."""

    added: tuple[str, ...]
    updated: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]
    skipped: tuple[Skipped, ...]
    partly: tuple[Partly, ...]
    duplicates: tuple[str, ...]
    """Files whose content is already indexed under another path; counted among `unchanged`."""
    index_id: str
    chunks: int
    """Chunks in the index after the run."""
    seconds: float = field(default=0.0, compare=False)

    @property
    def files(self) -> int:
        """Files seen: added + updated + unchanged + skipped."""
        return len(self.added) + len(self.updated) + len(self.unchanged) + len(self.skipped)
