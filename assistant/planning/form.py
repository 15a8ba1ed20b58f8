"""An official form's boxes, and which section of a plan goes into which.

A box is an empty cell, or one that holds an instruction (記入…, …字以内), beside or below the cell
that names it; or the empty or instructing paragraph below a heading. The mapping is a proposal: it
is written as JSON, to be corrected by a person and passed back.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from assistant.errors import AssistantError, InputError, cause_of
from assistant.japanese.width import fold
from assistant.japanese.words import content_words
from assistant.planning.brief import KEYS
from assistant.planning.form_size import check_form
from assistant.planning.template import SectionSpec, Template
from assistant.records.plans import BRIEF_NAMES, FormBox

SUFFIXES = (".docx", ".xlsx")
_BRIEF = "brief."
_HINT = re.compile(
    r"(?:記入|記載)(?:[しすくせ例願]|の上|$)|字以内|字程度|ください|下さい|※|例[:：)）]|^[（(].*[）)]$"
)
# What a label says of its own box: 「事業の概要(400字以内)」, 「事業の概要 400字程度」.
_OWN_LIMIT = re.compile(
    r"\s*[（(【［\[][^（）()]*[0-9０-９,，]+\s*(?:字|文字)(?:以内|程度|まで)[^（）()]*[）)】］\]]$"
    r"|[\s　]+[0-9０-９,，]+(?:字|文字)(?:以内|程度|まで)$"
)
_LIMIT = re.compile(r"([0-9][0-9,]*)\s*(?:字|文字)(?:以内|程度|まで)")
_LONGEST_LABEL = 60
_MOST_CELLS = 20_000
_LEAST_SHARE = 0.6
"""Share of the label's words that a section must know to be proposed."""
_NUMBERING = re.compile(r"^[\s0-9０-９.．()（）①-⑳ⅠⅡⅢⅣⅤ第章節項・様式-]+")
_COMMON_WORDS = frozenset(
    ["事業", "計画", "提案", "実施", "内容", "概要", "地域", "記入", "欄", "こと", "等"]
)
# What forms call the facts that a brief gives.
_KEY_WORDS = {
    "municipality": r"自治体名|市町村名|団体名|申請者名|申請団体|地方公共団体名",
    "population": r"^人口",
    "budget": r"予算(?:額|の総額)|総事業費|(?:事業費|経費)の?総額",
    "period": r"(?:事業|実施|実証)?期間",
    # The name of 「事業」 alone is the project's own.
    "programme": r"(?:補助金|交付金)の(?:名称|種類)|事業の種類|申請する(?:事業|型)",
    "fiscal_year": r"^(?:申請|対象)?年度",
    "partners": r"(?:構成員|連携(?:先|団体)|参加団体)(?:名|一覧)?$",
}
# Words of forms that the headings of a template put otherwise.
_SYNONYMS = {
    "issues": "現状 課題 背景 必要性 問題",
    "vision": "目的 目標 将来像 ビジョン 目指す姿 位置づけ 上位計画",
    "rationale": "先行事例 新規性 先進性 優位性 なぜ 理由",
    "measures": "取組 取り組み 実施内容 技術 システム 構成 ソリューション サービス データ",
    "organisation": "体制 コンソーシアム 役割 連携 構成員",
    "schedule": "スケジュール 工程 日程 ステージゲート",
    "kpi": "指標 KPI 成果 目標値 アウトカム",
    "cost": "経費 予算 財源 費用 見積 内訳",
    "benefit": "費用対効果 効果",
    "selfsustaining": "自走 自立 継続 運営 横展開 実装 収支",
    "risk": "リスク セキュリティ 個人情報 安全",
    "evaluation": "検証 評価 公表 PDCA",
    "overview": "事業名 名称 代表 対象地域",
    "attachments": "添付 書類 別紙",
}


@dataclass(frozen=True, slots=True)
class _Mapping:
    """What goes into which box, as a person corrects it."""

    targets: dict[str, str]
    """All that may be chosen, each with its name."""
    boxes: list[FormBox]


_MAPPING = TypeAdapter(_Mapping)


