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


def read_text(path: Path) -> str:
    r"""Decode a text file; line ends become ``\n``.

    Tried in order: byte order mark, UTF-16 without one (many zero bytes), ISO-2022-JP (escape
    sequences), UTF-8, then CP932 and EUC-JP, of which the reading with fewer half-width katakana
    and rare characters wins. Only lossless decodings count.

    Raises:
        ReadError: no encoding fits without loss, or the file is not a text.
    """
    data = path.read_bytes()
    text = _decode(data)
    if text is None:
        raise ReadError(
            "文字コードを判別できません。",
            "メモ帳などで開き、UTF-8で保存し直してください。",
        )
    control = sum(1 for c in text if ord(c) < 32 and c not in "\t\n\r\f\v")
    if control > _CONTROL_SHARE * max(len(text), 1):
        raise ReadError(
            "テキストではないデータが含まれています。",
            "元のソフトで開き、テキストかPDFで保存し直してください。",
        )
    if not text.strip():
        raise ReadError("文字がありません。", "中身のあるファイルを置き直してください。")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _decode(data: bytes) -> str | None:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _try(data, encoding)
    if data.count(0) > len(data) // 20:
        little = data[1::2].count(0) >= data[0::2].count(0)
        return _try(data, "utf-16-le" if little else "utf-16-be")
    if b"\x1b$" in data and (text := _try(data, "iso2022_jp")) is not None:
        return text
    if (text := _try(data, "utf-8")) is not None:
        return text
    readings = [t for t in (_try(data, "cp932"), _try(data, "euc_jp")) if t is not None]
    return min(readings, key=_oddness, default=None)


def _try(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeError:
        return None


def _oddness(text: str) -> int:
    """Half-width katakana and non-JIS-level characters: what a wrong decoding is full of."""
    ordinary = sum(
        1 for c in text if c.isascii() or "\u3000" <= c <= "\u30ff" or "\uff01" <= c <= "\uff5e"
    )
    odd = sum(1 for c in text if "\uff61" <= c <= "\uff9f" or "\ue000" <= c <= "\uf8ff")
    return 3 * odd - ordinary
