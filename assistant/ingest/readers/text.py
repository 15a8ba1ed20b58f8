"""Text files in the encodings Japanese offices use."""

import codecs
from pathlib import Path

from assistant.errors import ReadError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# More of these than 1 in 100 characters: a binary file, not a text.
_CONTROL_SHARE = 0.01
# Sound Japanese text scores .43 (much half-width katakana) to 1, half-width katakana alone .3.
_LEAST_JAPANESE = 0.4
_ORDINARY = (("\u3000", "\u33ff"), ("\uff01", "\uff5e"), ("\u2000", "\u27bf"))
# EUC-JP with ① and the like, which plain EUC-JP lacks.
_EUC_VENDOR = "euc_jis_2004"


def read_text(path: Path) -> str:
    r"""Decode a text file; line ends become ``\n``.

    Tried in order: byte order mark, UTF-16 without one (many zero bytes), ISO-2022-JP (escape
    sequences), UTF-8, then CP932 and EUC-JP. Where several readings are possible, the one that
    looks most like Japanese wins, and none is taken that does not look like it.

    Raises:
        ReadError: no encoding fits without loss, or the file is not a text.
    """
    data = path.read_bytes()
    text = _decode(data)
    if (text is None and 0 in data) or (text is not None and _is_binary(text)):
        raise ReadError(
            "テキストではないデータが含まれています。",
            "元のソフトで開き、テキストかPDFで保存し直してください。",
        )
    if text is None:
        raise ReadError(
            "文字コードを判別できません。",
            "メモ帳などで開き、UTF-8で保存し直してください。",
        )
    if not text.strip():
        raise ReadError("文字がありません。", "中身のあるファイルを置き直してください。")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _is_binary(text: str) -> bool:
    control = sum(1 for c in text if ord(c) < 32 and c not in "\t\n\r\f\v")
    return control > _CONTROL_SHARE * max(len(text), 1)


def _decode(data: bytes) -> str | None:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _try(data, encoding)
    if data.count(0) > len(data) // 20:
        return _plausible(_try(data, "utf-16-le"), _try(data, "utf-16-be"))
    if b"\x1b$" in data:
        # The vendors' characters (①) are in no encoding Python knows: refused rather than garbled.
        return _try(data, "iso2022_jp") or _try(data, "iso2022_jp_ext")
    if (text := _try(data, "utf-8")) is not None:
        return text
    return _plausible(_try(data, "cp932"), _try(data, "euc_jp"), _try(data, _EUC_VENDOR))


def _try(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeError:
        return None


def _plausible(*readings: str | None) -> str | None:
    """The reading that looks most like Japanese; None when none looks like it at all."""
    known = [text for text in readings if text is not None]
    best = max(known, key=_japaneseness, default=None)
    return best if best is not None and _japaneseness(best) >= _LEAST_JAPANESE else None


def _japaneseness(text: str) -> float:
    """Mean weight of the characters: at most 1, far below 0 for a wrong decoding.

    ASCII, kana, punctuation, full-width forms and enclosed numbers weigh 1, kanji .5, half-width
    katakana .3; private use, Hangul and rare blocks weigh -3.
    """
    visible = [c for c in text if not c.isspace() or c == "\u3000"]
    if not visible:
        return 1.0
    weight = sum(_weight(c) for c in visible)
    return weight / len(visible)


def _weight(character: str) -> float:
    if character.isascii() or any(low <= character <= high for low, high in _ORDINARY):
        return 1.0
    if "\u4e00" <= character <= "\u9fff":
        return 0.5
    return 0.3 if "\uff61" <= character <= "\uff9f" else -3.0