def read_boxes(path: Path, template: Template) -> list[FormBox]:
    """The boxes of a form in order, each with the section proposed for it.

    Raises:
        InputError: the file is neither .docx nor .xlsx, cannot be read, is far larger than a form
            (see `check_form`), or has no box.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise InputError(
            f"この形式の様式は読めません: {path.name}",
            "Word(.docx)か Excel(.xlsx)で保存し直してください。",
        )
    read = _word_boxes if path.suffix.lower() == ".docx" else _excel_boxes
    try:
        check_form(path)
        found = list(read(path))
    except AssistantError as error:
        raise InputError(
            f"様式を読めません: {path.name}({error.message.removesuffix('。')})", error.remedy
        ) from error
    except OSError as error:
        raise InputError(
            f"様式を開けません: {path}({cause_of(error)})", "場所と権限を確かめてください。"
        ) from error
    except Exception as error:  # a damaged file raises whatever the libraries meet first
        raise InputError(
            f"様式を読めません: {path.name}", "Word か Excel で開いて、保存し直してください。"
        ) from error
    if not found:
        raise InputError(
            f"様式に記入欄が見つかりません: {path.name}",
            "見出しの右か下に、空の欄か「記入してください」などの欄がある様式を指定してください。",
        )
    return [replace(box, target=_target(box, template)) for box in found]


def targets_of(template: Template) -> dict[str, str]:
    """All that can go into a box, see `FormBox.target`, each with its name for a person."""
    targets = {section.id: section.heading for section in template.section}
    return targets | {f"{_BRIEF}{key}": f"ブリーフの{BRIEF_NAMES[key]}" for key in KEYS}


def mapping_text(boxes: list[FormBox], template: Template) -> str:
    """The mapping as JSON for a person to correct: `target` may be changed, nothing else."""
    mapping = _Mapping(targets_of(template), boxes)
    return _MAPPING.dump_json(mapping, indent=1).decode() + "\n"


def with_mapping(boxes: list[FormBox], path: Path, template: Template) -> list[FormBox]:
    """The boxes with the targets of a corrected mapping.

    Raises:
        InputError: the file cannot be read, or names a place or target that there is not.
    """
    try:
        corrected = _MAPPING.validate_json(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise InputError(
            f"対応表を読めません: {path}", "draft --form が書いたJSONを直して使ってください。"
        ) from error
    targets = {box.place: box.target for box in corrected.boxes}
    known = targets_of(template)
    unknown = [target for target in targets.values() if target is not None and target not in known]
    strange = set(targets) - {box.place for box in boxes}
    if unknown or strange:
        raise InputError(
            f"対応表に、様式にない場所か使えない対応先があります: {unknown or sorted(strange)}",
            f"target は次のいずれかか null にしてください: {'、'.join(sorted(known))}",
        )
    return [replace(box, target=targets.get(box.place, box.target)) for box in boxes]


def _word_boxes(path: Path) -> Iterator[FormBox]:
    import docx
    from docx.table import _Cell

    document = docx.Document(str(path))
    for number, table in enumerate(document.tables, start=1):
        cells = _word_cells(table)
        read = {cell: _Cell(cell, table).text.strip() for line in cells for cell in line}
        texts = [[read[cell] for cell in line] for line in cells]
        for row, column, label in _cell_boxes(texts, cells):
            yield _box(f"表{number} {row + 1}行{column + 1}列", label, texts[row][column])
    paragraphs = document.paragraphs
    for place, paragraph in enumerate(paragraphs[:-1]):
        below = paragraphs[place + 1].text.strip()
        named = paragraph.style is not None and str(paragraph.style.name).startswith("Heading")
        if named and paragraph.text.strip() and (not below or _is_hint(below)):
            yield _box(f"段落 {place + 2}", paragraph.text.strip(), below)


def _word_cells(table: Any) -> list[list[Any]]:
    """The element of every place, as `cells` of a row in python-docx; a merged one is the same.

    That climbs through every row above for each cell merged downwards, which takes minutes for a
    hundred rows; this looks at each cell once.
    """
    rows = []
    above: dict[int, Any] = {}
    for row in table._tbl.tr_lst:  # noqa: SLF001
        begun: dict[int, Any] = {}
        line: list[Any] = []
        column = row.grid_before
        for cell in row.tc_lst:
            begun[column] = above[column] if cell.vMerge == "continue" else cell
            line += [begun[column]] * begun[column].grid_span
            column += cell.grid_span
        rows.append(line)
        above = begun
    return rows


def _excel_boxes(path: Path) -> Iterator[FormBox]:
    from openpyxl import load_workbook
    from openpyxl.utils import get_column_letter

    book = load_workbook(path)
    for sheet in book.worksheets:
        rows, columns = min(sheet.max_row, 500), min(sheet.max_column, 60)
        if rows * columns > _MOST_CELLS:
            rows = _MOST_CELLS // columns
        texts = [
            [_cell_text(sheet.cell(r, c).value) for c in range(1, columns + 1)]
            for r in range(1, rows + 1)
        ]
        merged = {
            (r - 1, c - 1): (area.min_row - 1, area.min_col - 1)
            for area in sheet.merged_cells.ranges
            for r in range(area.min_row, min(area.max_row, rows) + 1)
            for c in range(area.min_col, min(area.max_col, columns) + 1)
        }
        cells = [[merged.get((r, c), (r, c)) for c in range(columns)] for r in range(rows)]
        for row, column, label in _cell_boxes(texts, cells):
            place = f"{sheet.title}!{get_column_letter(column + 1)}{row + 1}"
            yield _box(place, label, texts[row][column])


def _cell_boxes(texts: list[list[str]], cells: list[list[Any]]) -> Iterator[tuple[int, int, str]]:
    """Row and column (0-based) of every box of a table, with its label.

    Args:
        texts: of all cells; a merged cell's text stands at least at its first place.
        cells: equal where two places are one merged cell.
    """
    boxes: set[Any] = set()
    for row, line in enumerate(texts):
        for column, text in enumerate(line):
            here = cells[row][column]
            if not 0 < len(text) <= _LONGEST_LABEL or _is_hint(text) or here in boxes:
                continue
            left = [cell for cell in cells[row][:column] if cell != here]
            right = next((c for c in range(column, len(line)) if cells[row][c] != here), None)
            below = next((r for r in range(row, len(texts)) if cells[r][column] != here), None)
            # A text after another is a value, not a label; but not in a row of column headings.
            beside = right is not None and (not left or left[-1] in boxes)
            heading = below is not None and all(line)
            for fits, r, c in ((beside, row, right), (heading, below, column)):
                if not fits or r is None or c is None or cells[r][c] in boxes:
                    continue
                if not texts[r][c] or _is_hint(texts[r][c]):
                    boxes.add(cells[r][c])
                    yield r, c, text
                    break


def _is_hint(text: str) -> bool:
    """Whether a text says how to fill in a box; a label may hold the limit of its own box."""
    named = _OWN_LIMIT.sub("", text)
    return bool(_HINT.search(named or text))


def _box(place: str, label: str, hint: str) -> FormBox:
    found = _LIMIT.search(fold(f"{hint} {label}"))
    limit = int(found[1].replace(",", "")) if found else None
    return FormBox(place, label, hint, limit or None, None)


def _cell_text(value: object) -> str:
    return "" if value is None else str(value).strip()


def _target(box: FormBox, template: Template) -> str | None:
    label = fold(_NUMBERING.sub("", _OWN_LIMIT.sub("", box.label)))
    for key, pattern in _KEY_WORDS.items():
        if re.search(pattern, label):
            return f"{_BRIEF}{key}"
    words = set(content_words(label)) - _COMMON_WORDS
    if not words:
        return None
    shares = [(len(words & _known(spec)) / len(words), spec.id) for spec in template.section]
    best = max(share for share, _ in shares)
    return next(i for share, i in shares if share == best) if best >= _LEAST_SHARE else None


def _known(spec: SectionSpec) -> set[str]:
    words = f"{spec.heading} {_SYNONYMS.get(spec.id, '')}"
    return set(content_words(words)) - _COMMON_WORDS
