"""Drafting: every section and table of a template filled from the brief and the documents."""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from math import inf

from assistant.answering.answer import notes_for
from assistant.answering.provider import ChatModel
from assistant.answering.voice import label_notes
from assistant.japanese.numbers import find_numbers
from assistant.planning import kpi
from assistant.planning.guard import guarded
from assistant.planning.material import Material, Used
from assistant.planning.review import coverage_of, findings_of, values_of
from assistant.planning.tables import plan_tables, quoted
from assistant.planning.template import SectionSpec, Template, load_tables
from assistant.planning.walk import items_of, renumbered
from assistant.planning.write import SectionWriter
from assistant.records.answers import Provenance
from assistant.records.documents import SourceDocument
from assistant.records.plans import BRIEF_NAMES, Brief, PlanItem, PlanSection, ProjectPlan
from assistant.retrieval.index import Index, Progress

_MOST_SENTENCES = 5
_TITLE_CHARACTERS = 40
_RATE = re.compile(r"当たり|あたり|毎年|毎月|年額|月額|につき|各年")


def draft_plan(
    index: Index,
    brief: Brief,
    template: Template,
    provenance: Provenance,
    *,
    model: ChatModel | None = None,
    notes: tuple[str, ...] = (),
    progress: Progress | None = None,
) -> ProjectPlan:
    """A plan of grounded statements and named gaps.

    Without a model all statements are sentences of the documents, word for word. A model writes the
    sections; tables and findings quote. A section it fails to write quotes too, and a note says so.

    Args:
        index: an open index.
        brief: what the town says; an empty one gives a plan full of gaps.
        template: the shape of the plan.
        provenance: what is to be recorded with the plan.
        model: writes the sections; None: sentences of the documents only.
        notes: what the reader must know of this run: a model that could not be opened.
        progress: told of every section.
    """
    tables = load_tables()
    material = Material(index, brief)
    writer = _writer(model, index, brief, template)
    told = progress or (lambda *_: None)
    steps = len(template.section) + 2
    used = Used()
    sections = []
    for done, spec in enumerate(template.section):
        told(spec.heading, done, steps)
        sections.append(_section(spec, brief, material, used, writer))
    told("役割・KPI・日程などの表", steps - 2, steps)
    plan = ProjectPlan(
        title=_title(brief),
        template=template.name,
        template_note=template.disclaimer,
        brief=brief,
        sections=tuple(sections),
        tables=plan_tables(tables.table, brief, material),
        findings=findings_of(
            tables.point, brief, lambda questions: quoted(questions, material, Used())
        ),
        withheld=tuple(writer.withheld) if writer else (),
        notes=(*notes, *(writer.notes if writer else ())),
        mode="llm" if writer and writer.sections else "extractive",
        provenance=_provenance(provenance, writer),
    )
    told("確かめ", steps - 1, steps)
    finished = finish(replace(plan, citations=tuple(material.citations)), template, ())
    told("確かめ", steps, steps)
    return finished


def finish(plan: ProjectPlan, template: Template, said: Iterable[str]) -> ProjectPlan:
    """The plan as it may be shown: guarded, numbered in reading order, with notes and date.

    Args:
        plan: items and citations in place.
        template: whose gaps may stand in it.
        said: what the town has written beside its brief.
    """
    written = list(said)
    said = [*written, *said_in(plan.brief)]
    checked = renumbered(guarded(plan, said, gaps_of(template)))
    documents = [citation.document for citation in checked.citations]
    dates = [document.published for document in documents if document.published]
    return replace(
        checked,
        coverage=coverage_of(template, checked, tuple(written)),
        notes=(
            *checked.notes,
            *_notes(documents),
            *label_notes(item.label for item in items_of(checked)),
        ),
        as_of=max(dates, default=None),
    )


def _notes(documents: list[SourceDocument]) -> list[str]:
    """What to know of the sources: digests in one note, what holds for the others each once."""
    digests = dict.fromkeys(f"「{d.title}」" for d in documents if d.edition == "digest")
    notes = notes_for([d for d in documents if d.edition != "digest"])
    for document in documents:
        if document.edition == "digest":
            notes += [note for note in notes_for([document]) if "が出ています" in note]
    if digests:
        notes.insert(
            0,
            f"出典のうち{'、'.join(digests)}は、案や議事録などを本アシスタントの編集でまとめたものです。"
            "申請に使う前に原文で確かめてください。",
        )
    return list(dict.fromkeys(notes))


