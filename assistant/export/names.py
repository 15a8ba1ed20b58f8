"""What kinds, stages and editions of documents are called in Japanese."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.records.documents import Kind, Status

KINDS: "dict[Kind, str]" = {
    "minutes": "議事録",
    "report": "報告書",
    "outline": "骨子",
    "slides": "説明資料",
    "guidebook": "手引き",
    "case_study": "事例",
    "guideline": "ガイドライン",
    "law": "法令・要綱",
    "form": "様式",
    "other": "その他",
}
STATUSES: "dict[Status, str]" = {
    "final": "確定",
    "draft": "案",
    "interim": "中間整理",
    "minutes": "発言",
    "reference": "参考",
    "withdrawn": "廃止",
    "unknown": "段階不明",
}
EDITIONS = {"original": "原文", "digest": "要約"}
