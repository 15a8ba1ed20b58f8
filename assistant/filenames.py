"""Names given by people, sites and documents, as names of files and folders."""

import re
import unicodedata
from hashlib import sha256

_LONGEST = 200
"""Bytes in UTF-8: most systems take 255, and suffixes of ours come behind."""
# U+FFFD stands for bytes that could not be read.
_UNSAFE = '<>:"/\\|?*\ufffd'
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³])(?:\..*)?", re.IGNORECASE)


def safe_name(text: str) -> str:
    """A text as a name without folders that every system can hold; empty where nothing is left.

    What Windows forbids, and characters that are not printed or turn the direction of writing,
    become ``_``; a name is never hidden, never longer than 200 bytes and never one that Windows
    keeps for its devices (``con`` → ``con_``). A name that is cut ends in 8 hexadecimal digits of
    its SHA-256, so that names which differ only at their ends stay apart.
    """
    plain = "".join(
        "_" if char in _UNSAFE or unicodedata.category(char).startswith("C") else char
        for char in unicodedata.normalize("NFC", text)
    )
    name = plain.strip(" .")
    whole = name.encode()
    if len(whole) > _LONGEST:
        mark = f"_{sha256(whole).hexdigest()[:8]}"
        name = whole[: _LONGEST - len(mark)].decode(errors="ignore").rstrip(" .") + mark
    return f"{name}_" if _RESERVED.fullmatch(name) else name
