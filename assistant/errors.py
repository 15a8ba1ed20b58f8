"""What can go wrong, as users meet it.

::

    AssistantError            expected: shown as two lines of Japanese, exit code 1
    ├── InputError            a path, option or file given by the user cannot be used
    ├── ReadError             one document cannot be read; it is skipped, the batch goes on
    ├── IndexMissingError     there is no index at the place named
    ├── IndexVersionError     the index was made by another version or another embedding
    ├── IndexDamagedError     the index does not pass its checks
    ├── IndexBusyError        another process is writing the index
    └── StorageError          the disk is full or may not be written

Anything else that reaches the top is a defect.
"""


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
