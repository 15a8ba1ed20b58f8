"""Templates as data: sections, the questions each answers, criteria, limits, facts of the town.

The templates that come with the program stand in ``templates/*.toml``; a user's own is named by its
path, or by its name where its folder is set. ``tables.toml`` holds what all templates share.
"""

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from assistant.errors import InputError, cause_of
from assistant.planning.brief import KEYS
from assistant.records.plans import PlanItem

Computed = Literal["per_resident"]
_FOLDER = Path(__file__).with_name("templates")
_NAME = re.compile(r"[A-Za-z0-9_-]+")


def _brief_key(key: str) -> str:
    if key not in KEYS:
        raise ValueError(f"ブリーフにない項目です: {key[:40]}(使える項目: {'、'.join(KEYS)})")
    return key


def _question(question: str) -> str:
    keys = re.findall(r"\{([^{}]*)\}", question)
    if len(keys) > 1:
        raise ValueError(f"1つの問いに使える項目は1つです: {question[:40]}")
    for key in keys:
        _brief_key(key)
    return question


_BriefKey = Annotated[str, AfterValidator(_brief_key)]
_Question = Annotated[str, AfterValidator(_question)]
_Text = Annotated[str, Field(min_length=1)]


class _Record(BaseModel):
    """Frozen, and strict about unknown keys: a misspelt key would be lost silently."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Fact(_Record):
    """What only the municipality can give."""

    what: _Text
    why: _Text
    """Why a reviewer asks for it."""
    where: _Text
    """Where the town finds it."""
    unless: _BriefKey | None = None
    """Key of the brief that gives it; None where no key does."""

    @property
    def gap(self) -> PlanItem:
        """What stands in the plan until the town has filled it in."""
        return PlanItem(f"【要記入: {self.what}。理由: {self.why}。探す所: {self.where}】", "gap")


class Condition(_Record):
    """Something looked for in values of the brief."""

    brief: tuple[_BriefKey, ...] = ()
    """Keys of the brief to look in."""
    mentions: re.Pattern[str] | None = None
    """What one of them must say; None: that one is given is enough."""


class Criterion(Condition):
    """What a call judges by, and what of the brief meets it."""

    id: str
    name: _Text
    question: _Text
    """What to ask the town while it is unmet."""
    kpi: bool = False
    """Met by a KPI with baseline and measure instead of by the brief's words."""


class SectionSpec(_Record):
    """A box of the form."""

    id: str
    heading: _Text
    criteria: tuple[str, ...] = ()
    limit: int | None = Field(default=None, ge=1)
    """Most characters; None where the form names none."""
    brief: tuple[_BriefKey, ...] = ()
    """Keys of the brief restated here."""
    questions: tuple[_Question, ...] = ()
    """Searched in the documents; ``{problem}`` and the like stand for a sentence of the brief, at
    most one in a question."""
    facts: tuple[Fact, ...] = ()
    computed: tuple[Computed, ...] = ()
    tables: tuple[str, ...] = ()
    """Ids of the tables shown with this section."""


