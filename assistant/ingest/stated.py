"""What people state of a document: front matter in the file, and ``NAME.meta.toml`` beside it.

Both are TOML with the same fields, and both override what is inferred; the file beside the
document has the last word, since it can be written without touching the original.
"""

import re
import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from assistant.errors import ReadError, cause_of
from assistant.japanese.dates import stated_date
from assistant.records.documents import KINDS, STATUSES, Inference, Original, SourceDocument
from assistant.records.text import Page

SIDECAR_SUFFIX = ".meta.toml"

_FRONT_MATTER = re.compile(
    r"\A(?:\ufeff)?\+\+\+[ \t]*\n(?P<toml>.*?)\n\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL
)
_YAML_FRONT_MATTER = re.compile(r"\A---[ \t]*\n.*?\n---[ \t]*(?:\n|\Z)", re.DOTALL)
_FRONT_MATTER_NAME = "冒頭の書誌情報"
_FIELDS = frozenset(
    {"title", "publisher", "published", "kind", "status", "edition", "meeting", "number", "series",
     "superseded_by", "url", "original"}
)  # fmt: skip
_VALUES = {"kind": KINDS, "status": STATUSES, "edition": ("original", "digest")}


def front_matter(pages: tuple[Page, ...]) -> dict[str, Any]:
    """The fields stated between ``+++`` lines at the top of a text; empty where there are none.

    Raises:
        ReadError: what stands there is not TOML.
    """
    match = None if pages[0].locator else _FRONT_MATTER.match(pages[0].text)
    if not match:
        return {}
    try:
        return tomllib.loads(match["toml"])
    except tomllib.TOMLDecodeError as error:
        raise ReadError(
            f"冒頭の書誌情報(+++で囲んだ部分)を読めません({cause_of(error)})。",
            "書式を直してください。例はcorpusフォルダーの文書にあります。",
        ) from error


def blank_front_matter(pages: tuple[Page, ...]) -> tuple[Page, ...]:
    """Pages with their front matter turned into blank lines: line numbers stay true."""
    text = pages[0].text
    if pages[0].locator:
        return pages
    match = _FRONT_MATTER.match(text) or _YAML_FRONT_MATTER.match(text)
    if not match:
        return pages
    blank = re.sub(r"[^\n]", " ", match.group())
    return (replace(pages[0], text=blank + text[match.end() :]), *pages[1:])


def sidecar_of(path: Path) -> Path | None:
    """The file beside a document that corrects its description; None where there is none.

    ``計画.pdf.meta.toml`` belongs to that one file, ``計画.meta.toml`` to every file of that name.
    """
    names = (path.name + SIDECAR_SUFFIX, path.stem + SIDECAR_SUFFIX)
    found = (path.with_name(name) for name in names)
    return next((sidecar for sidecar in found if sidecar.is_file()), None)


def is_sidecar(path: Path) -> bool:
    """Whether a file describes a document that stands beside it."""
    if not path.name.endswith(SIDECAR_SUFFIX):
        return False
    name = path.name.removesuffix(SIDECAR_SUFFIX)
    return any(
        file.name == name or file.stem == name
        for file in path.parent.iterdir()
        if not file.name.endswith(SIDECAR_SUFFIX)
    )


def read_sidecar(sidecar: Path) -> dict[str, Any]:
    """The fields stated in a file beside a document.

    Raises:
        ReadError: the file is not TOML in UTF-8.
    """
    try:
        return tomllib.loads(sidecar.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise ReadError(
            f"書誌情報のファイル {sidecar.name} を読めません({cause_of(error)})。",
            'title = "題名" のように1行に1項目を書き、UTF-8で保存してください。',
        ) from error


def with_front_matter(
    document: SourceDocument, stated: dict[str, Any]
) -> tuple[SourceDocument, tuple[Inference, ...]]:
    """The document with the fields of its front matter, and where they come from.

    Raises:
        ReadError: a field is unknown or its value cannot be used.
    """
    return _with_stated(document, stated, _FRONT_MATTER_NAME)


def with_sidecar(
    document: SourceDocument, sidecar: Path
) -> tuple[SourceDocument, tuple[Inference, ...]]:
    """The document with the fields of the file beside it, and where they come from.

    Raises:
        ReadError: the file is not TOML, a field is unknown or its value cannot be used.
    """
    return _with_stated(document, read_sidecar(sidecar), sidecar.name)


def _with_stated(
    document: SourceDocument, stated: dict[str, Any], where: str
) -> tuple[SourceDocument, tuple[Inference, ...]]:
    try:
        fields = _fields(stated)
    except _BadFieldError as bad:
        raise ReadError(f"{where}の {bad.name} を使えません。", bad.remedy) from None
    sources = tuple(
        Inference(name, value.title if isinstance(value, Original) else value, where)
        for name, value in fields.items()
    )
    return replace(document, **fields), sources


class _BadFieldError(Exception):
    def __init__(self, name: str, remedy: str) -> None:
        self.name, self.remedy = name, remedy
        super().__init__(name)


def _fields(stated: dict[str, Any]) -> dict[str, Any]:
    """Fields of a document, checked."""
    for name in stated:
        if name not in _FIELDS:
            raise _BadFieldError(name, f"使える項目は {'、'.join(sorted(_FIELDS))} です。")
    fields = {name: value for name, value in stated.items() if name != "original"}
    if "published" in fields:
        fields["published"] = _iso(fields["published"], "published")
    _require_texts(fields)
    for name, values in _VALUES.items():
        if name in fields and fields[name] not in values:
            raise _BadFieldError(name, f"使える値は {'、'.join(values)} です。")
    if "original" in stated:
        fields["original"] = _original(stated["original"])
    return fields


def _require_texts(fields: dict[str, Any]) -> None:
    for name, value in fields.items():
        if not isinstance(value, str) or not value.strip():
            raise _BadFieldError(name, '値は " " で囲んだ文字にしてください。')


def _original(stated: object) -> Original:
    if not isinstance(stated, dict):
        raise _BadFieldError("original", "[original] の下に title などを書いてください。")
    fields = dict(stated)
    if "date" in fields:
        fields["date"] = _iso(fields["date"], "original.date")
    _require_texts(fields)
    if fields.get("status", "unknown") not in STATUSES:
        raise _BadFieldError("original.status", f"使える値は {'、'.join(STATUSES)} です。")
    try:
        return Original(**fields)
    except TypeError:
        remedy = "項目は title、publisher、date、status、url です。"
        raise _BadFieldError("original", remedy) from None


def _iso(value: object, name: str) -> str:
    if isinstance(value, date):
        return value.isoformat()[:10]
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError:
        found = stated_date(str(value))
    if found is None:
        raise _BadFieldError(name, "日付は 2024-04-24 か 2024-04 の形で書いてください。")
    return found
