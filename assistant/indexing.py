"""Bringing files into an index: which changed, read them, cut them, write the next generation."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import perf_counter
from typing import TypeVar

from assistant.errors import InputError, ReadError
from assistant.ingest.catalog import CATALOG_NAME, CatalogEntry, load_catalog
from assistant.ingest.lineage import link, with_successor
from assistant.ingest.pool import ReadingPool
from assistant.ingest.readers import SUFFIXES
from assistant.ingest.sandbox import Sandbox
from assistant.ingest.walk import described
from assistant.records.documents import Inference, SourceDocument
from assistant.records.reports import IngestReport, Partly, Skipped
from assistant.records.text import Chunk, ReadDocument
from assistant.retrieval.generations import Change, build_generation, writer_lock
from assistant.retrieval.index import (
    FileRecord,
    Manifest,
    Progress,
    current_generation,
    open_manifest,
    read_files,
    read_inferences,
    read_manifest,
)
from assistant.retrieval.models import open_embedder
from assistant.settings import Settings
from assistant.sources import (
    absolute,
    by_content,
    documents_in,
    holds,
    is_gone,
    is_inside,
    must_be_read,
    names_to_try,
    owner_of,
    sha256,
)

_STARTER_FOLDERS = ("cases", "digests", "guidebooks")
_CUT = "cut"
"""Folder beside the generations that keeps what documents were cut into."""

_Row = TypeVar("_Row", Skipped, Partly)


@dataclass
class _Run:
    """What one run has found so far."""

    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    partly: list[Partly] = field(default_factory=list)
    duplicates: list[str] = field(default_factory=list)
    files: list[FileRecord] = field(default_factory=list)
    read: list[ReadDocument] = field(default_factory=list)
    chunks: list[Chunk] = field(default_factory=list)

    def report(
        self, manifest: Manifest | None, removed: Iterable[str], began: float
    ) -> IngestReport:
        return IngestReport(
            added=tuple(self.added),
            updated=tuple(self.updated),
            unchanged=tuple(self.unchanged),
            removed=tuple(removed),
            skipped=tuple(self.skipped),
            partly=tuple(self.partly),
            duplicates=tuple(self.duplicates),
            index_id=manifest.index_id if manifest else "",
            chunks=manifest.chunks if manifest else 0,
            seconds=perf_counter() - began,
        )


@dataclass(frozen=True, slots=True)
class _Reading:
    """A document to be read, under the first of the names that fits."""

    doc_id: str
    records: list[FileRecord]
    names: list[Path]


def starter_corpus() -> Path:
    """Folder of the documents that come with the program (in a wheel beside the code)."""
    installed = Path(__file__).parent / "starter_corpus"
    return installed if installed.is_dir() else Path(__file__).parent.parent / "corpus"


def ingest(
    paths: Iterable[Path],
    root: Path,
    settings: Settings,
    *,
    starter: bool = False,
    progress: Progress | None = None,
) -> IngestReport:
    """Bring files and folders into the index at `root`; unchanged files cost only their hash.

    Args:
        paths: files, or folders searched with everything below them. Removals are seen within
            the folders named, and for files named that no longer exist.
        root: folder of the index.
        settings: limits for reading.
        starter: the paths are the starter corpus; starter files elsewhere are taken out.
        progress: told about reading and embedding.

    Raises:
        InputError: a path does not exist and was never indexed, or no file can be indexed.
        IndexBusyError, StorageError, IndexVersionError, IndexDamagedError: see `generations`.
    """
    began = perf_counter()
    named = [absolute(path) for path in paths]
    with writer_lock(root):
        folder = current_generation(root)
        before = read_manifest(folder) if folder else None
        known = {record.path: record for record in before.files} if before else {}
        for path in named:
            if not path.exists() and not any(is_inside(Path(name), path) for name in known):
                raise InputError(
                    f"ファイルもフォルダーもありません: {path}", "場所の書き方を確かめてください。"
                )
        run = _Run()
        found, run.skipped = documents_in(named, root)
        _read_changed(root, found, before, run, settings, starter=starter, progress=progress)
        present = set(found)
        gone = [
            record
            for name, record in known.items()
            if Path(name) not in present
            and (
                (starter and record.starter)
                or (any(is_inside(Path(name), p) for p in named) and is_gone(Path(name)))
            )
        ]
        if not found and not gone and not run.skipped:
            raise InputError(
                f"取り込める文書がありません: {'、'.join(str(path) for path in named)}",
                f"{'、'.join(sorted(SUFFIXES))} のファイルを置いてください。",
            )
        manifest = _write(root, before, run, gone, named, settings, progress)
    return run.report(manifest, [record.path for record in gone], began)


def remove(
    paths: Iterable[Path], root: Path, settings: Settings, *, progress: Progress | None = None
) -> IngestReport:
    """Take files out of the index, and what is remembered of those that were skipped.

    The files themselves stay; taking in their folder again brings them back. A document is gone
    once no file of its content is left in the index.

    Raises:
        InputError: a path is neither indexed nor skipped, or belongs to the starter corpus.
        AssistantError: see `ingest`.
    """
    began = perf_counter()
    named = [absolute(path) for path in paths]
    with writer_lock(root):
        _, before = open_manifest(root)
        known = {Path(record.path): record for record in before.files}
        skipped = {Path(row.path) for row in before.skipped}
        for path in named:
            if path not in known and path not in skipped:
                raise InputError(
                    f"索引にない資料です: {path}",
                    "regional-dx index stats で、索引にある資料を確かめてください。",
                )
            if path in known and known[path].starter:
                raise InputError(
                    f"付属の資料は取り除けません: {path}",
                    "原文を取り込むと、その要約は使われなくなります。",
                )
        gone = [known[path] for path in named if path in known]
        manifest = _write(root, before, _Run(), gone, named, settings, progress)
    return _Run().report(manifest, [record.path for record in gone], began)


def rebuild(
    root: Path, settings: Settings, *, starter: bool = False, progress: Progress | None = None
) -> IngestReport:
    """Build the index anew from its source files and fit the word statistics again.

    The old generation answers until the new one is complete; a source that is gone is reported as
    removed.

    Args:
        root: folder of the index.
        settings: limits for reading.
        starter: the index holds the starter corpus, as it is now.
        progress: told about reading and embedding.

    Raises:
        InputError: no source file is left.
        AssistantError: see `ingest`.
    """
    began = perf_counter()
    with writer_lock(root):
        records = read_files(root)
        run = _Run()
        starters = {record.path for record in records if record.starter}
        names = [record.path for record in records]
        if starter:
            starters = {str(path) for path in documents_in(starter_folders(), None)[0]}
            names = [*(r.path for r in records if not r.starter), *sorted(starters)]
        present = [Path(name) for name in names if Path(name).is_file()]
        if not present:
            raise InputError(
                f"この索引の元の文書が1件も見つかりません: {root}",
                "文書を元の場所に戻すか、regional-dx ingest で取り込み直してください。",
            )
        _read_changed(root, present, None, run, settings, progress=progress)
        run.files = [replace(r, starter=r.path in starters) for r in run.files]
        manifest = _write(root, None, run, [], [], settings, progress)
    run.unchanged.clear()  # everything is read anew, copies of the same content aside
    return run.report(manifest, [name for name in names if not Path(name).is_file()], began)


def starter_is_current(manifest: Manifest) -> bool:
    """Whether the index holds the starter corpus exactly as it is now."""
    indexed = {record.path: record.sha256 for record in manifest.files if record.starter}
    present = {str(path): sha256(path) for path in documents_in(starter_folders(), None)[0]}
    return indexed == present


def starter_folders() -> list[Path]:
    """The folders of the starter corpus that hold documents, resolved as files are recorded."""
    return [starter_corpus().resolve() / name for name in _STARTER_FOLDERS]


def _read_changed(
    root: Path,
    found: list[Path],
    before: Manifest | None,
    run: _Run,
    settings: Settings,
    *,
    starter: bool = False,
    progress: Progress | None = None,
) -> None:
    """Sort the files found into unchanged, duplicate, read and skipped; cut what was read.

    Documents are cut while the next ones are read.
    """
    catalog = _catalog(settings)
    known = {record.path: record for record in before.files} if before else {}
    by_doc: dict[str, list[FileRecord]] = {}
    for record in known.values():
        by_doc.setdefault(record.doc_id, []).append(record)
    documents = before.documents if before else {}
    groups, unopened = by_content(found, starter=starter)
    run.skipped += unopened
    present = set(found)
    readings = []
    for doc_id, records in groups.items():
        owner = owner_of(records, documents.get(doc_id), by_doc.get(doc_id, []), present)
        if must_be_read(owner, records, documents.get(doc_id), known):
            readings.append(_Reading(doc_id, records, names_to_try(owner, records)))
        else:
            _record(records, owner, known, run)

    def read(sandbox: Sandbox, reading: _Reading) -> tuple[ReadDocument, Partly | None] | ReadError:
        return _read_any(reading, sandbox, catalog)

    with ReadingPool(seconds=settings.read_seconds, megabytes=settings.read_megabytes) as pool:
        results = pool.map(read, readings)
        for number, (reading, result) in enumerate(zip(readings, results, strict=True), start=1):
            if progress:
                progress("文書を読み取り", number, len(readings))
            if isinstance(result, ReadError):
                run.skipped += [
                    Skipped(r.path, result.message, result.remedy) for r in reading.records
                ]
                continue
            # LlamaIndex takes seconds to import: only when there is something, and while files are
            # read.
            from assistant.ingest.pipeline import cut_kept

            read_document, partly = result
            document, chunks = cut_kept(read_document, root / _CUT)
            run.read.append(replace(read_document, document=document))
            run.chunks += chunks
            run.partly += [partly] if partly else []
            _record(reading.records, document.source_path, known, run)


def _catalog(settings: Settings) -> tuple[CatalogEntry, ...]:
    """What is known of originals: the catalogue of the program, then that of files added."""
    return load_catalog(starter_corpus() / CATALOG_NAME, settings.originals_folder / CATALOG_NAME)


def _record(records: list[FileRecord], owner: str, known: dict[str, FileRecord], run: _Run) -> None:
    for record in records:
        old = known.get(record.path)
        run.files.append(replace(record, starter=record.starter or bool(old and old.starter)))
        if record.path != owner:
            run.duplicates.append(record.path)
            run.unchanged.append(record.path)
        elif old is None:
            run.added.append(record.path)
        elif (old.sha256, old.sidecar) != (record.sha256, record.sidecar):
            run.updated.append(record.path)
        else:
            run.unchanged.append(record.path)


def _read_any(
    reading: _Reading, sandbox: Sandbox, catalog: tuple[CatalogEntry, ...]
) -> tuple[ReadDocument, Partly | None] | ReadError:
    """The document as read under the first name that fits: a wrongly named copy costs nothing."""
    first: ReadError | None = None
    for path in reading.names:
        try:
            return _read_document(path, reading.doc_id, sandbox, catalog)
        except ReadError as error:
            first = first or error
    assert first is not None
    return first


def _read_document(
    path: Path, doc_id: str, sandbox: Sandbox, catalog: tuple[CatalogEntry, ...]
) -> tuple[ReadDocument, Partly | None]:
    result = sandbox.read(path)
    if not holds(path, doc_id):
        raise ReadError(
            "読み取りの途中でファイルが書き換えられました。",
            "保存が終わってから、もう一度取り込んでください。",
        )
    partly = (
        Partly(str(path), result.unreadable, result.unreadable_reason)
        if result.unreadable_reason
        else None
    )
    return described(path, doc_id, result, catalog), partly


def _write(
    root: Path,
    before: Manifest | None,
    run: _Run,
    gone: list[FileRecord],
    named: list[Path],
    settings: Settings,
    progress: Progress | None,
) -> Manifest | None:
    """Write the next generation, or nothing when nothing changed."""
    touched = {record.path for record in (*run.files, *gone)} | {s.path for s in run.skipped}
    kept = [r for r in (before.files if before else ()) if r.path not in touched]
    known = before.documents if before else {}
    wanted = {record.doc_id for record in (*kept, *run.files)}
    replaced = {read.document.doc_id for read in run.read} & set(known)
    removed = set(known) - wanted
    documents = _with_chunks(run, {chunk.doc_id for chunk in run.chunks})
    files = tuple(sorted((*kept, *run.files), key=lambda record: record.path))
    skipped = _merged(before.skipped if before else (), run.skipped, touched, named)
    partly = _merged(before.partly if before else (), run.partly, touched, named)
    if before is None and not documents:
        return None
    unchanged = before is not None and (before.files, before.skipped) == (files, skipped)
    if unchanged and not documents and not removed:
        return before
    alive = {doc_id: known[doc_id] for doc_id in known if doc_id not in removed} | documents
    inferences = _inferences(root, before) | {r.document.doc_id: r.inferences for r in run.read}
    series, linked = link(alive, inferences, _catalog(settings))
    change = Change(
        documents=documents | linked,
        chunks=run.chunks,
        pages={r.document.doc_id: r.pages for r in run.read if r.document.doc_id in documents},
        removed=tuple(sorted(removed | (replaced & set(documents)))),
        files=files,
        skipped=skipped,
        partly=partly,
        inferences={
            doc_id: with_successor(inferences[doc_id], linked[doc_id])
            if doc_id in linked
            else inferences[doc_id]
            for doc_id in documents | linked
        },
        series=series,
    )
    manifest = build_generation(
        root,
        change,
        embedder=open_embedder(settings),
        fresh=before is None,
        progress=progress,
    )
    for path in (root / _CUT).glob("*.json"):
        if path.stem not in manifest.documents:
            path.unlink(missing_ok=True)
    return manifest


def _inferences(root: Path, before: Manifest | None) -> dict[str, tuple[Inference, ...]]:
    folder = current_generation(root) if before else None
    return read_inferences(folder) if folder else {}


def _with_chunks(run: _Run, alive: set[str]) -> dict[str, SourceDocument]:
    """The documents that gave at least one chunk; the files of the others become named skips."""
    empty = {read.document.doc_id for read in run.read} - alive
    lost = [record.path for record in run.files if record.doc_id in empty]
    run.skipped += [
        Skipped(path, "引用できる文章がありません。", "本文のある文書か確かめてください。")
        for path in lost
    ]
    run.files = [record for record in run.files if record.doc_id not in empty]
    for names in (run.added, run.updated, run.unchanged, run.duplicates):
        names[:] = [name for name in names if name not in lost]
    return {r.document.doc_id: r.document for r in run.read if r.document.doc_id in alive}


def _merged(
    before: tuple[_Row, ...], now: list[_Row], touched: set[str], named: list[Path]
) -> tuple[_Row, ...]:
    """Rows of this run, and earlier ones of files outside the folders named."""
    kept: list[_Row] = [
        row
        for row in before
        if row.path not in touched and not any(is_inside(Path(row.path), path) for path in named)
    ]
    rows: list[_Row] = kept + now
    rows.sort(key=lambda row: row.path)
    return tuple(rows)
