"""A saved plan reopened: what the town has written is kept, every quote is looked up again.

A plan is saved as the JSON of ``draft --json``. What was edited in it since becomes the town's own
words; what its sources no longer say is taken out, and the sources that changed are named.
"""

from collections.abc import Collection
from dataclasses import asdict, replace
from math import inf
from typing import NamedTuple

from assistant.answering.cite import citations_of
from assistant.answering.ground import locate
from assistant.answering.voice import attribution_of, label_of
from assistant.errors import InputError
from assistant.planning.brief import brief_from
from assistant.planning.draft import finish, gaps_of, said_in
from assistant.planning.guard import fault
from assistant.planning.material import Material, Used
from assistant.planning.review import findings_of
from assistant.planning.tables import quoted
from assistant.planning.template import Template, load_tables
from assistant.planning.walk import Items, changed
from assistant.records.answers import Citation, Passage, Provenance
from assistant.records.documents import SourceDocument
from assistant.records.plans import PlanItem, PlanSection, PlanTable, ProjectPlan, Withheld
from assistant.records.text import Chunk
from assistant.retrieval.index import Index

_MOST_SENTENCES = 3
_MOST_NEWER = 5
_GAP = "【要記入"


def draft_again(
    index: Index, saved: ProjectPlan, template: Template, provenance: Provenance
) -> ProjectPlan:
    """A saved plan grounded anew in the index as it is now.

    Args:
        index: an open index.
        saved: as `assistant.export.rows.read_plan` gives it.
        template: the one the plan names, or another with the same sections.
        provenance: what is to be recorded with the plan.

    Raises:
        InputError: a section or table is none of the template's, or the brief cannot be used.
    """
    brief = brief_from(asdict(saved.brief))
    sources = [_source(index, citation) for citation in saved.citations]
    material = Material(index, brief, (s.now for s in sources if s.now))
    shaped = _shaped(saved, template)
    kept, own = _kept(shaped, material.citations, said_in(brief), gaps_of(template))
    used = Used()
    for section in kept.sections:
        for item in section.items:
            used.add(item.text)
    notes = "\n".join(filter(None, [brief.notes, *own])) or None
    plan = replace(
        kept,
        template=template.name,
        template_note=template.disclaimer,
        brief=brief,
        sections=tuple(
            _refilled(section, before, template, material, used)
            for section, before in zip(kept.sections, shaped.sections, strict=True)
        ),
        findings=findings_of(
            load_tables().point,
            replace(brief, notes=notes),
            lambda questions: quoted(questions, material, Used()),
        ),
        notes=(),
        changes=(*_changes(sources), *_newer(index, saved.as_of)),
        provenance=provenance,
    )
    return finish(replace(plan, citations=tuple(material.citations)), template, own)


def _shaped(plan: ProjectPlan, template: Template) -> ProjectPlan:
    """The plan with what the template says of its parts, whatever the file says."""
    specs = {spec.id: spec for spec in template.section}
    shapes = {spec.id: spec for spec in load_tables().table}
    strange = [part.id for part in plan.sections if part.id not in specs]
    strange += [part.id for part in plan.tables if part.id not in shapes]
    if strange:
        raise InputError(
            f"保存した計画の欄が、テンプレート「{template.name}」にありません: {strange[0][:40]}",
            "計画を作ったときのテンプレートを --template で指定してください。",
        )
    return replace(
        plan,
        sections=tuple(
            PlanSection(s.id, s.heading, s.criteria, part.items, s.limit, s.tables)
            for part in plan.sections
            for s in [specs[part.id]]
        ),
        tables=tuple(
            PlanTable(s.id, s.heading, s.columns, part.rows)
            for part in plan.tables
            for s in [shapes[part.id]]
        ),
        findings=(),  # they are found anew
    )


class _Source(NamedTuple):
    """A citation as saved, and where its quote stands now."""

    saved: Citation
    document: SourceDocument | None
    """The document cited or its new version; None where it is no longer indexed."""
    now: Citation | None


def _source(index: Index, saved: Citation) -> _Source:
    known, cited = index.manifest.documents, saved.document
    same = (
        d for d in known.values() if d.source_path == cited.source_path or d.title == cited.title
    )
    document = known.get(cited.doc_id) or next(same, None)
    return _Source(saved, document, _located(index, saved, document) if document else None)


def _located(index: Index, saved: Citation, document: SourceDocument) -> Citation | None:
    for chunk in _chunks(index, document.doc_id):
        place = locate(saved.quote, chunk.text)
        if not place or len(place.spans) != 1:
            continue
        passage = Passage(1, 0.0, chunk, document)
        found = citations_of(passage, *place.spans[0], saved.number, index.pages)
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
    section: PlanSection, before: PlanSection, template: Template, material: Material, used: Used
) -> PlanSection:
    """The section with new sentences where it has lost all of its sources."""
    had, has = (any(i.basis == "source" for i in s.items) for s in (before, section))
    if has or not had:
        return section
    left = max(0, (section.limit or inf) - section.characters)
    questions = next(spec.questions for spec in template.section if spec.id == section.id)
    found = material.answers(questions, used, most=_MOST_SENTENCES, characters=left)
    said = [item for item in section.items if item.basis != "gap"]
    gaps = [item for item in section.items if item.basis == "gap"]
    return replace(section, items=(*said, *found, *gaps))


def _changes(sources: list[_Source]) -> list[str]:
    """What became of the documents cited, each once."""
    changes = []
    for source in sources:
        cited, document = source.saved.document, source.document
        title = f"「{cited.title}」"
        if document is None:
            changes.append(f"{title}は、索引にありません。これを根拠にした記述は外しました。")
        elif document.doc_id != cited.doc_id:
            changes.append(
                f"{title}は、内容が変わりました"
                f"({cited.published or '日付不明'} → {document.published or '日付不明'})。"
                "引用は新しい内容で確かめ直し、見つからない記述は外しました。"
            )
        elif source.now is None:
            changes.append(f"{title}の元のファイルが、取り込んだ後に変わったか、なくなっています。")
        elif document.superseded_by and document.superseded_by != cited.superseded_by:
            changes.append(f"{title}の後に、{document.superseded_by}が出ています。")
    return list(dict.fromkeys(changes))


def _newer(index: Index, known: str | None) -> list[str]:
    """Documents dated after the newest one the plan knew."""
    newer = [
        f"「{document.title}」({document.published})"
        for document in index.manifest.documents.values()
        if known and document.published and document.published > known
    ]
    if not newer:
        return []
    more = f"ほか{len(newer) - _MOST_NEWER}件" if len(newer) > _MOST_NEWER else ""
    listed = "、".join(newer[:_MOST_NEWER])
    return [f"前回より新しい資料があります: {listed}{more}。下書きを作り直すと使われます。"]
