"""What an index holds, and how and why its documents are described so."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pydantic_core import to_jsonable_python

from assistant.export.names import EDITIONS, KINDS, STATUSES
from assistant.ingest.catalog import CATALOG_PLACE
from assistant.ingest.stated import SIDECAR_SUFFIX
from assistant.records.documents import Inference, SourceDocument
from assistant.retrieval.index import Manifest

Row = dict[str, Any]

_NAMES = {
    "title": "題名",
    "publisher": "発行者",
    "published": "日付",
    "kind": "種類",
    "status": "段階",
    "meeting": "会議",
    "number": "資料番号",
    "series": "一連の文書",
    "superseded_by": "後の文書",
    "url": "入手元",
    "edition": "版",
    "original": "原文",
}
# Fields that a reader of a citation misses when they are not known.
_EXPECTED = ("publisher", "published")
_UNKNOWN = "本文にも名前にも見つかりません"


def check_row(manifest: Manifest, inferences: Mapping[str, tuple[Inference, ...]]) -> Row:
    """Every document with its fields, what is uncertain, and where to correct it.

    Documents of the starter corpus state their fields themselves and are only counted; of the
    series those are listed that one of the other documents belongs to.
    """
    starter = {record.doc_id for record in manifest.files if record.starter}
    documents = sorted(
        (d for d in manifest.documents.values() if d.doc_id not in starter),
        key=lambda d: d.source_path,
    )
    rows = [_document_row(d, inferences.get(d.doc_id, ())) for d in documents]
    listed = {document.doc_id for document in documents}
    return {
        "documents": rows,
        "uncertain": sum(1 for row in rows if row["uncertain"]),
        "starter": len(starter),
        "partly": [{"path": p.path, "reason": p.reason} for p in manifest.partly],
        "series": to_jsonable_python(
            [
                series
                for series in manifest.series
                if any(member.doc_id in listed for member in series.members)
            ]
        ),
    }


def check_text(row: Row) -> str:
    """The same for a person to read: a block a document, uncertain fields marked 「?」."""
    blocks = [_document_text(document) for document in row["documents"]]
    blocks += [_series_text(series) for series in row["series"]]
    count = len(row["documents"])
    summary = f"文書 {count}件のうち、確かめたい項目のある文書は {row['uncertain']}件です。"
    if row["starter"]:
        summary += f"付属の資料 {row['starter']}件は省きました。"
    if row["partly"]:
        named = (f"{Path(p['path']).name}({p['reason'].rstrip('。')})" for p in row["partly"])
        summary += f"\n文字を読み残した文書は {len(row['partly'])}件です: {'、'.join(named)}"
    blocks.append(f"{summary}\n{_HOW_TO_CORRECT}" if row["uncertain"] else summary)
    return "\n\n".join(blocks)


def _listed(names: Mapping[Any, str]) -> str:
    return "、".join(f"{code}={name}" for code, name in names.items() if code != "unknown")


_CODES: dict[str, Mapping[Any, str]] = {"kind": KINDS, "status": STATUSES, "edition": EDITIONS}
_HOW_TO_CORRECT = f"""\
直すには、「直す先」のファイルに直す項目だけを書き(UTF-8)、もう一度 regional-dx ingest します。
  例  title = "題名"
      published = 2024-04-24
      kind = "minutes"      ({_listed(KINDS)})
      status = "final"      ({_listed(STATUSES)})
      superseded_by = "報告書(2024-09-13)"
「直す先」のファイルそのものは、文書として取り込まれません。"""


def _document_row(document: SourceDocument, inferences: tuple[Inference, ...]) -> Row:
    fields = [{**asdict(i), "certain": i.certain} for i in inferences]
    known = {inference.field for inference in inferences}
    fields += [
        {"field": name, "value": None, "place": "", "words": "", "doubt": _UNKNOWN,
         "certain": False}
        for name in _EXPECTED
        if name not in known and document.edition == "original"
    ]  # fmt: skip
    path = Path(document.source_path)
    return {
        "doc_id": document.doc_id,
        "source_path": document.source_path,
        "title": document.title,
        "sidecar": str(path.with_name(path.name + SIDECAR_SUFFIX)),
        "fields": fields,
        "uncertain": [field["field"] for field in fields if not field["certain"]],
    }


def _document_text(row: Row) -> str:
    lines = [row["source_path"]]
    for field in row["fields"]:
        mark = " " if field["certain"] else "?"
        shown = field["words"] not in {"", field["value"]} and field["place"] != CATALOG_PLACE
        words = f"「{field['words']}」" if shown else ""
        basis = f"({field['place']}{words})" if field["place"] else ""
        doubt = f" ← {field['doubt']}" if field["doubt"] else ""
        named = _CODES.get(field["field"], {}).get(field["value"], field["value"])
        value = "不明" if field["value"] in {None, "unknown"} else named
        lines.append(f" {mark} {_NAMES[field['field']]}: {value}{basis}{doubt}")
    if row["uncertain"]:
        lines.append(f"   直す先: {row['sidecar']}")
    return "\n".join(lines)


def _series_text(row: Row) -> str:
    lines = [f"一連の文書: {row['name']}"]
    for member in row["members"]:
        known = "" if member["doc_id"] else "(取り込まれていません)"
        lines.append(f"   {member['published'] or '日付不明'} {member['title']}{known}")
    return "\n".join(lines)


def stats_row(manifest: Manifest) -> Row:
    """What an index holds, counted."""
    documents = manifest.documents.values()
    return {
        "index_id": manifest.index_id,
        "generation": manifest.generation,
        "documents": len(documents),
        "chunks": manifest.chunks,
        "kinds": dict(Counter(document.kind for document in documents)),
        "statuses": dict(Counter(document.status for document in documents)),
        "newest": max((d.published for d in documents if d.published), default=None),
        "skipped": [{"path": s.path, "reason": s.reason} for s in manifest.skipped],
        "embedding": manifest.embedding,
    }


def stats_text(row: Row) -> str:
    """The same for a person to read."""
    lines = [
        f"文書 {row['documents']:,}件、文章 {row['chunks']:,}件",
        f"最も新しい日付: {row['newest'] or '不明'}",
        "種類: " + "、".join(f"{KINDS[kind]} {n}件" for kind, n in row["kinds"].items()),
        "段階: " + "、".join(f"{STATUSES[status]} {n}件" for status, n in row["statuses"].items()),
        f"索引の番号: {row['index_id']}(第{row['generation']}世代、ベクトル {row['embedding']})",
    ]
    return "\n".join([*lines, *(f"取り込めず: {s['path']}({s['reason']})" for s in row["skipped"])])
