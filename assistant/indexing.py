"""Bringing files into an index: which changed, read them, cut them, write the next generation."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import perf_counter
from typing import TypeVar

from assistant.errors import InputError, ReadError
from assistant.ingest.catalog import CATALOG_NAME, CatalogEntry, load_catalog
from assistant.ingest.lineage import link, with_successor
from assistant.ingest.metadata import describe, prepared_pages
from assistant.ingest.minutes import with_proceedings
from assistant.ingest.readers import OLD_FORMATS, SUFFIXES
from assistant.ingest.sandbox import Sandbox
from assistant.ingest.stated import SIDECAR_SUFFIX, is_sidecar, sidecar_of
from assistant.retrieval.generations import Change, build_generation, writer_lock
from assistant.retrieval.index import (
    FileRecord,
    Manifest,
    Progress,
    current_generation,
    no_index,
    read_files,
    read_inferences,
    read_manifest,
)
from assistant.schema import (
    Chunk,
    Inference,
    IngestReport,
    Partly,
    ReadDocument,
    Skipped,
    SourceDocument,
)
from assistant.settings import Settings

# Files that describe documents or belong to the system: never documents, never reported.
_BESIDE = {CATALOG_NAME, "thumbs.db", "desktop.ini"}
_STARTER_FOLDERS = ("cases", "digests", "guidebooks")
_DOCSTORE = "docstore.json"

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
    named = [_absolute(path) for path in paths]
    with writer_lock(root):
        folder = current_generation(root)
        before = read_manifest(folder) if folder else None
        known = {record.path: record for record in before.files} if before else {}
        for path in named:
            if not path.exists() and not any(_inside(Path(name), path) for name in known):
                raise InputError(
                    f"ファイルもフォルダーもありません: {path}", "場所の書き方を確かめてください。"
                )
        run = _Run()
        found = list(_documents_in(named, root))
        _read_changed(found, before, run, settings, starter=starter, progress=progress)
        present = set(found)
        gone = [
            record
            for name, record in known.items()
            if Path(name) not in present
            and (
                (starter and record.starter)
                or (any(_inside(Path(name), p) for p in named) and _is_gone(Path(name)))
            )
        ]
        if not found and not gone:
            raise InputError(
                f"取り込める文書がありません: {'、'.join(str(path) for path in named)}",
                f"{'、'.join(sorted(SUFFIXES))} のファイルを置いてください。",
            )
        manifest = _write(root, before, run, gone, named, settings, progress)
    return IngestReport(
        added=tuple(run.added),
        updated=tuple(run.updated),
        unchanged=tuple(run.unchanged),
        removed=tuple(record.path for record in gone),
        skipped=tuple(run.skipped),
        partly=tuple(run.partly),
        duplicates=tuple(run.duplicates),
        index_id=manifest.index_id if manifest else "",
        chunks=manifest.chunks if manifest else 0,
        seconds=perf_counter() - began,
    )


def _absolute(path: Path) -> Path:
    """The path as the index names it; a name no system can look up is an input error."""
    try:
        path = path.expanduser().resolve()
        path.exists()
    except (OSError, RuntimeError, ValueError) as error:
        raise InputError(
            f"場所として読めません: {str(path)[:80]}", "場所の書き方を確かめてください。"
        ) from error
    return path


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
    named = [_absolute(path) for path in paths]
    with writer_lock(root):
        folder = current_generation(root)
        if folder is None:
            raise no_index(root)
        before = read_manifest(folder)
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
    assert manifest is not None
    return IngestReport(
        added=(),
        updated=(),
        unchanged=(),
        removed=tuple(record.path for record in gone),
        skipped=(),
        partly=(),
        duplicates=(),
        index_id=manifest.index_id,
        chunks=manifest.chunks,
        seconds=perf_counter() - began,
    )


def rebuild(root: Path, settings: Settings, *, progress: Progress | None = None) -> IngestReport:
    """Build the index anew from its source files and fit the word statistics again.

    The old generation answers until the new one is complete; a source that is gone is reported as
    removed.

    Raises:
        InputError: no source file is left.
        AssistantError: see `ingest`.
    """
    began = perf_counter()
    with writer_lock(root):
        records = read_files(root)
        run = _Run()
        present = [Path(record.path) for record in records if Path(record.path).is_file()]
        if not present:
            raise InputError(
                f"この索引の元の文書が1件も見つかりません: {root}",
                "文書を元の場所に戻すか、regional-dx ingest で取り込み直してください。",
            )
        starters = {record.path for record in records if record.starter}
        _read_changed(present, None, run, settings, progress=progress)
        run.files = [replace(r, starter=r.path in starters) for r in run.files]
        manifest = _write(root, None, run, [], [], settings, progress)
    assert manifest is not None
    return IngestReport(
        added=tuple(run.added),
        updated=(),
        unchanged=(),
        removed=tuple(r.path for r in records if not Path(r.path).is_file()),
        skipped=tuple(run.skipped),
        partly=tuple(run.partly),
        duplicates=tuple(run.duplicates),
        index_id=manifest.index_id,
        chunks=manifest.chunks,
        seconds=perf_counter() - began,
    )


def starter_is_current(manifest: Manifest) -> bool:
    """Whether the index holds the starter corpus exactly as it is now."""
    indexed = {record.path: record.sha256 for record in manifest.files if record.starter}
    present = {str(path): _sha256(path) for path in _documents_in(starter_folders(), None)}
    return indexed == present


def starter_folders() -> list[Path]:
    """The folders of the starter corpus that hold documents, resolved as files are recorded."""
    return [starter_corpus().resolve() / name for name in _STARTER_FOLDERS]


def _read_changed(
    found: list[Path],
    before: Manifest | None,
    run: _Run,
    settings: Settings,
    *,
    starter: bool = False,
    progress: Progress | None = None,
) -> None:
    """Sort the files found into unchanged, duplicate, read and skipped."""
    catalog = _catalog(settings)
    known = {record.path: record for record in before.files} if before else {}
    documents = before.documents if before else {}
    with Sandbox(seconds=settings.read_seconds, megabytes=settings.read_megabytes) as sandbox:
        groups = _by_content(found, run, starter=starter)
        for number, (doc_id, records) in enumerate(groups.items(), start=1):
            if progress:
                progress("文書を読み取り", number, len(groups))
            owner = _owner(records, documents.get(doc_id), known, set(found))
            if _must_be_read(owner, records, documents.get(doc_id), known):
                try:
                    read, partly = _read_any(_by_suffix(owner, records), doc_id, sandbox, catalog)
                except ReadError as error:
                    run.skipped += [Skipped(r.path, error.message, error.remedy) for r in records]
                    continue
                owner = read.document.source_path
                run.read.append(read)
                run.partly += [partly] if partly else []
            _record(records, owner, known, run)


def _catalog(settings: Settings) -> tuple[CatalogEntry, ...]:
    """What is known of originals: the catalogue of the program, then that of files added."""
    return load_catalog(starter_corpus() / CATALOG_NAME, settings.originals_folder / CATALOG_NAME)


def _by_content(found: list[Path], run: _Run, *, starter: bool) -> dict[str, list[FileRecord]]:
    """The files that can be opened, grouped by their content, in the order found."""
    groups: dict[str, list[FileRecord]] = {}
    for path in found:
        if path.suffix.lower() not in SUFFIXES:
            run.skipped.append(_unsupported(path))
            continue
        try:
            digest = _sha256(path)
            beside = sidecar_of(path)
            sidecar = _sha256(beside) if beside else None
        except OSError as error:
            reason = f"ファイルを開けません({error.strerror})。"
            run.skipped.append(Skipped(str(path), reason, "読み取り権限を確かめてください。"))
            continue
        record = FileRecord(str(path), digest, digest[:12], starter, sidecar)
        groups.setdefault(record.doc_id, []).append(record)
    return groups


def _owner(
    records: list[FileRecord],
    document: SourceDocument | None,
    known: dict[str, FileRecord],
    found: set[Path],
) -> str:
    """The path that a document with these contents is cited under.

    The path it has been cited under as long as that file still holds it, else the first in order.
    """
    paths = {record.path for record in records}
    elsewhere = {
        record.path
        for record in known.values()
        if record.doc_id == records[0].doc_id
        and Path(record.path) not in found
        and Path(record.path).is_file()
    }
    if document and document.source_path in paths | elsewhere:
        return document.source_path
    return min(paths)


def _must_be_read(
    owner: str,
    records: list[FileRecord],
    document: SourceDocument | None,
    known: dict[str, FileRecord],
) -> bool:
    """Whether a document is new, is cited under another path, or is described anew beside it."""
    if document is None or document.source_path != owner:
        return True
    sidecar = next((record.sidecar for record in records if record.path == owner), None)
    return owner in known and owner in {r.path for r in records} and sidecar != known[owner].sidecar


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


def _by_suffix(owner: str, records: list[FileRecord]) -> list[Path]:
    """The owner, then a path for every other suffix under which the same content stands."""
    paths = {
        Path(path).suffix.lower(): path for path in sorted((r.path for r in records), reverse=True)
    }
    paths.pop(Path(owner).suffix.lower(), None)
    return [Path(owner), *(Path(path) for path in paths.values())]


def _read_any(
    paths: list[Path], doc_id: str, sandbox: Sandbox, catalog: tuple[CatalogEntry, ...]
) -> tuple[ReadDocument, Partly | None]:
    """The document as read under the first name that fits: a wrongly named copy costs nothing."""
    first: ReadError | None = None
    for path in paths:
        try:
            return _read_document(path, doc_id, sandbox, catalog)
        except ReadError as error:
            first = first or error
    assert first is not None
    raise first


def _read_document(
    path: Path, doc_id: str, sandbox: Sandbox, catalog: tuple[CatalogEntry, ...]
) -> tuple[ReadDocument, Partly | None]:
    result = sandbox.read(path)
    described = describe(path, doc_id, result.pages, title=result.title, catalog=catalog)
    pages = prepared_pages(result.pages)
    document = with_proceedings(described.document, pages)
    partly = (
        Partly(str(path), result.unreadable, result.unreadable_reason)
        if result.unreadable_reason
        else None
    )
    return ReadDocument(document, pages, described.inferences), partly


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
    chunks, save = _cut(root, run.read, removed | replaced, fresh=before is None)
    documents = _with_chunks(run, {chunk.doc_id for chunk in chunks})
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
        chunks=chunks,
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
        save_beside=save,
    )
    return build_generation(root, change, fresh=before is None, progress=progress)


def _inferences(root: Path, before: Manifest | None) -> dict[str, tuple[Inference, ...]]:
    folder = current_generation(root) if before else None
    return read_inferences(folder) if folder else {}


def _cut(
    root: Path, read: list[ReadDocument], forgotten: set[str], *, fresh: bool
) -> tuple[list[Chunk], Callable[[Path], None] | None]:
    """The chunks of the documents read, and what writes the docstore beside them."""
    if not read and not forgotten:
        return [], None
    # LlamaIndex takes seconds to import: only a run that has something to cut pays for it.
    from assistant.ingest.pipeline import ChunkPipeline

    folder = None if fresh else current_generation(root)
    pipeline = ChunkPipeline(folder / _DOCSTORE if folder else None)
    for doc_id in forgotten:
        pipeline.forget(doc_id)
    return pipeline.chunks(read), lambda new: pipeline.save(new / _DOCSTORE)


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
        if row.path not in touched and not any(_inside(Path(row.path), path) for path in named)
    ]
    rows: list[_Row] = kept + now
    rows.sort(key=lambda row: row.path)
    return tuple(rows)


def _documents_in(paths: list[Path], root: Path | None) -> Iterator[Path]:
    """Files at or below the paths in a stable order, each once, the index itself left out."""
    seen: set[Path] = set()
    for path in paths:
        below = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in below:
            hidden = any(part.startswith(".") for part in file.relative_to(path).parts)
            beside = file.name.lower() in _BESIDE or is_sidecar(file)
            inside_index = root is not None and _inside(file, root.resolve())
            if file in seen or hidden or beside or inside_index or not file.is_file():
                continue
            seen.add(file)
            yield file


def _is_gone(path: Path) -> bool:
    """Whether a file is no longer there; one in a folder that may not be read is not gone."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def _inside(path: Path, folder: Path) -> bool:
    return path == folder or folder in path.parents


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _unsupported(path: Path) -> Skipped:
    if path.name.endswith(SIDECAR_SUFFIX):
        reason = "この書誌情報に当たる文書が同じフォルダーにありません。"
        return Skipped(
            str(path), reason, f"文書の名前に {SIDECAR_SUFFIX} を付けた名前にしてください。"
        )
    newer = OLD_FORMATS.get(path.suffix.lower())
    if newer:
        reason = f"古い形式({path.suffix})には対応していません。"
        return Skipped(str(path), reason, f"元のソフトで開き、{newer}で保存し直してください。")
    return Skipped(
        str(path),
        f"この形式({path.suffix or '拡張子なし'})には対応していません。",
        "PDF、Word(.docx)、PowerPoint(.pptx)、Excel(.xlsx)、HTML、CSV、テキスト(.txt)、"
        "Markdown(.md)のいずれかで保存し直してください。",
    )
