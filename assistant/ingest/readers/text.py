"""Text files in the encodings Japanese offices use."""

import codecs
import re
from pathlib import Path

from assistant.errors import ReadError
from assistant.ingest.readers.losses import Losses

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # begins as the mark of UTF-16 does
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WIDE = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
# More of these than 1 in 100 characters: a binary file, not a text.
_CONTROL_SHARE = 0.01
# Sound Japanese text scores .43 (much half-width katakana) to 1, half-width katakana alone .3.
_LEAST_JAPANESE = 0.4
_ORDINARY = (("\u3000", "\u33ff"), ("\uff01", "\uff5e"), ("\u2000", "\u27bf"))
# EUC-JP with ① and the like, which plain EUC-JP lacks.
_EUC_VENDOR = "euc_jis_2004"
_NARROW = ("utf-8", "cp932", "euc_jp", _EUC_VENDOR)
# A line in another encoding is believed where it is surely Japanese: mojibake has no hiragana.
_SURELY_JAPANESE = 0.6
_HIRAGANA = re.compile("[ぁ-ん]")
# Share of damaged characters in a text above which nothing of it is believed; a few are always let
# through: one damaged byte can cost the characters beside it.
_DAMAGED_SHARE = 0.1
_FEW = 4
_DAMAGE = "\ufffd"
# Bytes that are nothing in Shift_JIS arrive as these private characters.
_NO_SHIFT_JIS = re.compile("[\uf8f0-\uf8f3]")
# Escape sequences of ISO-2022-JP: what follows, up to the next one, is in that set.
_ESCAPE = re.compile(rb"\x1b(?:\$\([DOQ]|\$[@AB]|\([BIJH])")
_TWO_BYTES = {b"\x1b$@", b"\x1b$B"}


def read_text(path: Path) -> str:
    r"""Decode a text file without loss; line ends become ``\n``.

    Raises:
        ReadError: no encoding fits without loss, or the file is not a text.
    """
    text, damage = read_damaged_text(path)
    if damage:
        raise _unknown_encoding()
    return text


def read_damaged_text(path: Path) -> tuple[str, str]:
    r"""Decode a text file, damaged bytes and lines in another encoding included.

    Tried in order: byte order mark, UTF-16 and UTF-32 without one (zero bytes), ISO-2022-JP (escape
    sequences), UTF-8, then CP932 and EUC-JP. Where several readings are possible, the one that
    looks most like Japanese wins, and none is taken that does not look like it. Where none fits,
    every line is read by itself.

    Returns:
        the text, its line ends ``\n`` and U+FFFD for every damaged place, and what is to be said of
        damage (Japanese, empty without any).

    Raises:
        ReadError: too much is damaged, or the file is not a text.
    """
    data = path.read_bytes()
    text, damage = _decode(data), ""
    if text is None and 0 not in data:
        text, damage = _by_lines(data)
    if (text is None and 0 in data) or (text is not None and _is_binary(text)):
        raise ReadError(
            "テキストではないデータが含まれています。",
            "元のソフトで開き、テキストかPDFで保存し直してください。",
        )
    if text is None:
        raise _unknown_encoding()
    if not text.strip():
        raise ReadError("文字がありません。", "中身のあるファイルを置き直してください。")
    return text.replace("\r\n", "\n").replace("\r", "\n"), damage


def _unknown_encoding() -> ReadError:
    return ReadError(
        "文字コードを判別できません。",
        "メモ帳などで開き、UTF-8で保存し直してください。",
    )


def _is_binary(text: str) -> bool:
    control = sum(1 for c in text if ord(c) < 32 and c not in "\t\n\r\f\v")
    return control > _CONTROL_SHARE * max(len(text), 1)


def _decode(data: bytes) -> str | None:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _try(data.removeprefix(mark), encoding)
    if 0 in data:
        return _plausible(*(_try(data, encoding) for encoding in _WIDE))
    if b"\x1b$" in data:
        return _try(data, "iso2022_jp") or _cp50221(data)
    if (text := _try(data, "utf-8")) is not None:
        return text
    return _plausible(_try(data, "cp932"), _try(data, "euc_jp"), _try(data, _EUC_VENDOR))


def _cp50221(data: bytes) -> str | None:
    """ISO-2022-JP as Windows writes it: with ① and ㈱ (NEC row 13), IBM's kanji, half-width kana.

    Python knows no such encoding; the same characters in Shift_JIS are two bytes computed from
    these two (JIS X 0208, Annex 1).
    """
    texts, escape, start = [], b"\x1b(B", 0
    for match in (*_ESCAPE.finditer(data), None):
        texts.append(_of_set(escape, data[start : match.start() if match else None]))
        if match:
            escape, start = match.group(), match.end()
    known = [text for text in texts if text is not None]
    return "".join(known) if len(known) == len(texts) else None


