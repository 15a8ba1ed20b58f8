"""Models that a user fetches on purpose into the data folder; nothing else ever fetches one.

::

    DATA/models/NAME/             a model as ``onnx:NAME`` opens it
    DATA/models/NAME/source.json  where its files came from, and their SHA-256
    DATA/models/NAME.part/        what has arrived of it: the next attempt goes on from there
"""

import hashlib
import json
import shutil
import tomllib
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath
from typing import TypeVar

from filelock import FileLock

from assistant.errors import FetchError, InputError, StorageError, cause_of
from assistant.settings import Settings

_SECONDS, _CONNECT_SECONDS = 60.0, 10.0
_LARGEST = 2_000_000_000
"""Bytes of a file whose size is not known."""
_Path = TypeVar("_Path", bound=PurePath)
_BY_HAND = "別の端末で取得したフォルダーかzipは、--from で渡せます。"


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A file of a model."""

    path: str
    """Its name in the model's folder."""
    url: str
    bytes: int | None = None
    """None: not known."""
    sha256: str | None = None
    """None: not known; the user is asked."""


@dataclass(frozen=True, slots=True)
class NamedModel:
    """A model that can be fetched by its name."""

    name: str
    setting: str
    """Environment variable that takes it."""
    licence: str
    page: str
    """Address at which its publisher describes it."""
    files: tuple[ModelFile, ...]

    def folder(self, settings: Settings) -> Path:
        """Where the model stands once it is fetched."""
        return settings.models_folder / self.name


Accept = Callable[[Mapping[str, str]], bool]
"""Asked whether the SHA-256 of these files, of which none is known, are right."""
Progress = Callable[[str, int, int], None]
"""Told a file's name, the bytes that have arrived, and those it has (0: not known)."""


def named_models() -> tuple[NamedModel, ...]:
    """The models that can be fetched."""
    rows = tomllib.loads(Path(__file__).with_name("models.toml").read_text(encoding="utf-8"))
    return tuple(
        NamedModel(
            row["name"],
            row["setting"],
            row["licence"],
            row["page"],
            tuple(ModelFile(**file) for file in row["file"]),
        )
        for row in rows["model"]
    )


def get_model(
    name: str,
    settings: Settings,
    *,
    source: Path | None = None,
    accept: Accept = lambda _: False,
    progress: Progress = lambda *_: None,
) -> NamedModel:
    """Bring a model into the data folder; one that is there already is left as it is.

    Args:
        name: of `named_models`.
        settings: names the data folder.
        source: a folder or a zip that holds the files; None: they are fetched.
        accept: called when all files have arrived and the SHA-256 of some are not known.
        progress: called as the files arrive.

    Raises:
        InputError: the name is not known, `source` does not hold the files, or the SHA-256 were
            not accepted.
        FetchError: a file cannot be fetched, or is another one than it should be.
        StorageError: the data folder cannot be written.
    """
    model = next((one for one in named_models() if one.name == name), None)
    if model is None:
        names = "、".join(one.name for one in named_models())
        raise InputError(f"名前を登録していないモデルです: {name}", f"選べるのは {names} です。")
    folder = model.folder(settings)
    arriving = folder.with_name(f"{name}.part")
    try:
        settings.models_folder.mkdir(parents=True, exist_ok=True)
        with FileLock(settings.models_folder / ".lock"):
            if folder.is_dir():
                return model
            if source is not None:
                shutil.rmtree(arriving, ignore_errors=True)
            arriving.mkdir(exist_ok=True)
            for file in model.files:
                if source is None:
                    _fetch(file, arriving / file.path, progress)
                else:
                    _copy(file, source, arriving / file.path)
            _seal(model, arriving, accept)
            arriving.replace(folder)
    except OSError as error:
        raise StorageError(
            f"モデルのフォルダーに書き込めません({cause_of(error)}): {settings.models_folder}",
            "空きと権限を確かめるか、REGIONAL_DX_DATA で別の場所を指定してください。",
        ) from error
    return model


