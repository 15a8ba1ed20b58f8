"""A small plan made by hand: every basis, a shared citation, a list, characters that do harm."""

from assistant.records.answers import Citation, Provenance
from assistant.records.documents import SourceDocument
from assistant.records.plans import (
    Brief,
    Coverage,
    Finding,
    PlanItem,
    PlanRow,
    PlanSection,
    PlanTable,
    ProjectPlan,
)
from assistant.records.text import Chunk

GAP = PlanItem("【要記入: 事業名。理由: 見出しになる。探す所: 担当課】", "gap")
HOSTILE = "<script>alert(1)</script> ![x](http://evil.example/a.png) | $x$ `code` [^9] #1 www.a.jp"
QUOTES = (
    "推進体制には金融機関も加わる。",
    "効果は次のとおりである。\n- 一つ目\n- 二つ目",
    "案の文。",
)


def citation(number: int, quote: str, status: str = "final", **fields) -> Citation:
    document = SourceDocument(
        doc_id=f"{number:012x}",
        title=f"資料{number}",
        source_path=f"/nowhere/{number}.pdf",
        publisher="総務省",
        published="2024-04-24",
        status=status,
        **fields,
    )
    chunk = Chunk(f"{number:012x}-0000", document.doc_id, quote, (), section="第1章", page=3)
    return Citation(number, quote, chunk, document, 3, "1", None, None)


def sourced(number: int) -> PlanItem:
    return PlanItem(QUOTES[number - 1], "source", (number,))


def plan(**changes) -> ProjectPlan:
    citations = (citation(1, QUOTES[0]), citation(2, QUOTES[1]), citation(3, QUOTES[2], "draft"))
    fields = {
        "title": "みどり町 地域DX計画(下書き)",
        "template": "standard",
        "template_note": "公募要領が優先します。",
        "brief": Brief(municipality="みどり町", goal=HOSTILE),
        "sections": (
            PlanSection(
                "one",
                "1 事業名",
                ("a",),
                (PlanItem(f"目指す姿: {HOSTILE}", "brief"), sourced(1), sourced(2), GAP),
                limit=400,
                tables=("roles", "risks"),
            ),
            PlanSection("two", "2 課題", ("a",), (GAP,)),
        ),
        "tables": (
            PlanTable(
                "roles",
                "役割表",
                ("役割", "責任", "費用負担", "データと知財"),
                (PlanRow("代表", ((sourced(1),), (GAP,), (GAP,)), "市町村", ("みどり町",)),),
            ),
            PlanTable(
                "kpis",
                "KPIの表",
                ("指標", "成果", "基準値", "目標値", "測り方", "資料の記述"),
                (PlanRow("成果", ((GAP,), (GAP,), (GAP,), (GAP,), (sourced(2),))),),
            ),
            PlanTable(
                "schedule",
                "ステージゲートの表",
                ("段階", "時期", "取組", "次へ進む条件"),
                (PlanRow("計画策定", ((GAP,), (sourced(1),), (GAP,))),),
            ),
            PlanTable("risks", "リスク", ("リスク", "備え"), (PlanRow("続かない", ((GAP,),)),)),
        ),
        "citations": citations,
        "coverage": (Coverage("a", "課題", "unmet", ("one", "two"), "何に困っていますか。"),),
        "findings": (Finding("住民の利益がない", "書いてください。", (sourced(3),)),),
        "withheld": (),
        "notes": ("「資料3」は案の段階の文書で、決定した内容ではありません。",),
        "changes": (),
        "as_of": "2024-04-24",
        "mode": "extractive",
        "provenance": Provenance("0123456789ab", "sif"),
    }
    return ProjectPlan(**{**fields, **changes})