class Template(_Record):
    """The shape of a plan."""

    name: str = Field(pattern=f"^{_NAME.pattern}$")
    title: _Text
    follows: _Text
    """Which call of which year it follows."""
    note: _Text
    criterion: tuple[Criterion, ...] = Field(min_length=1)
    section: tuple[SectionSpec, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> "Template":
        known = [criterion.id for criterion in self.criterion]
        ids = [section.id for section in self.section]
        twice = [name for names in (known, ids) for name in names if names.count(name) > 1]
        if twice:
            raise ValueError(f"同じ id が2回あります: {twice[0]}")
        named = {name for section in self.section for name in section.criteria}
        tables = {name for section in self.section for name in section.tables}
        there = {table.id for table in load_tables().table}
        for strange, fault in (
            (named - set(known), "criterion にない id です: {}"),
            (set(known) - named, "どの section も受け持たない criterion です: {}"),
            (tables - there, f"ない表の名前です: {{}}(使える名前: {'、'.join(sorted(there))})"),
        ):
            if strange:
                raise ValueError(fault.format(min(strange)))
        return self

    @property
    def disclaimer(self) -> str:
        """Which call the template follows, and that the call itself decides."""
        return f"構成の基準: {self.follows}。{self.note}"


class Cell(_Record):
    """What fills a cell of a table: answers to questions, or what the town must say."""

    questions: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()

    @property
    def gaps(self) -> tuple[PlanItem, ...]:
        """What the town must say."""
        return tuple(fact.gap for fact in self.facts)


class RowSpec(_Record):
    """A row of a table."""

    label: str
    cells: tuple[Cell, ...]
    organisation_type: str = ""
    """Of a role: who takes it."""
    partners: re.Pattern[str] | None = None
    """Of a role: found in the names of partners of the brief that are of this kind."""


class TableSpec(_Record):
    """A table beside the sections."""

    id: str
    heading: str
    columns: tuple[str, ...]
    row: tuple[RowSpec, ...]


class Point(Condition):
    """What a reviewer would mark down: raised when the brief meets, or fails to meet, it."""

    point: str
    advice: str
    raised: Literal["present", "absent"]
    """Raised when the condition holds (present) or when it does not (absent)."""
    questions: tuple[str, ...]


class Tables(_Record):
    """What all templates share."""

    table: tuple[TableSpec, ...]
    goal: RowSpec
    """The KPI that the brief's goal makes, with what to ask where the brief does not say it."""
    unassigned: RowSpec
    """The role of partners that are of no known kind."""
    no_source: Fact
    """Asked for where no document answers the questions of a section or cell."""
    point: tuple[Point, ...]


_R = TypeVar("_R", bound=_Record)


def template_names(folder: Path | None = None) -> list[str]:
    """Names of the templates that come with the program and of those in the user's folder."""
    folders = [_FOLDER, *([folder] if folder else [])]
    return sorted({path.stem for place in folders for path in place.glob("*.toml")})


def load_template(name_or_path: str | Path, folder: Path | None = None) -> Template:
    """Read a template by its name or its path.

    Args:
        name_or_path: the name of a template, or the path of a TOML file.
        folder: the user's own templates; a name found there goes before the program's own.

    Raises:
        InputError: there is none of this name, or it is broken.
    """
    asked = str(name_or_path)
    if _NAME.fullmatch(asked):
        for place in (folder, _FOLDER):
            if place and (place / f"{asked}.toml").is_file():
                return _read(place / f"{asked}.toml", Template)
    path = Path(asked)
    if path.suffix == ".toml":
        return _read(path, Template)
    raise InputError(
        f"テンプレートがありません: {asked[:80]}",
        f"次の名前か、TOMLファイルの場所を指定してください: {'、'.join(template_names(folder))}",
    )


@lru_cache(maxsize=1)
def load_tables() -> Tables:
    """The tables and reviewers' points that come with the program."""
    return _read(Path(__file__).with_name("tables.toml"), Tables)


def meets(condition: Condition, values: dict[str, str]) -> bool:
    """Whether values of the brief (by key) meet a condition; a condition without keys is not."""
    given = [values[key] for key in condition.brief if values.get(key)]
    if condition.mentions is None:
        return bool(given)
    return any(condition.mentions.search(value) for value in given)


_FAULTS = {
    "missing": "必要な項目がありません",
    "extra_forbidden": "使えない項目です",
    "pattern_regex": "正規表現として読めません",
}
"""pydantic's error types in Japanese."""


def _read(path: Path, record: type[_R]) -> _R:
    try:
        return record.model_validate(tomllib.loads(path.read_bytes().decode("utf-8-sig")))
    except OSError as error:
        raise InputError(
            f"テンプレートを開けません: {path}({cause_of(error)})", "場所と権限を確かめてください。"
        ) from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "全体"
        fault = _FAULTS.get(first["type"], "値の種類が違うか、使えない値です")
        if first["type"] == "value_error":  # raised by the checks in this file, in Japanese
            fault = first["msg"].removeprefix("Value error, ")
        raise InputError(
            f"テンプレートが正しくありません: {path}({place}: {fault})",
            "付属のテンプレート(assistant/planning/templates)と見比べて直してください。",
        ) from error
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"テンプレートをTOMLとして読めません: {path}({cause_of(error)})",
            "UTF-8で保存し、値を引用符で囲んでください。",
        ) from error
