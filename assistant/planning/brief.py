"""The brief: what the town or its consultant says of the project, as TOML or from a form."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from datetime import date, time
from pathlib import Path

from assistant.errors import InputError, ReadError, cause_of
from assistant.ingest.readers.text import read_text
from assistant.records.plans import Brief

KEYS = tuple(field.name for field in fields(Brief))
MOST_CHARACTERS = 10_000
"""Of one value. Longer than any box of a form; a pasted report is evidence, to be ingested."""
_MOST_PARTNERS = 50
_LARGEST_NUMBER = 10**15  # 千兆: no budget of a town; nan and the infinities are no numbers either

# Tabs and line breaks become spaces; other control and invisible formatting characters, which can
# reverse or hide text on screen and are forbidden in Word files, go.
_BREAKS = re.compile(r"[\s\u2028\u2029]+")
_INVISIBLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufdd0-\ufdef\ufeff\ufffe\uffff\ud800-\udfff]"
)
_UNITS = {"population": "人", "fiscal_year": "年度", "budget": "円"}

EXAMPLE = Path(__file__).with_name("example.toml").read_text(encoding="utf-8")


def load_brief(path: Path) -> Brief:
    """Read a brief written as TOML, in UTF-8 or in what older editors of Windows save (CP932).

    Raises:
        InputError: the file cannot be opened, is no TOML, or holds what `brief_from` refuses.
    """
    try:
        values = tomllib.loads(read_text(path) if path.read_bytes().strip() else "")
    except OSError as error:
        raise InputError(
            f"ブリーフを開けません: {path}({cause_of(error)})",
            "場所と権限を確かめるか、regional-dx draft --new で例を作ってください。",
        ) from error
    except ReadError as error:
        raise InputError(
            f"ブリーフを読めません: {path}({error.message.removesuffix('。')})",
            "メモ帳などで開き、UTF-8で保存し直してください。",
        ) from error
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"ブリーフをTOMLとして読めません: {path}({cause_of(error)})",
            'problem = "…" のように値を引用符で囲み、1行に1項目を書いてください。',
        ) from error
    return brief_from(values)


def brief_from(values: Mapping[str, object]) -> Brief:
    """A brief from its keys; anything may be missing, and empty values count as missing.

    Numbers and dates are taken as text; a text given for `partners` is cut at 「、」.

    Raises:
        InputError: an unknown key, a value of another kind, or one longer than `MOST_CHARACTERS`.
    """
    unknown = [key for key in values if key not in KEYS]
    if unknown:
        raise InputError(
            f"ブリーフに使えない項目があります: {unknown[0][:40]!r}",
            f"使える項目は次のとおりです: {'、'.join(KEYS)}",
        )
    texts = {key: _text(key, values.get(key)) for key in KEYS if key != "partners"}
    return Brief(partners=_partners(values.get("partners")), **texts)


def new_brief(path: Path) -> None:
    """Write the commented example of a brief.

    Raises:
        InputError: the file exists already, or cannot be written.
    """
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(EXAMPLE)
    except FileExistsError as error:
        raise InputError(
            f"同じ名前のファイルがあります: {path}",
            "書きかけを失わないよう、上書きはしません。別の名前を指定してください。",
        ) from error
    except OSError as error:
        raise InputError(
            f"ファイルを作れません: {path}({cause_of(error)})", "場所と権限を確かめてください。"
        ) from error


def _text(key: str, value: object) -> str | None:
    if value is None:
        return None
    usable = isinstance(value, str | date | time) or (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and abs(value) < _LARGEST_NUMBER
    )
    if not usable:
        raise InputError(
            f"ブリーフの {key} の値を使えません。", f'{key} = "…" のように、文で書いてください。'
        )
    text = _with_unit(key, value) if isinstance(value, int) else str(value)
    if len(text) > MOST_CHARACTERS:
        raise InputError(
            f"ブリーフの {key} が長すぎます({len(text):,}字)。",
            f"{MOST_CHARACTERS:,}字以内の要点にし、"
            "元の資料は regional-dx ingest で取り込んでください。",
        )
    return _clean(text) or None


def _with_unit(key: str, value: int) -> str:
    if key == "fiscal_year":
        return f"{value}年度"
    return f"{value:,}{_UNITS.get(key, '')}"


def _partners(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    names = re.split(r"[、,\n]", value) if isinstance(value, str) else value
    if not isinstance(names, list | tuple) or not all(isinstance(name, str) for name in names):
        raise InputError(
            "ブリーフの partners の値を使えません。",
            'partners = ["地元の会社", "県立大学"] のように書いてください。',
        )
    if len(names) > _MOST_PARTNERS or any(len(name) > MOST_CHARACTERS for name in names):
        raise InputError(
            f"ブリーフの partners が多すぎるか、長すぎます({len(names):,}件)。",
            f"{_MOST_PARTNERS}件以内の名前にしてください。",
        )
    return tuple(dict.fromkeys(cleaned for name in names if (cleaned := _clean(name))))


def _clean(text: str) -> str:
    return _INVISIBLE.sub("", _BREAKS.sub(" ", text)).strip()
