"""What can go wrong, as users meet it.

::

    AssistantError            expected: shown as two lines of Japanese, exit code 1
    ├── InputError            a path, option or file given by the user cannot be used
    ├── FetchError            a document cannot be fetched from its address
    ├── ReadError             one document cannot be read; it is skipped, the batch goes on
    ├── IndexMissingError     there is no index at the place named
    ├── IndexVersionError     the index was made by another version or another embedding
    ├── IndexDamagedError     the index does not pass its checks
    ├── IndexBusyError        another process is writing the index
    ├── StorageError          the disk is full or may not be written
    ├── EmbeddingError        the embedding model or the cross-encoder cannot be used
    └── ModelError            the configured chat model gave no usable reply

Anything else that reaches the top is a defect.
"""

import errno
import re
from typing import Literal

Fault = Literal[
    "package",  # the provider's package is not installed, or it takes no such settings
    "key",  # 401, 403
    "missing",  # 404: no such model or address
    "request",  # 400, 422 and other refusals of the request itself
    "context",  # 413, or 400 that speaks of the context length
    "limit",  # 429
    "server",  # 408, 5xx
    "unreachable",  # no connection
    "timeout",  # the read limit or the deadline passed
    "cut",  # the reply broke off
    "empty",  # a reply without text
    "refused",  # the provider's safety rules held the reply back
    "malformed",  # a reply in another form than asked for
]
"""Ways in which a model call fails."""

_CAUSES = {
    errno.ENOENT: "見つかりません",
    errno.EACCES: "権限がないか、ほかのソフトが使っています",
    errno.EPERM: "権限がありません",
    errno.EISDIR: "フォルダーです",
    errno.ENOTDIR: "途中の名前がフォルダーではありません",
    errno.EEXIST: "同じ名前のものがあります",
    errno.ENOSPC: "空き容量が足りません",
    errno.EDQUOT: "割り当てられた容量を超えます",
    errno.EFBIG: "ファイルが大きすぎます",
    errno.EROFS: "書き込みできない場所です",
    errno.ENAMETOOLONG: "名前が長すぎます",
    errno.EINVAL: "名前に使えない文字があります",
    errno.ELOOP: "リンクがたどれません",
    errno.EBUSY: "ほかのソフトが使っています",
    errno.EMFILE: "開いているファイルが多すぎます",
    errno.EIO: "装置が読み書きに失敗しました",
}


class AssistantError(Exception):
    """An expected failure with its Japanese explanation.

    Attributes:
        message: what happened, one line.
        remedy: what the user can do, one line.
    """

    def __init__(self, message: str, remedy: str) -> None:
        # Each part is one line on the screen, whatever a library's own message brought along.
        self.message = " ".join(message.splitlines())
        self.remedy = " ".join(remedy.splitlines())
        super().__init__(self.message)


def cause_of(error: Exception) -> str:
    """Why a file could not be opened, or read as TOML, in Japanese without a full stop."""
    if isinstance(error, OSError):
        number = "" if error.errno is None else f" {error.errno}"
        return _CAUSES.get(error.errno or 0, f"システムのエラー{number}")
    if isinstance(error, UnicodeError):
        return "文字コードがUTF-8ではありません"
    if isinstance(error, RecursionError):
        return "入れ子が深すぎます"
    # tomllib.TOMLDecodeError says where in its message only (attributes since Python 3.14).
    place = re.search(r"at line (\d+)", str(error))
    if place:
        return f"{place[1]}行目の書き方が正しくありません"
    words = str(error.args[0]) if error.args else ""
    name = f": {words}" if re.fullmatch(r"\w{1,40}", words) else ""
    return f"書き方が正しくありません{name}"


class InputError(AssistantError):
    """A path, option or file given by the user cannot be used."""


class FetchError(AssistantError):
    """A document cannot be fetched from its address."""


class ReadError(AssistantError):
    """One document cannot be read."""


class IndexMissingError(AssistantError):
    """There is no index at the place named."""


class IndexVersionError(AssistantError):
    """The index was made by another version of the program or another embedding."""


class IndexDamagedError(AssistantError):
    """The index does not pass its checks."""


class IndexBusyError(AssistantError):
    """Another process is writing the index."""


class StorageError(AssistantError):
    """The disk is full or the folder may not be written."""


class EmbeddingError(AssistantError):
    """A configured embedding model or cross-encoder cannot be loaded or gave nothing usable."""


class ModelError(AssistantError):
    """The configured chat model gave no usable reply.

    Attributes:
        fault: what failed, see `Fault`.
    """

    def __init__(self, message: str, remedy: str, *, fault: Fault) -> None:
        super().__init__(message, remedy)
        self.fault: Fault = fault
