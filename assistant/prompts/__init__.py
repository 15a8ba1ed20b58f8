"""Prompts as files: Japanese text with a TOML head, checked when loaded, named by their hash.

::

    +++
    name = "answer"                 the file's name
    version = "1"
    purpose = "…"
    variables = ["question"]        exactly those that stand as {question} below
    output = "statements"           which of the shapes in OUTPUTS the model is to return
    +++
    ## system                       optional
    ## user
"""

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
_tried: dict[str, Path] = {}
_HEAD = re.compile(r"\+\+\+\n(?P<head>.*?)\n\+\+\+\n(?P<body>.*)", re.DOTALL)
_PART = re.compile(r"^## (\w+)$", re.MULTILINE)
# JSON examples hold braces too: only {name} is a variable.
_VARIABLE = re.compile(r"\{([a-z_]+)\}")
_KEYS = {"name", "version", "purpose", "variables", "output"}
_ROLES = {"system": "system", "user": "human"}

Messages = list[tuple[str, str]]
"""(role, text), the role as LangChain calls it: ``system``, ``human``, ``ai``."""


def _object(**properties: dict[str, Any]) -> dict[str, Any]:
    """A JSON schema of an object whose keys are all required and that has no others."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _array(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


_STRING = {"type": "string"}
_EVIDENCE = _object(passage={"type": "integer"}, quote=_STRING)

OUTPUTS: dict[str, dict[str, Any]] = {
    "statements": _object(statements=_array(_object(text=_STRING, evidence=_array(_EVIDENCE)))),
    "question": _object(question=_STRING),
    "remarks": _object(
        remarks=_array(
            _object(section=_STRING, criterion=_STRING, problem=_STRING, question=_STRING)
        )
    ),
    "verdict": _object(
        correct={"type": "integer", "enum": [0, 1, 2]},
        supported={"type": "number"},
        contradicts={"type": "boolean"},
        reason=_STRING,
    ),
}
"""JSON schemas of what models return, by the name a prompt gives for its output."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt as loaded: what it is for, its variables, its text."""

    name: str
    version: str
    purpose: str
    variables: frozenset[str]
    output: str
    """A key of `OUTPUTS`."""
    hash: str
    """SHA-256 (64 hex digits) of the file with LF line ends and without trailing white space."""
    parts: tuple[tuple[str, str], ...] = field(repr=False)
    """(role, text with variables)."""

    @property
    def label(self) -> str:
        """``answer@1:0123456789ab``, as provenance records it."""
        return f"{self.name}@{self.version}:{self.hash[:12]}"

    @property
    def schema(self) -> dict[str, Any]:
        """JSON schema of the output, titled as structured output needs it."""
        return {"title": self.output, "description": self.purpose, **OUTPUTS[self.output]}

    def render(self, **variables: object) -> Messages:
        """The messages with every variable put in; a value is never searched for variables.

        Raises:
            ValueError: a variable is missing or unknown.
        """
        if variables.keys() != self.variables:
            wrong = sorted(variables.keys() ^ self.variables)
            raise ValueError(f"prompt {self.name}: missing or unknown variables {wrong}")
        return [
            (role, _VARIABLE.sub(lambda match: str(variables[match[1]]), text))
            for role, text in self.parts
        ]


def load_prompt(name: str, path: Path | None = None) -> Prompt:
    """The prompt `name` that comes with the program, or the one in the file `path`.

    Raises:
        ValueError: the file is no prompt, its name or output is wrong, or the variables it names
            are not those that stand in its text.
    """
    return _load(name, path or _tried.get(name) or FOLDER / f"{name}.md")


@contextmanager
def trying(files: Mapping[str, Path]) -> Iterator[None]:
    """Within the block `load_prompt` takes these files in place of those of the program.

    For evaluation runs; it holds for all threads, and blocks do not nest.

    Raises:
        ValueError: a file is no prompt of its name.
    """
    for name, path in files.items():
        _load(name, path)
    _tried.update(files)
    try:
        yield
    finally:
        _tried.clear()


@lru_cache(maxsize=32)
def _load(name: str, path: Path) -> Prompt:
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    text = "\n".join(line.rstrip() for line in lines).strip() + "\n"
    match = _HEAD.fullmatch(text)
    if not match:
        raise ValueError(f"{path.name}: no head between two lines of +++")
    head = tomllib.loads(match["head"])
    if head.keys() != _KEYS:
        raise ValueError(f"{path.name}: keys {sorted(head.keys() ^ _KEYS)} missing or unknown")
    if head["name"] != name or head["output"] not in OUTPUTS:
        raise ValueError(f"{path.name}: unknown name or output: {head['name']}, {head['output']}")
    before, *rest = _PART.split(match["body"])
    titles, texts = rest[::2], [part.strip() for part in rest[1::2]]
    if before.strip() or titles not in (["system", "user"], ["user"]) or not all(texts):
        raise ValueError(f"{path.name}: the parts are ## system (optional) and ## user")
    used = set(_VARIABLE.findall("\n".join(texts)))
    if used != set(head["variables"]):
        wrong = sorted(used ^ set(head["variables"]))
        raise ValueError(f"{path.name}: variables {wrong} missing or unknown")
    return Prompt(
        name=name,
        version=head["version"],
        purpose=head["purpose"],
        variables=frozenset(used),
        output=head["output"],
        hash=hashlib.sha256(text.encode()).hexdigest(),
        parts=tuple((_ROLES[t], part) for t, part in zip(titles, texts, strict=True)),
    )
