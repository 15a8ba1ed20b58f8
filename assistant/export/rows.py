"""Records as the JSON objects that scripts rely on; every key is always present."""

import json
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter
from pydantic_core import to_jsonable_python

from assistant.errors import InputError, cause_of
from assistant.records.answers import Answer, Citation, Filters, Found, Passage
from assistant.records.documents import SourceDocument
from assistant.records.plans import PlanRow, PlanSection, ProjectPlan, kpi_basis
from assistant.records.reports import IngestReport
from assistant.records.text import Chunk

Row = dict[str, Any]

_TABLES = {
    "roles": ("role", "duties", "cost", "data"),
    "kpis": ("name", "outcome", "baseline", "targets", "measure", "grounds"),
    "schedule": ("stage", "period", "activities", "exit_criteria"),
}
"""Tables of a plan that have a key of their own: what label and cells are called there."""


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
    """A plan, whole: what `read_plan` reads back."""
    plain: Row = to_jsonable_python(plan)
    before = ("title", "template", "template_note", "mode", "brief")
    behind = ("coverage", "findings", "withheld", "notes", "changes", "as_of", "provenance")
    return {
        **{key: plain[key] for key in before},
        "sections": [_section_row(section) for section in plan.sections],
        **{key: [_table_row(key, row) for row in plan.table(key).rows] for key in _TABLES},
        "tables": [
            table | {"rows": [{"label": r["label"], "cells": r["cells"]} for r in table["rows"]]}
            for table in plain["tables"]
            if table["id"] not in _TABLES
        ],
        "citations": [citation_row(citation) for citation in plan.citations],
        **{key: plain[key] for key in behind},
        "seconds": plan.seconds,
    }


def read_plan(path: Path) -> ProjectPlan:
    """The plan of a file that holds the JSON of `plan_row`, as far as that tells.

    A citation's chunk is without its text, a table with a key of its own without heading and
    columns.

    Raises:
        InputError: the file cannot be opened or is no plan.
    """
    try:
        return _plan(json.loads(path.read_text(encoding="utf-8-sig")))
    except OSError as error:
        raise InputError(
            f"計画を開けません: {path}({cause_of(error)})", "場所と権限を確かめてください。"
        ) from error
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise InputError(
            f"保存した計画として読めません: {path}",
            "regional-dx draft が保存したJSONを指定し、直すときは文だけを変えてください。",
        ) from error


def _plan(row: Row) -> ProjectPlan:
    tables = [
        {"id": key, "heading": "", "columns": (), "rows": [_read_row(key, r) for r in row[key]]}
        for key in _TABLES
    ]
    citations = [
        {
            **c,
            "document": {**c, "number": None},  # that of the citation
            "chunk": {**c, "text": "", "segments": ()},
        }
        for c in row["citations"]
    ]
    return _plans().validate_python(
        {**row, "tables": [*tables, *row["tables"]], "citations": citations}
    )


@cache
def _plans() -> TypeAdapter[ProjectPlan]:
    return TypeAdapter(ProjectPlan)


def ingest_row(report: IngestReport) -> Row:
    """What an ingest run did."""
    row: Row = to_jsonable_python(report)
    return {"files": report.files, **row, "seconds": round(report.seconds, 2)}


def _given(filters: Filters) -> Row:
    return {name: value for name, value in asdict(filters).items() if value}


def _section_row(section: PlanSection) -> Row:
    return {
        "id": section.id,
        "heading": section.heading,
        "criteria": list(section.criteria),
        "items": to_jsonable_python(section.items),
        "gaps": list(section.gaps),
        "characters": section.characters,
        "limit": section.limit,
        "tables": list(section.tables),
    }


def _table_row(table: str, row: PlanRow) -> Row:
    """Each cell as the text a reader sees, all citations of the row, and the items themselves."""
    label, *keys = _TABLES[table]
    cells = dict(zip(keys, row.cells, strict=True))
    items = [item for cell in row.cells for item in cell]
    shown: Row = {label: row.label}
    if table == "roles":
        sourced = any(item.basis == "source" for item in cells["duties"])
        shown |= {
            "organisation_type": row.organisation_type,
            "candidates": list(row.candidates),
            "basis": "source" if sourced else "gap",
        }
    if table == "kpis":
        shown["basis"] = kpi_basis(row)
    return {
        **shown,
        **{key: "\n".join(item.text for item in cell) for key, cell in cells.items()},
        "citations": list(dict.fromkeys(n for item in items for n in item.citations)),
        "cells": to_jsonable_python(cells),
    }


def _read_row(table: str, row: Row) -> Row:
    label, *keys = _TABLES[table]
    return {**row, "label": row[label], "cells": [row["cells"][key] for key in keys]}


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
