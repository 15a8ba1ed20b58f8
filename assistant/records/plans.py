"""A brief and the project plan drafted from it."""

from dataclasses import dataclass, field
from typing import Literal

from assistant.records.answers import Citation, Mode, Provenance

Basis = Literal["source", "brief", "gap", "computed"]
CoverageState = Literal["source", "brief", "unmet"]


@dataclass(frozen=True, slots=True)
class Brief:
    """What a town or its consultant says of the project; None or empty where nothing was said.

    Texts stand as the user wrote them, control characters removed.
    """

    municipality: str | None = None
    population: str | None = None
    """「12,000人」: a bare number is given its unit."""
    problem: str | None = None
    goal: str | None = None
    partners: tuple[str, ...] = ()
    budget: str | None = None
    period: str | None = None
    programme: str | None = None
    """The call that is applied for."""
    fiscal_year: str | None = None
    constraints: str | None = None
    notes: str | None = None

    def text(self, key: str) -> str:
        """The value under a key, a list joined with 「、」; empty where nothing was said."""
        value: str | tuple[str, ...] | None = getattr(self, key)
        return "、".join(value) if isinstance(value, tuple) else value or ""


BRIEF_NAMES = {
    "municipality": "自治体",
    "population": "人口",
    "problem": "課題",
    "goal": "目指す姿",
    "partners": "連携する相手",
    "budget": "予算の見込み",
    "period": "期間",
    "programme": "申請を考えている事業",
    "fiscal_year": "申請する年度",
    "constraints": "制約",
    "notes": "その他",
}
"""What the parts of a `Brief` are called in a plan."""


@dataclass(frozen=True, slots=True)
class PlanItem:
    """One statement of a plan and what it rests on."""

    text: str
    basis: Basis
    """source: rests on quotes; brief: restates the brief; gap: 【要記入: …】, for the town to fill
    in; computed: shows its formula over numbers of the brief or of quotes."""
    citations: tuple[int, ...] = ()
    attribution: str | None = None
    """Who said it, as in `Statement`."""
    label: str | None = None
    """「論点」, 「提案」, 「仮説」, as in `Statement`; 「手で直した文」, see `planning.edit`."""


@dataclass(frozen=True, slots=True)
class PlanSection:
    """One box of the plan."""

    id: str
    heading: str
    criteria: tuple[str, ...]
    """Ids of the template's criteria that the section serves."""
    items: tuple[PlanItem, ...]
    """In reading order: of the brief, from sources, computed, gaps last."""
    limit: int | None = None
    """Most characters the box takes; None where the template names no limit."""
    tables: tuple[str, ...] = ()
    """Ids of the tables that belong to the section."""

    @property
    def gaps(self) -> tuple[str, ...]:
        """What the town must fill in."""
        return tuple(item.text for item in self.items if item.basis == "gap")

    @property
    def characters(self) -> int:
        """Characters of the box without line breaks and without the gaps still to be filled."""
        return sum(len(i.text.replace("\n", "")) for i in self.items if i.basis != "gap")

    @property
    def over(self) -> bool:
        """Whether the box takes less."""
        return self.limit is not None and self.characters > self.limit


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A row of a `PlanTable`."""

    label: str
    """First column: template text, or what the town calls it."""
    cells: tuple[tuple[PlanItem, ...], ...]
    """One tuple of items for every further column."""
    organisation_type: str = ""
    """想定主体: the kind of organisation that a role is for, template text."""
    candidates: tuple[str, ...] = ()
    """Partners of the brief that are of this kind."""


@dataclass(frozen=True, slots=True)
class PlanTable:
    """A table beside the sections: roles, KPIs, schedule, people, costs, security, risks."""

    id: str
    heading: str
    columns: tuple[str, ...]
    """Headings of the label and of the cells."""
    rows: tuple[PlanRow, ...]


def kpi_basis(kpi: PlanRow) -> Basis:
    """A gap until outcome, baseline and measure are all known; then what the outcome is."""
    outcome, baseline, _, measure, _ = kpi.cells
    needed = (*outcome, *baseline, *measure)
    open_ = not needed or any(item.basis == "gap" for item in needed)
    return "gap" if open_ else outcome[0].basis


@dataclass(frozen=True, slots=True)
class Coverage:
    """How a criterion of the call is met by the plan."""

    id: str
    criterion: str
    state: CoverageState
    sections: tuple[str, ...]
    """Ids of the sections that meet it; of those that should, when it is unmet."""
    question: str | None
    """What to ask the town; None when a source meets the criterion and the brief adds to it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a reviewer would mark down, and the passages that say why."""

    point: str
    advice: str
    grounds: tuple[PlanItem, ...]


@dataclass(frozen=True, slots=True)
class Withheld:
    """A statement that broke a rule of the plan and is therefore not part of it."""

    text: str
    reason: str
    place: str
    """Heading of the section or table it was written for."""


@dataclass(frozen=True, slots=True)
class ProjectPlan:
    """A draft plan in the shape of a form: every claim sourced, every local fact left open."""

    title: str
    template: str
    """Name of the template."""
    template_note: str
    """Which call the template follows, and that the call itself decides."""
    brief: Brief
    sections: tuple[PlanSection, ...]
    tables: tuple[PlanTable, ...]
    mode: Mode
    provenance: Provenance
    citations: tuple[Citation, ...] = ()
    """Numbered through the whole plan in reading order: sections, then tables, then findings."""
    coverage: tuple[Coverage, ...] = ()
    findings: tuple[Finding, ...] = ()
    withheld: tuple[Withheld, ...] = ()
    notes: tuple[str, ...] = ()
    """What a reader must know of the sources: draft, digest, opinion, replaced."""
    changes: tuple[str, ...] = ()
    """Sources changed since the plan was last drafted; empty for a new plan."""
    as_of: str | None = None
    """Date of the newest document cited."""
    seconds: float = field(default=0.0, compare=False)

    def table(self, table_id: str) -> PlanTable:
        """The table of an id that `tables` has."""
        return next(table for table in self.tables if table.id == table_id)


@dataclass(frozen=True, slots=True)
class FormBox:
    """A box of an official form, and what of a plan goes into it."""

    place: str
    """「表1 2行3列」 or 「段落 12」 of a Word file, 「申請!C5」 of an Excel file; all 1-based."""
    label: str
    """The heading or cell that says what belongs here."""
    hint: str
    """記入例 or instruction that stands in the box; empty where the box is empty."""
    limit: int | None
    """Most characters, where label or hint name them (「400字以内」)."""
    target: str | None
    """Id of a section, ``brief.`` and a key of the brief, or None: nothing fits."""
