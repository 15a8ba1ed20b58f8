"""What is different in an answer asked again: rows of ``ask --json``, then and now."""

from typing import Any

from assistant.export.names import STATUSES
from assistant.japanese.width import squeeze


def changes(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """The differences that matter to a reader, in Japanese; empty where there are none.

    Args:
        before: the row as it was saved.
        now: the row of the same question asked again.
    """
    found = []
    if before["refused"] != now["refused"]:
        then, today = (
            ("ありませんでした", "あります") if before["refused"] else ("ありました", "ありません")
        )
        found.append(f"前は答える記述が{then}が、今は{today}。")
    if before.get("as_of") != now["as_of"]:
        found.append(
            f"最も新しい資料の日付: {before.get('as_of') or '不明'} → {now['as_of'] or '不明'}"
        )
    found += _statements(before, now)
    found += _sources(before, now)
    parts = (("言語モデル", "model"), ("プロンプト", "prompt"), ("再ランキング", "reranker"))
    for name, key in parts:
        then, today = before["provenance"].get(key), now["provenance"].get(key)
        if then != today:
            found.append(f"{name}: {then or 'なし'} → {today or 'なし'}")
    return found


def _statements(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    then = {squeeze(s["text"]): s["text"] for s in before["statements"]}
    today = {squeeze(s["text"]): s["text"] for s in now["statements"]}
    gone = [f"なくなった記述: {text}" for key, text in then.items() if key not in today]
    return gone + [f"加わった記述: {text}" for key, text in today.items() if key not in then]


def _sources(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """Documents cited both times that have changed, by title; see also `_statements`."""
    then = {citation["title"]: citation for citation in before["citations"]}
    found = []
    for title, today in {citation["title"]: citation for citation in now["citations"]}.items():
        old = then.get(title)
        if old is None:
            continue
        if old["doc_id"] != today["doc_id"]:
            found.append(f"「{title}」は、前の回答の後に内容が変わっています。")
        if old["status"] != today["status"]:
            stages = f"{STATUSES[old['status']]} → {STATUSES[today['status']]}"
            found.append(f"「{title}」の段階: {stages}")
        if old["superseded_by"] != today["superseded_by"] and today["superseded_by"]:
            found.append(f"「{title}」の後に、{today['superseded_by']}が出ています。")
    return found
