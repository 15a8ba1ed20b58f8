"""Records as the JSON objects that scripts rely on; every key is always present."""

from dataclasses import asdict
from typing import Any

from assistant.schema import (
    Answer,
    Chunk,
    Citation,
    Filters,
    Found,
    IngestReport,
    Passage,
    PlanItem,
    PlanSection,
    ProjectPlan,
    SourceDocument,
)

Row = dict[str, Any]


def passage_row(passage: Passage, *, explain: bool = False) -> Row:
    """A search result: rank, score, text, source, where nearly the same stands too.

    Args:
        passage: the result.
        explain: add ``why``: what each signal added to the score, and which words met what.
    """
    chunk = passage.chunk
    row: Row = {
        "rank": passage.rank,
        "score": round(passage.score, 6),
        "chunk_id": chunk.chunk_id,
        "text": chunk.text,
        **_source(chunk, passage.document, chunk),
        "also": [
            {"chunk_id": p.chunk.chunk_id, **_source(p.chunk, p.document, p.chunk)}
            for p in passage.also
        ],
    }
    if explain and passage.why:
        row["why"] = {
            "signals": {name: round(value, 6) for name, value in passage.why.signals.items()},
            "matches": [asdict(match) for match in passage.why.matches],
        }
    return row


def citation_row(citation: Citation) -> Row:
    """A citation: number, quote and the quote's own place."""
    return {
        "number": citation.number,
        "chunk_id": citation.chunk.chunk_id,
        "quote": citation.quote,
        "verified": citation.verified,
        "ocr": citation.ocr,
        **_source(citation.chunk, citation.document, citation),
    }


def answer_row(answer: Answer, question_id: str | None = None) -> Row:
    """An answer with its statements, citations and provenance."""
    return {
        "id": question_id,
        "question": answer.question,
        "standalone": answer.standalone,
        "filters": _given(answer.filters),
        "answer": answer.answer,
        "outcome": answer.outcome,
        "refused": answer.refused,
        "reason": answer.reason,
        "mode": answer.mode,
        "statements": [
            {
                "text": s.text,
                "cells": [list(cell) for cell in s.cells],
                "attribution": s.attribution,
                "label": s.label,
                "citations": list(s.citations),
            }
            for s in answer.statements
        ],
        "citations": [citation_row(citation) for citation in answer.citations],
        "unverified": list(answer.unverified),
        "notes": list(answer.notes),
        "as_of": answer.as_of,
        "nearest": [passage_row(passage) for passage in answer.nearest],
        "weighed": asdict(answer.weighed) if answer.weighed else None,
        "provenance": asdict(answer.provenance),
        "seconds": answer.seconds,
    }


def search_row(
    question_id: str | None, question: str, found: Found, seconds: float, *, explain: bool = False
) -> Row:
    """The results of one search, with the restrictions it kept."""
    return {
        "id": question_id,
        "query": question,
        "filters": _given(found.filters),
        "notes": list(found.notes),
        "results": [passage_row(passage, explain=explain) for passage in found.passages],
        "seconds": round(seconds, 4),
    }


def plan_row(plan: ProjectPlan) -> Row:
    """A plan, whole: what `assistant.planning.again` reads back."""
    return {
        "title": plan.title,
        "template": plan.template,
        "template_note": plan.template_note,
        "mode": plan.mode,
        "brief": {**asdict(plan.brief), "partners": list(plan.brief.partners)},
        "sections": [_section_row(section) for section in plan.sections],
        "roles": [
            {
                "role": role.role,
                "organisation_type": role.organisation_type,
                "candidates": list(role.candidates),
                "basis": role.basis,
                **_cells(duties=role.duties, cost=role.cost, data=role.data),
            }
            for role in plan.roles
        ],
        "kpis": [
            {
                "name": kpi.name,
                "basis": kpi.basis,
                **_cells(
                    outcome=kpi.outcome,
                    baseline=kpi.baseline,
                    targets=kpi.targets,
                    measure=kpi.measure,
                    grounds=kpi.grounds,
                ),
            }
            for kpi in plan.kpis
        ],
        "schedule": [
            {
                "stage": stage.stage,
                **_cells(
                    period=stage.period,
                    activities=stage.activities,
                    exit_criteria=stage.exit_criteria,
                ),
            }
            for stage in plan.schedule
        ],
        "tables": [
            {
                "id": table.id,
                "heading": table.heading,
                "columns": list(table.columns),
                "rows": [
                    {"label": row.label, "cells": [_items(cell) for cell in row.cells]}
                    for row in table.rows
                ],
            }
            for table in plan.tables
        ],
        "citations": [citation_row(citation) for citation in plan.citations],
        "coverage": [{**asdict(row), "sections": list(row.sections)} for row in plan.coverage],
        "findings": [
            {"point": f.point, "advice": f.advice, "grounds": _items(f.grounds)}
            for f in plan.findings
        ],
        "withheld": [asdict(row) for row in plan.withheld],
        "notes": list(plan.notes),
        "changes": list(plan.changes),
        "as_of": plan.as_of,
        "provenance": asdict(plan.provenance),
        "seconds": plan.seconds,
    }


def ingest_row(report: IngestReport) -> Row:
    """What an ingest run did."""
    return {
        "files": report.files,
        "added": list(report.added),
        "updated": list(report.updated),
        "unchanged": list(report.unchanged),
        "removed": list(report.removed),
        "skipped": [asdict(row) for row in report.skipped],
        "partly": [{**asdict(row), "pages": list(row.pages)} for row in report.partly],
        "duplicates": list(report.duplicates),
        "index_id": report.index_id,
        "chunks": report.chunks,
        "seconds": round(report.seconds, 2),
    }


def _given(filters: Filters) -> Row:
    return {name: value for name, value in asdict(filters).items() if value}


def _section_row(section: PlanSection) -> Row:
    return {
        "id": section.id,
        "heading": section.heading,
        "criteria": list(section.criteria),
        "items": _items(section.items),
        "gaps": list(section.gaps),
        "characters": section.characters,
        "limit": section.limit,
        "tables": list(section.tables),
    }


def _cells(**cells: tuple[PlanItem, ...]) -> Row:
    """Each cell as the text a reader sees, all citations of the row, and the items themselves."""
    items = [item for cell in cells.values() for item in cell]
    return {
        **{name: "\n".join(item.text for item in cell) for name, cell in cells.items()},
        "citations": list(dict.fromkeys(n for item in items for n in item.citations)),
        "cells": {name: _items(cell) for name, cell in cells.items()},
    }


def _items(items: tuple[PlanItem, ...]) -> list[Row]:
    return [{**asdict(item), "citations": list(item.citations)} for item in items]


def _source(chunk: Chunk, document: SourceDocument, place: Chunk | Citation) -> Row:
    return {
        "doc_id": document.doc_id,
        "title": document.title,
        "publisher": document.publisher,
        "published": document.published,
        "kind": document.kind,
        "status": document.status,
        "superseded_by": document.superseded_by,
        "url": document.url,
        "edition": document.edition,
        "original": asdict(document.original) if document.original else None,
        "speaker": chunk.speaker,
        "role": chunk.role,
        "organisation": chunk.organisation,
        "agenda": chunk.agenda,
        "voice": chunk.voice,
        "claim": chunk.claim,
        "section": chunk.section,
        "page": place.page,
        "page_label": place.page_label,
        "line_start": place.line_start,
        "line_end": place.line_end,
        "locator": place.locator,
        "source_path": document.source_path,
    }
