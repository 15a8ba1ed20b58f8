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
