"""Charts and SmartArt of Office files: the words and numbers that the file stores for them."""

import re
from datetime import date, timedelta
from itertools import zip_longest
from typing import Any

from assistant.ingest.readers.openxml import qn

_EPOCH = date(1899, 12, 30)
_DATE_FORM = re.compile(r"(?:^|[^\\\"])(?:y|e|d|ge|m+[/月\-])", re.IGNORECASE)
_QUOTED = re.compile(r"\"[^\"]*\"|\[[^\]]*\]|\\.")
_EX = "{http://schemas.microsoft.com/office/drawing/2014/chartex}"
_MOST_POINTS = 10_000


def chart_rows(root: Any) -> tuple[str | None, list[list[str]]]:
    """A chart as a table: its title, and rows with the names of the series first.

    Args:
        root: of the part of the chart.

    Returns:
        No rows for a chart without numbers of its own.
    """
    title = root.find(f".//{qn('c:chart')}/{qn('c:title')}")
    name = (_drawn(title) or None) if title is not None else None
    if root.tag.startswith(_EX):
        return _drawn(root.find(f".//{_EX}title")) or None, _extended(root)
    groups: dict[tuple[str, ...], list[tuple[str, list[str]]]] = {}
    for number, series in enumerate(root.iter(qn("c:ser")), start=1):
        labels = _points(series, "c:cat") or _points(series, "c:xVal")
        values = _points(series, "c:val") or _points(series, "c:yVal")
        heading = " ".join(_points(series, "c:tx")) or f"系列{number}"
        if values:
            groups.setdefault(tuple(labels), []).append((heading, values))
    axes = _axes(root)
    rows: list[list[str]] = []
    for names, drawn in groups.items():
        rows += [[]] if rows else []  # series over other labels make a table of their own
        rows.append([axes[0], *(heading for heading, _ in drawn)])
        columns = [list(names), *(values for _, values in drawn)]
        rows += [list(row) for row in zip_longest(*columns, fillvalue="")]
    return name, rows


def diagram_items(root: Any) -> list[tuple[tuple[str, ...], str]]:
    """The words of SmartArt in the order of its tree, each with those it stands under.

    Args:
        root: of the part that holds the diagram's data.
    """
    texts: dict[str, str] = {}
    roots: list[str] = []
    for point in root.iter(qn("dgm:pt")):
        body = point.find(qn("dgm:t"))
        name = point.get("modelId", "")
        texts[name] = _drawn(body) if body is not None else ""
        if point.get("type") == "doc":
            roots.insert(0, name)
        else:
            roots.append(name)
    below: dict[str, list[tuple[int, str]]] = {}
    for link in root.iter(qn("dgm:cxn")):
        if link.get("type", "parOf") == "parOf":
            order = link.get("srcOrd", "0")
            child = (int(order) if order.isdecimal() else 0, link.get("destId", ""))
            below.setdefault(link.get("srcId", ""), []).append(child)
    items: list[tuple[tuple[str, ...], str]] = []
    seen: set[str] = set()
    inner = {child for children in below.values() for _, child in children}
    # Points that no tree holds come last; rings are cut where they close.
    order = [*(name for name in roots if name not in inner), *(n for n in roots if n in inner)]
    waiting: list[tuple[str, tuple[str, ...]]] = [(name, ()) for name in reversed(order)]
    while waiting:
        name, path = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        text = texts.get(name, "")
        if text:
            items.append((path, text))
        under = (*path, text) if text else path
        waiting += [(child, under) for _, child in sorted(below.get(name, []), reverse=True)]
    return items


def _extended(root: Any) -> list[list[str]]:
    """Rows of a chart of the newer kinds (waterfall, sunburst)."""
    columns = [
        [" ".join((point.text or "").split()) for point in dimension.iter(f"{_EX}pt")]
        for kind in ("strDim", "numDim")
        for dimension in root.iter(f"{_EX}{kind}")
    ]
    if not columns:
        return []
    names = [_drawn(e) or "".join(e.itertext()).strip() for e in root.iter(f"{_EX}tx")]
    heads = [names[number] if number < len(names) else "" for number in range(len(columns) - 1)]
    rows = [list(row) for row in zip_longest(*columns, fillvalue="")]
    return [["", *(name or f"系列{n}" for n, name in enumerate(heads, start=1))], *rows]


def _drawn(element: Any) -> str:
    """The paragraphs of a drawing below an element, on one line."""
    if element is None:
        return ""
    paragraphs = ("".join(t.text or "" for t in p.iter(qn("a:t"))) for p in element.iter(qn("a:p")))
    return " ".join(" ".join(paragraphs).split())


def _points(series: Any, name: str) -> list[str]:
    """What the file stores for labels, values or the name of a series, by position."""
    found = series.find(qn(name))
    if found is None:
        return []
    cache = next(
        (
            element
            for kind in ("c:strCache", "c:numCache", "c:strLit", "c:numLit", "c:multiLvlStrCache")
            for element in found.iter(qn(kind))
        ),
        None,
    )
    if cache is None:  # a name written out
        return [v.text or "" for v in found.iterchildren(qn("c:v"))]
    form = cache.find(qn("c:formatCode"))
    levels = list(cache.iterchildren(qn("c:lvl"))) or [cache]
    texts: dict[int, list[str]] = {}
    for level in reversed(levels):  # the outermost labels come last
        for point in level.iterchildren(qn("c:pt")):
            index = point.get("idx", "")
            value = point.find(qn("c:v"))
            if value is None or not index.isdecimal() or int(index) >= _MOST_POINTS:
                continue
            own = point.get("formatCode") or (form.text if form is not None else None) or ""
            texts.setdefault(int(index), []).append(_shown(value.text or "", own))
    return [" ".join(texts.get(index, [])) for index in range(max(texts, default=-1) + 1)]


def _shown(value: str, form: str) -> str:
    """A stored number as the chart shows it: percents, thousands, dates."""
    try:
        number = float(value)
    except ValueError:
        return value
    code = _QUOTED.sub("", form.split(";")[0])
    if code.lower() in {"", "general", "@"}:
        return f"{number:.15g}"
    places = len(match[1]) if (match := re.search(r"\.([0#]+)", code)) else 0
    if "%" in code:
        return f"{number * 100:.{places}f}%"
    if _DATE_FORM.search(code) and "#" not in code and "0" not in code:
        return (_EPOCH + timedelta(days=int(number))).isoformat()
    if "#,##0" in code:
        return f"{number:,.{places}f}"
    return f"{number:.{places}f}" if places else f"{number:.15g}"


def _axes(root: Any) -> tuple[str, str]:
    """Titles of the axes of labels and of values; empty without."""
    titles = []
    for kinds in (("c:catAx", "c:dateAx"), ("c:valAx",)):
        axis = next((e for kind in kinds for e in root.iter(qn(kind))), None)
        found = axis.find(qn("c:title")) if axis is not None else None
        titles.append(_drawn(found))
    return titles[0], titles[1]