def _writer(
    model: ChatModel | None, index: Index, brief: Brief, template: Template
) -> SectionWriter | None:
    if model is None:
        return None
    lines = [f"{BRIEF_NAMES[key]}: {value}" for key, value in values_of(brief).items()]
    criteria = {criterion.id: criterion.name for criterion in template.criterion}
    return SectionWriter(model, index, lines, criteria)


def _provenance(provenance: Provenance, writer: SectionWriter | None) -> Provenance:
    if writer is None or not writer.sections:
        return provenance
    return replace(
        provenance,
        prompt=writer.prompt.label,
        model=writer.model.name,
        input_tokens=writer.usage.input_tokens,
        output_tokens=writer.usage.output_tokens,
    )


def _section(
    spec: SectionSpec, brief: Brief, material: Material, used: Used, writer: SectionWriter | None
) -> PlanSection:
    values = values_of(brief)
    said = [
        PlanItem(f"{BRIEF_NAMES[key]}: {values[key]}", "brief")
        for key in spec.brief
        if key in values
    ]
    computed = [item for name in spec.computed if (item := _COMPUTERS[name](brief))]
    taken = sum(len(item.text) for item in (*said, *computed))
    left = max(0, (spec.limit or inf) - taken)
    found = writer.items(spec, material, used, left) if writer else []
    if not found:
        found = material.answers(spec.questions, used, most=_MOST_SENTENCES, characters=left)
    gaps = [fact.gap for fact in spec.facts if fact.unless not in values]
    if spec.questions and not found:
        gaps.append(load_tables().no_source.gap)
    return PlanSection(
        id=spec.id,
        heading=spec.heading,
        criteria=spec.criteria,
        items=(*said, *found, *computed, *gaps),
        limit=spec.limit,
        tables=spec.tables,
    )


def _per_resident(brief: Brief) -> PlanItem | None:
    """Budget over population, where the brief gives exactly one amount and one number of people.

    An amount per head or per year is no project budget.
    """
    if _RATE.search(brief.budget or ""):
        return None
    budget = [n for n in find_numbers(brief.budget or "") if n.unit == "円"]
    people = [n for n in find_numbers(brief.population or "") if n.unit == "人"]
    if len(budget) != 1 or len(people) != 1 or min(budget[0].value, people[0].value) <= 0:
        return None
    share = (budget[0].value / people[0].value).quantize(Decimal(1), ROUND_HALF_UP)
    formula = f"{budget[0].value:,f}円 ÷ {people[0].value:,f}人 = 約{share:,f}円"
    return PlanItem(f"住民一人当たりの事業費 = {formula}(ブリーフの予算と人口から計算)", "computed")


_COMPUTERS: dict[str, Callable[[Brief], PlanItem | None]] = {"per_resident": _per_resident}


def _title(brief: Brief) -> str:
    return f"{_short(brief.municipality or '')} 地域DX計画(下書き)".strip()


def _short(name: str) -> str:
    """A name that fits a title: of a long list the first names, never a part of one."""
    if len(name) <= _TITLE_CHARACTERS:
        return name
    cuts = [match.start() for match in re.finditer(r"[、，,・/／\s(（]", name)]
    fitting = [cut for cut in cuts if 0 < cut <= _TITLE_CHARACTERS]
    return f"{name[: fitting[-1]]}ほか" if fitting else f"{name[:_TITLE_CHARACTERS]}…"


def said_in(brief: Brief) -> list[str]:
    """What a plan may restate: the brief's values, and the sentences the KPI table takes of it."""
    said = (item for cell in kpi.goal_row(brief).cells for item in cell if item.basis == "brief")
    return [*values_of(brief).values(), *(item.text for item in said)]


def gaps_of(template: Template) -> frozenset[str]:
    """All gaps that the template, the tables and the drafting may ask to be filled in."""
    tables = load_tables()
    rows = [row for table in tables.table for row in table.row]
    rows += (tables.goal, tables.unassigned)
    gaps = [fact.gap for section in template.section for fact in section.facts]
    gaps += (gap for row in rows for cell in row.cells for gap in cell.gaps)
    return frozenset(gap.text for gap in (*gaps, tables.no_source.gap))
