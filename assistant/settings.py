"""Settings from the environment (``REGIONAL_DX_*``).

The command, the pages of the app and `Assistant.open` load them; the rest is handed the record.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from platformdirs import user_data_path
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from assistant.errors import InputError

PREFIX = "REGIONAL_DX_"

# Read by tests and evaluation runs, not by the assistant itself.
_OTHER_KNOWN = {"SAMPLES"}


def _data_folder() -> Path:
    return user_data_path("regional-dx", appauthor=False)


class Settings(BaseSettings):
    """One frozen set of settings; every field can be given as ``REGIONAL_DX_<NAME>``."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, frozen=True, extra="forbid"
    )

    index: Path | None = None
    """Folder of the index; None: the default index, which starts with the starter corpus."""
    data: Path = Field(default_factory=_data_folder)
    """Folder for the default index and the last answer."""
    templates: Path | None = None
    """Folder of the user's own plan templates; None: only those that come with the program."""
    user_header: str | None = None
    """Name of the header in which a reverse proxy sends who has logged in; None: one user."""
    originals: Path | None = None
    """Folder in which ``corpus add`` keeps originals; None: ``originals`` in the data folder."""
    fetch_megabytes: int = Field(default=100, ge=1)
    """Largest document that ``corpus add`` keeps, in MB (10^6 bytes)."""
    fetch_seconds: float = Field(default=60.0, gt=0)
    """Time limit for fetching one document, in seconds."""
    fetch_loopback: bool = False
    """Fetch from this machine's own addresses too; for tests."""
    question_characters: int = Field(default=2000, ge=1)
    """A longer question is refused (``question_too_long``)."""
    read_seconds: float = Field(default=60.0, gt=0)
    """Time limit for reading one file, in seconds; 2 s are added for every page of a PDF, 10 s for
    every megabyte of another file."""
    read_megabytes: int = Field(default=1536, ge=128)
    """Memory limit of the process that reads files, in MiB."""

    model: str | None = None
    """Chat model as ``provider:name`` (``openai:…``, ``ollama:…``); None: answers without one."""
    model_url: str | None = None
    """Address of an OpenAI-compatible or Ollama server; None: the provider's own."""
    model_key: SecretStr | None = None
    """Key of the model; None: the provider's own variable (``OPENAI_API_KEY`` …)."""
    model_seconds: float = Field(default=60.0, gt=0)
    """All calls for one answer, retries included, end after this many seconds."""
    model_read_seconds: float = Field(default=30.0, gt=0)
    """Longest wait for the next piece of a reply, in seconds."""
    model_context: int = Field(default=16384, ge=4096)
    """Tokens the model takes in one call, prompt and reply together."""
    model_tokens: int = Field(default=2048, ge=256)
    """Tokens of a reply at most, reasoning included."""
    unverified: Literal["show", "drop"] = "show"
    """Statements of a model that no source carries: shown apart from the answer, or dropped."""

    embedding: str | None = None
    """Embedding model as ``openai:…``, ``ollama:…`` or ``onnx:folder``; None: the word vectors that
    come with the program."""
    embedding_url: str | None = None
    """Address of the server that embeds; None: the provider's own."""
    embedding_key: SecretStr | None = None
    """Key of that server; None: no key is sent."""
    reranker: str | None = None
    """Cross-encoder that orders the best passages anew, as ``onnx:folder``; None: none."""

    reader: Literal["on", "off"] = "on"
    """Whether the small reader that comes with the program helps to decide what answers; ``off``
    leaves it to words and numbers: faster, and worse."""

    @property
    def originals_folder(self) -> Path:
        """Where originals are kept."""
        return self.originals or self.data / "originals"

    @property
    def models_folder(self) -> Path:
        """Where fetched models are kept, each in a folder of its name."""
        return self.data / "models"

    @property
    def default_index(self) -> Path:
        """The index used while none is named."""
        return self.data / "index"


def _explained(error: Mapping[str, Any]) -> str:
    """What is wrong with a value, for the kinds of pydantic's errors our fields can meet."""
    limits = error.get("ctx", {})
    return {
        "int_parsing": "整数ではありません",
        "float_parsing": "数ではありません",
        "bool_parsing": "true か false ではありません",
        "greater_than": f"{limits.get('gt')}より大きくありません",
        "greater_than_equal": f"{limits.get('ge')} 以上ではありません",
        "less_than_equal": f"{limits.get('le')} 以下ではありません",
        "literal_error": f"選べるのは {limits.get('expected')} です",
    }.get(error["type"], "書き方が違います")


def load_settings() -> Settings:
    """Read the settings from the environment.

    Raises:
        InputError: a ``REGIONAL_DX_*`` variable is unknown or its value cannot be used.
    """
    known = {PREFIX + name.upper() for name in (*Settings.model_fields, *_OTHER_KNOWN)}
    unknown = sorted(n for n in os.environ if n.upper().startswith(PREFIX) and n not in known)
    if unknown:
        raise InputError(
            f"環境変数 {unknown[0]} は使われていません。",
            f"次の名前のいずれかに直すか、取り消してください: {'、'.join(sorted(known))}",
        )
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = PREFIX + "_".join(str(part) for part in first["loc"]).upper()
        raise InputError(
            f"環境変数 {name} の値を使えません({_explained(first)})。",
            f"{name} の値を直すか、取り消してください。",
        ) from error
