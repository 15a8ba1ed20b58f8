"""A saved plan reopened: what the town has written is kept, every quote is looked up again.

A plan is saved as the JSON of ``draft --json``. What was edited in it since becomes the town's own
words; what its sources no longer say is taken out, and the sources that changed are named.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from assistant.answering.cite import citations_of
from assistant.answering.ground import locate
from assistant.answering.voice import attribution_of, label_of
from assistant.errors import InputError, cause_of
from assistant.planning.brief import KEYS, brief_from
from assistant.planning.draft import finish, gaps_of, said_in
from assistant.planning.guard import fault
from assistant.planning.material import Material, Used
from assistant.planning.review import findings_of
from assistant.planning.tables import quoted
from assistant.planning.template import SectionSpec, Template, load_tables
from assistant.planning.walk import Items, changed
from assistant.retrieval.index import Index
from assistant.schema import (
    Brief,
    Chunk,
    Citation,
    Passage,
    PlanItem,
    PlanKpi,
    PlanRole,
    PlanRow,
    PlanSection,
    PlanStage,
    PlanTable,
    ProjectPlan,
    Provenance,
    SourceDocument,
    Withheld,
)

_MOST_SENTENCES = 3
_MOST_NEWER = 5
_GAP = "【要記入"
_BASES = {"source", "brief", "gap", "computed"}

Row = Mapping[str, Any]


def read_plan(path: Path) -> dict[str, Any]:
    """A saved plan as it stands in its file.

    Raises:
        InputError: the file cannot be opened or is no plan.
    """
    try:
        row = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise InputError(
            f"計画を開けません: {path}({cause_of(error)})", "場所と権限を確かめてください。"
        ) from error
    except (ValueError, RecursionError) as error:
        raise _no_plan(path) from error
    if not isinstance(row, dict) or not isinstance(row.get("template"), str):
        raise _no_plan(path)
    return row


def draft_again(
    index: Index, row: Row, template: Template, provenance: Provenance, path: Path
) -> ProjectPlan:
    """The plan of a saved row, grounded anew in the index as it is now.

    Args:
        index: an open index.
        row: see `read_plan`.
        template: the one the row names.
        provenance: what is to be recorded with the plan.
        path: where the row comes from, for the message if it is no plan.

    Raises:
        InputError: the row is no plan.
    """
    try:
        brief = brief_from({key: row["brief"].get(key) for key in KEYS})
        saved = _plan(row, brief, template, provenance)
        sources = [_Source.of(index, citation) for citation in row["citations"]]
        changes = (*_changes(sources), *_newer(index, row))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _no_plan(path) from error
    material = Material(index, brief, (s.citation for s in sources if s.citation))
    kept, own = _kept(saved, material.citations, said_in(brief), gaps_of(template))
    specs = {spec.id: spec for spec in template.section}
    used = Used()
    for section in kept.sections:
        for item in section.items:
            used.add(item.text)
    plan = replace(
        kept,
        sections=tuple(
            _refilled(section, before, specs[section.id], material, used)
            for section, before in zip(kept.sections, saved.sections, strict=True)
        ),
        findings=findings_of(
            load_tables().point,
            _with_notes(brief, own),
            lambda questions: quoted(questions, material, Used()),
        ),
        changes=changes,
    )
    plan = replace(plan, citations=tuple(material.citations))
    return finish(plan, template, own)


class _Source:
    """A citation as saved, and where its quote stands now."""

    def __init__(self, row: Row, document: SourceDocument | None, found: Citation | None) -> None:
        self.row = row
        self.document = document
        """The document cited or its new version; None where it is no longer indexed."""
        self.citation = found

    @classmethod
    def of(cls, index: Index, row: Row) -> "_Source":
        documents = index.manifest.documents
        document = documents.get(row["doc_id"]) or next(
            (
                d
                for d in documents.values()
                if d.source_path == row["source_path"] or d.title == row["title"]
            ),
            None,
        )
        found = _located(index, row, document) if document else None
        return cls(row, document, found)


def _located(index: Index, row: Row, document: SourceDocument) -> Citation | None:
    for chunk in _chunks(index, document.doc_id):
        place = locate(row["quote"], chunk.text)
        if not place or len(place.spans) != 1:
            continue
        passage = Passage(1, 0.0, chunk, document)
        found = citations_of(passage, *place.spans[0], int(row["number"]), index.pages)
        if len(found) == 1 and found[0].verified:
            return found[0]
    return None


def _chunks(index: Index, doc_id: str) -> list[Chunk]:
    found: list[Chunk] = []
    step = 64
    while True:
        ids = [f"{doc_id}-{n:04d}" for n in range(len(found), len(found) + step)]
        chunks = index.vectors.chunks(ids)
        found += [chunks[i] for i in ids if i in chunks]
        if len(chunks) < step:
            return found


def _kept(
    plan: ProjectPlan, citations: list[Citation], said: Collection[str], gaps: Collection[str]
) -> tuple[ProjectPlan, list[str]]:
    """The plan with what still holds or is the town's own; and the town's own texts."""
    cited = {citation.number: citation for citation in citations}
    own: list[str] = []
    withheld: list[Withheld] = []

    def keep(items: Items, place: str) -> Items:
        kept = []
        for item in items:
            if any(number not in cited for number in item.citations):
                reason = "根拠にした文が、今の資料に見つからない"
                withheld.append(Withheld(item.text, reason, place))
            elif fault(item, cited, said, gaps) is None:
                kept.append(_attributed(item, cited))
            elif item.text.startswith(_GAP):
                withheld.append(Withheld(item.text, "テンプレートにない記入欄", place))
            elif item.text.strip():
                own.append(item.text)
                kept.append(PlanItem(item.text, "brief"))
        return tuple(kept)

    kept = changed(plan, keep)
    return replace(kept, withheld=tuple(withheld)), own


def _attributed(item: PlanItem, cited: dict[int, Citation]) -> PlanItem:
    """The item with who said it, as its sources are known now."""
    if not item.citations:
        return item
    passages = [
        Passage(1, 0.0, cited[n].chunk, cited[n].document) for n in dict.fromkeys(item.citations)
    ]
    said = dict.fromkeys(attribution_of(passage) for passage in passages)
    labels = dict.fromkeys(label_of(passage.chunk, item.text) for passage in passages)
    return replace(
        item,
        attribution="、".join(name for name in said if name) or None,
        label="・".join(label for label in labels if label) or None,
    )


def _refilled(
    section: PlanSection, before: PlanSection, spec: SectionSpec, material: Material, used: Used
) -> PlanSection:
    """The section with new sentences where it has lost all of its sources."""
    had, has = (any(i.basis == "source" for i in s.items) for s in (before, section))
    if has or not had:
        return section
    left = None if section.limit is None else max(0, section.limit - section.characters)
    found = material.answers(spec.questions, used, most=_MOST_SENTENCES, characters=left)
    said = [item for item in section.items if item.basis != "gap"]
    gaps = [item for item in section.items if item.basis == "gap"]
    return replace(section, items=(*said, *found, *gaps))


def _changes(sources: list[_Source]) -> list[str]:
    """What became of the documents cited, each once."""
    changes = []
    for source in sources:
        row, document = source.row, source.document
        title = f"「{row['title']}」"
        if document is None:
            changes.append(f"{title}は、索引にありません。これを根拠にした記述は外しました。")
        elif document.doc_id != row["doc_id"]:
            changes.append(
                f"{title}は、内容が変わりました"
                f"({row['published'] or '日付不明'} → {document.published or '日付不明'})。"
                "引用は新しい内容で確かめ直し、見つからない記述は外しました。"
            )
        elif source.citation is None:
            changes.append(f"{title}の元のファイルが、取り込んだ後に変わったか、なくなっています。")
        elif document.superseded_by and document.superseded_by != row["superseded_by"]:
            changes.append(f"{title}の後に、{document.superseded_by}が出ています。")
    return list(dict.fromkeys(changes))


def _newer(index: Index, row: Row) -> list[str]:
    """Documents dated after the newest one the plan knew."""
    known = row.get("as_of")
    if not isinstance(known, str):
        return []
    newer = [
        f"「{document.title}」({document.published})"
        for document in index.manifest.documents.values()
        if document.published and document.published > known
    ]
    if not newer:
        return []
    more = f"ほか{len(newer) - _MOST_NEWER}件" if len(newer) > _MOST_NEWER else ""
    listed = "、".join(newer[:_MOST_NEWER])
    return [f"前回より新しい資料があります: {listed}{more}。下書きを作り直すと使われます。"]


def _with_notes(brief: Brief, own: list[str]) -> Brief:
    return replace(brief, notes="\n".join([*([brief.notes] if brief.notes else []), *own]) or None)


def _plan(row: Row, brief: Brief, template: Template, provenance: Provenance) -> ProjectPlan:
    """The saved row as records; citations, coverage and findings are made anew."""
    return ProjectPlan(
        title=_text(row["title"]),
        template=template.name,
        template_note=template.disclaimer,
        brief=brief,
        sections=tuple(_section(section, template) for section in row["sections"]),
        roles=tuple(
            PlanRole(
                _text(role["role"]),
                _text(role["organisation_type"]),
                tuple(_text(name) for name in role["candidates"]),
                **_cells(role, "duties", "cost", "data"),
            )
            for role in row["roles"]
        ),
        kpis=tuple(
            PlanKpi(
                _text(kpi["name"]),
                **_cells(kpi, "outcome", "baseline", "targets", "measure", "grounds"),
            )
            for kpi in row["kpis"]
        ),
        schedule=tuple(
            PlanStage(
                _text(stage["stage"]), **_cells(stage, "period", "activities", "exit_criteria")
            )
            for stage in row["schedule"]
        ),
        tables=tuple(
            PlanTable(
                _text(table["id"]),
                _text(table["heading"]),
                tuple(_text(name) for name in table["columns"]),
                tuple(
                    PlanRow(_text(line["label"]), tuple(_items(cell) for cell in line["cells"]))
                    for line in table["rows"]
                ),
            )
            for table in row["tables"]
        ),
        citations=(),
        coverage=(),
        findings=(),
        withheld=(),
        notes=(),
        changes=(),
        as_of=None,
        mode="llm" if row["mode"] == "llm" else "extractive",
        provenance=provenance,
    )


def _section(row: Row, template: Template) -> PlanSection:
    """A section; what the template says of it goes before what the file says."""
    spec = next((spec for spec in template.section if spec.id == row["id"]), None)
    if spec is None:
        raise ValueError(row["id"])
    items = _items(row["items"])
    return PlanSection(spec.id, spec.heading, spec.criteria, items, spec.limit, spec.tables)


def _cells(row: Row, *names: str) -> dict[str, Items]:
    return {name: _items(row["cells"][name]) for name in names}


def _items(rows: list[Row]) -> Items:
    return tuple(_item(row) for row in rows)


def _item(row: Row) -> PlanItem:
    if row["basis"] not in _BASES or not all(isinstance(n, int) for n in row["citations"]):
        raise ValueError(row["basis"])
    return PlanItem(_text(row["text"]), row["basis"], tuple(row["citations"]))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _no_plan(path: Path) -> InputError:
    return InputError(
        f"保存した計画として読めません: {path}",
        "regional-dx draft が保存したJSONを指定し、直すときは文だけを変えてください。",
    )