def _fetch(file: ModelFile, path: Path, progress: Progress) -> None:
    """Fetch a file, or what is missing of it."""
    import httpx

    part = path.with_name(f"{path.name}.part")
    if path.is_file():
        return
    timeout = httpx.Timeout(_SECONDS, connect=_CONNECT_SECONDS)
    begun = part.stat().st_size if part.is_file() else 0
    headers = {"Accept-Encoding": "identity", "User-Agent": "regional-dx-assistant"}
    if begun:
        headers["Range"] = f"bytes={begun}-"
    try:
        with (
            httpx.Client(follow_redirects=True, timeout=timeout, headers=headers) as client,
            client.stream("GET", file.url) as response,
        ):
            if response.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
                part.replace(path)  # all of it was there; its SHA-256 will tell
                return
            response.raise_for_status()
            goes_on = response.status_code == httpx.codes.PARTIAL_CONTENT
            size = begun if goes_on else 0
            total = file.bytes or size + int(response.headers.get("content-length", 0))
            with part.open("ab" if goes_on else "wb") as target:
                for piece in response.iter_bytes():
                    size += target.write(piece)
                    progress(file.path, size, total)
                    if size > (file.bytes or _LARGEST):
                        break
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        code = getattr(getattr(error, "response", None), "status_code", type(error).__name__)
        raise FetchError(
            f"モデルを取得できません({code}): {file.url}",
            f"通信を確かめて、もう一度実行してください(続きから取得します)。{_BY_HAND}",
        ) from error
    if size > (file.bytes or _LARGEST):
        raise _another(file, part)
    part.replace(path)


def _copy(file: ModelFile, source: Path, path: Path) -> None:
    """Copy a file out of a folder or a zip, under the publisher's name for it or under ours."""
    names = dict.fromkeys((PurePosixPath(file.url).name, file.path))
    try:
        if source.is_dir():
            shutil.copyfile(_chosen(source.rglob("*"), names), path)
            return
        with zipfile.ZipFile(source) as archive:
            held = {PurePosixPath(info.filename): info for info in archive.infolist()}
            with archive.open(held[_chosen(held, names)]) as packed, path.open("wb") as target:
                shutil.copyfileobj(packed, target)
    except (StopIteration, FileNotFoundError, zipfile.BadZipFile, RuntimeError) as error:
        raise InputError(
            f"{' か '.join(names)} を取り出せません: {source}",
            "モデルのファイルがそろったフォルダーかzipを指定してください。",
        ) from error


def _chosen(held: Iterable[_Path], names: Iterable[str]) -> _Path:
    """The file of the first of the names that is there, the one least deep.

    Raises:
        StopIteration: there is none.
    """
    ordered = sorted(held, key=lambda path: len(path.parts))
    return next(path for name in names for path in ordered if path.name == name)


def _seal(model: NamedModel, arriving: Path, accept: Accept) -> None:
    """Check what has arrived and write down where it came from."""
    found: dict[str, str] = {}
    for file in model.files:
        with (arriving / file.path).open("rb") as content:
            found[file.path] = hashlib.file_digest(content, "sha256").hexdigest()
        if file.sha256 not in {None, found[file.path]}:
            raise _another(file, arriving / file.path)
    unknown = {file.path: found[file.path] for file in model.files if file.sha256 is None}
    if unknown and not accept(unknown):
        listed = "、".join(f"{path} {digest}" for path, digest in unknown.items())
        raise InputError(
            f"SHA-256 を登録していないファイルがあります: {listed}",
            f"{model.page} の値と比べ、同じなら --accept-sha256 を付けてもう一度実行してください"
            "(取得済みのファイルを使います)。",
        )
    files = [{"path": f.path, "url": f.url, "sha256": found[f.path]} for f in model.files]
    record = {"name": model.name, "licence": model.licence, "page": model.page, "files": files}
    text = json.dumps(record, ensure_ascii=False, indent=1)
    (arriving / "source.json").write_text(text, encoding="utf-8")


def _another(file: ModelFile, path: Path) -> FetchError:
    path.unlink()
    return FetchError(
        f"届いたファイルの中身が、登録した大きさや SHA-256 と違います: {file.url}",
        "もう一度実行してください。続くときは、情報システムの担当者に確かめてください。",
    )