def _of_set(escape: bytes, piece: bytes) -> str | None:
    """The bytes behind an escape sequence as text."""
    if escape in _TWO_BYTES:
        rows = piece.splitlines(keepends=True)
        return _try(b"".join(map(_shift_jis, rows)), "cp932")
    if escape == b"\x1b(I":
        return _try(bytes(c | 0x80 if 0x21 <= c <= 0x5F else c for c in piece), "cp932")
    if escape.startswith(b"\x1b$("):
        whole = escape + piece + b"\x1b(B"
        return _try(whole, "iso2022_jp_ext") or _try(whole, "iso2022_jp_2004")
    return _try(piece, "cp932")


def _shift_jis(row: bytes) -> bytes:
    """Pairs of 7-bit bytes (0x21 to 0x7E) as Shift_JIS; line ends stay."""
    text, end = row.rstrip(b"\r\n"), row[len(row.rstrip(b"\r\n")) :]
    pairs = bytearray()
    for first, second in zip(text[::2], text[1::2], strict=False):
        lead = (first + 1) // 2 + (0x70 if first < 0x5F else 0xB0)
        odd = second + (0x1F if second < 0x60 else 0x20)
        pairs += bytes((lead & 0xFF, odd if first % 2 else second + 0x7E))
    return bytes(pairs) + text[len(text) // 2 * 2 :] + end


def _by_lines(data: bytes) -> tuple[str | None, str]:
    """A text that no encoding fits as a whole, each line in the encoding that fits it.

    Returns:
        the text, None where too much is damaged, and what is to be said of it.
    """
    lines = data.removeprefix(codecs.BOM_UTF8).split(b"\n")
    own = max(_NARROW, key=lambda encoding: _fitting(lines, encoding))
    read = [_line(line, own) for line in lines]
    whole = "\n".join(text for text, _ in read)
    bare = whole.replace(_DAMAGE, "")
    damaged = len(whole) - len(bare)
    few = damaged <= max(_FEW, _DAMAGED_SHARE * len(bare)) and 2 * damaged < len(bare)
    if not few or _japaneseness(bare) < _LEAST_JAPANESE:
        return None, ""
    said = ""
    if foreign := [number for number, (_, foreign) in enumerate(read, start=1) if foreign]:
        where = f"{len(foreign):,}行あり({foreign[0]:,}行目から)"
        said += f"文字コードの違う行が{where}、推定して読みました。"
    if damaged:
        first = next(n for n, (text, _) in enumerate(read, start=1) if _DAMAGE in text)
        losses = Losses()
        losses.unread("文字コードの壊れた文字", f"{first:,}行目から", damaged)
        said += losses.reason
    return whole, said


def _line(line: bytes, own: str) -> tuple[str, bool]:
    """A line of a text mostly in the encoding `own`, and whether it is in another one."""
    for encoding in ("utf-8", own):  # what fits UTF-8 is UTF-8; the reverse is not so
        text = _try(line, encoding)
        if text is not None:
            return text, encoding != own and not line.isascii()
    text = _surely_japanese(line)
    if text is not None:
        return text, True
    return _NO_SHIFT_JIS.sub(_DAMAGE, line.decode(own, "replace")), False


def _fitting(lines: list[bytes], encoding: str) -> int:
    """How many lines beside those of ASCII alone are sound text in an encoding."""
    texts = (_try(line, encoding) for line in lines if not line.isascii())
    return sum(1 for text in texts if text and _japaneseness(text) >= _LEAST_JAPANESE)


def _surely_japanese(line: bytes) -> str | None:
    """A line in the encoding in which it can hardly be anything but Japanese; None without one."""
    readings = [text for text in (_try(line, encoding) for encoding in _NARROW) if text]
    sure = [
        text
        for text in readings
        if _HIRAGANA.search(text) and _japaneseness(text) >= _SURELY_JAPANESE
    ]
    return max(sure, key=_japaneseness, default=None)


def _try(data: bytes, encoding: str) -> str | None:
    try:
        text = data.decode(encoding)
    except UnicodeError:
        return None
    return None if encoding == "cp932" and _NO_SHIFT_JIS.search(text) else text


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
    if character == "\0":
        return -3.0
    if character.isascii() or any(low <= character <= high for low, high in _ORDINARY):
        return 1.0
    if "\u4e00" <= character <= "\u9fff" or "\ufa0e" <= character <= "\ufa2d":  # 﨑, 塚
        return 0.5
    return 0.3 if "\uff61" <= character <= "\uff9f" else -3.0
