"""資料: what is in the index, what may be added, corrected and taken out, and its health."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

import streamlit as st

from assistant.assistant import Assistant
from assistant.errors import AssistantError, IndexDamagedError, IndexVersionError
from assistant.ingest.readers import SUFFIXES
from assistant.japanese.width import comparable
from assistant.records.documents import SourceDocument
from assistant.retrieval.index import Manifest
from assistant.settings import load_settings
from assistant.ui import ages, correction, job, labels, timeline, uploads
from assistant.ui.inert import label, pairs, paragraph
from assistant.ui.session import opened, show_error, two_lines
from assistant.verify import verify_apart

_SORTS = ("題名", "日付の新しい順", "段階", "種類")


def page() -> None:
    """Draw the documents of the index and what can be done with them."""
    st.title("資料", anchor=False)
    with two_lines():
        try:
            assistant = opened()
        except (IndexVersionError, IndexDamagedError) as error:
            _mend(error)
            return
        manifest = assistant.manifest
        _counts(manifest)
        job.show()
        names = ["一覧", "加える", "年表", "取り込めなかった資料", "点検"]
        draws: tuple[Callable[[], None], ...] = (
            lambda: _list(assistant, manifest),
            lambda: _add(assistant.root),
            lambda: _over_time(assistant, manifest),
            lambda: _skips(assistant.root, manifest),
            lambda: _health(assistant.root, manifest),
        )
        tabs = st.tabs(names, key="library", on_change="rerun")
        for tab, draw in zip(tabs, draws, strict=True):
            # Only the open one is drawn.
            if tab.open:
                with tab:
                    draw()


def _mend(error: AssistantError) -> None:
    """Offer to make an index anew that cannot be opened as it is."""
    job.show()
    show_error(error.message, "下の「索引を作り直す」を押してください。数分かかることがあります。")
    settings = load_settings()
    _rebuild_button(settings.index or settings.default_index)


def _rebuild_button(root: Path) -> None:
    if st.button("索引を作り直す", icon=":material/refresh:", disabled=job.is_running()):
        job.start("索引の作り直し", "rebuild", root)
        st.rerun()


def _counts(manifest: Manifest) -> None:
    newest = max((d.published for d in manifest.documents.values() if d.published), default="不明")
    rows = (
        ("資料", f"{len(manifest.documents):,}件"),
        ("文章", f"{manifest.chunks:,}件"),
        ("最も新しい日付", newest),
        ("取り込めず", f"{len(manifest.skipped):,}件"),
    )
    with st.container(horizontal=True, gap="medium"):
        for name, value in rows:
            st.metric(name, value, width="content")


def _list(assistant: Assistant, manifest: Manifest) -> None:
    words = st.text_input(
        "探す(題名・発行・ファイル名)", key="find_document", persist_state="session"
    )
    order = st.selectbox("並べ方", _SORTS, key="sort_documents", persist_state="session")
    found = _sorted([d for d in manifest.documents.values() if _holds(d, words)], order)
    if not found:
        st.caption("0件。探す言葉を減らしてください。")
        return
    st.caption(f"{len(found)}件。表の行を押すか、名前を選ぶと、くわしく見られます。")
    # Above the table: at the end of the page its list would open out of sight.
    ids = [document.doc_id for document in found]
    if st.session_state.get("listed") != manifest.index_id:
        # Put in anew, or its box would go on showing a title that was corrected.
        _choose(st.session_state.get("document"))
        st.session_state["listed"] = manifest.index_id
    chosen = st.selectbox(
        "くわしく見る資料",
        ids,
        index=None,
        format_func=told_apart(manifest.documents.values()).__getitem__,
        placeholder="資料を選んでください",
        key="document",
    )
    if chosen in manifest.documents:
        with st.container(border=True):
            _details(assistant, manifest, manifest.documents[chosen])
    st.dataframe(
        [_row(document) for document in found],
        hide_index=True,
        key="documents",
        selection_mode="single-cell",
        on_select=lambda: _choose_cell(ids),
    )


def told_apart(documents: Iterable[SourceDocument]) -> dict[str, str]:
    """A text for each document that no other has: Streamlit finds a choice again by its text.

    Returns:
        doc_id → the title; with the file's name where titles look alike, and with the doc_id where
        that is not enough.
    """
    rows = [(d.doc_id, d.title, Path(d.source_path).name) for d in documents]
    texts = {doc_id: title for doc_id, title, _ in rows}
    for form in ("{title}({file})", "{title}({file}、{doc_id})"):
        alike = Counter(_look(text) for text in texts.values())
        for doc_id, title, file in rows:
            if alike[_look(texts[doc_id])] > 1:
                texts[doc_id] = form.format(title=title, file=file, doc_id=doc_id)
    return texts


def _look(text: str) -> str:
    return "".join(comparable(text).split())


def _choose(doc_id: str | None) -> None:
    st.session_state["document"] = doc_id


def _choose_cell(ids: list[str]) -> None:
    """Open the document whose line in the table was pressed."""
    cells = st.session_state["documents"].selection.cells
    if cells:
        _choose(ids[cells[0][0]])


def _holds(document: SourceDocument, words: str) -> bool:
    name = Path(document.source_path).name
    text = comparable(f"{document.title} {document.publisher or ''} {name}").lower()
    return all(word in text for word in comparable(words).lower().split())


def _sorted(documents: list[SourceDocument], order: str) -> list[SourceDocument]:
    documents.sort(key=lambda d: d.title)
    match order:
        case "日付の新しい順":
            documents.sort(key=lambda d: d.published or "", reverse=True)
        case "段階":
            documents.sort(key=labels.stages)
        case "種類":
            documents.sort(key=lambda d: labels.KINDS[d.kind])
    return documents


def _row(document: SourceDocument) -> dict[str, str]:
    return {
        "題名": document.title,
        "段階": "・".join(labels.stages(document)),
        "種類": labels.KINDS[document.kind],
        "日付": document.published or "不明",
        "発行": document.publisher or "不明",
        "ファイル": Path(document.source_path).name,
    }


def _details(assistant: Assistant, manifest: Manifest, document: SourceDocument) -> None:
    st.subheader(label(document.title), anchor=False)
    files = [record for record in manifest.files if record.doc_id == document.doc_id]
    starter = any(record.starter for record in files)
    rows = list(_row(document).items())[1:]
    if document.superseded_by:
        rows.append(("新しい資料", document.superseded_by))
    pages = assistant.pages(document.doc_id)
    rows.append(("ページ" if pages[0].page else "区切り", f"{len(pages)}"))
    rows += [("場所", record.path) for record in files]
    pairs(rows)
    if starter:
        st.caption("プログラムに付属する資料です。直したり取り除いたりはできません。")
        return
    correction.form(assistant.root, document)
    _removal(assistant.root, document, [Path(record.path) for record in files])


def _removal(root: Path, document: SourceDocument, files: list[Path]) -> None:
    with st.popover("この資料を取り除く", icon=":material/delete:"):
        names = "、".join(path.name for path in files)
        paragraph(
            f"「{document.title}」({names})を索引から取り除きます。以後の回答では使われません。"
        )
        own = [path for path in files if uploads.is_own(path, root)]
        paragraph(
            "この画面から加えたファイルも消します。元には戻せません。"
            if own
            else "元のファイルは残ります。フォルダーを取り込み直すと、また入ります。",
            "quiet",
        )
        if st.button("取り除く", key="remove", type="primary", disabled=job.is_running()):
            title = f"「{document.title}」({names})の取り除き"
            job.start(title, "remove", root, files, delete=uploads.with_sidecars(own))
            st.rerun()


def _over_time(assistant: Assistant, manifest: Manifest) -> None:
    timeline.draw(manifest)
    ages.draw(
        manifest,
        lambda doc_id: "\n".join(page.text for page in assistant.pages(doc_id)),
        date.today(),
    )


def _add(root: Path) -> None:
    paragraph(
        "加えた資料は、この索引を使う全員の回答に使われます。"
        "同じ名前のファイルは、新しい内容に替わります(一度に加える中に同じ名前があれば、"
        "2つ目から番号を付けて、すべて残します)。1つ50 MBまでです。",
    )
    files = st.file_uploader(
        "資料のファイル(PDF、Word、PowerPoint、Excel、HTML、CSV、テキスト、Markdown)",
        type=sorted(suffix.removeprefix(".") for suffix in SUFFIXES),
        accept_multiple_files=True,
        key=f"upload_{st.session_state.get('uploads', 0)}",
    )
    for file in files:
        paragraph(f"・{file.name}({file.size / 1e6:.1f} MB)", "quiet")
    if st.button("取り込む", type="primary", disabled=not files or job.is_running()):
        staged = uploads.stage([(file.name, file.getvalue()) for file in files], root)
        job.start(f"資料{len(files)}件の取り込み", "ingest", root, staged=staged)
        # A new key empties the box.
        st.session_state["uploads"] = st.session_state.get("uploads", 0) + 1
        st.rerun()


def _skips(root: Path, manifest: Manifest) -> None:
    if not manifest.skipped and not manifest.partly:
        st.caption("取り込めなかった資料はありません。")
    for number, skipped in enumerate(manifest.skipped):
        with st.container(border=True):
            rows = [("理由", skipped.reason), ("対処", skipped.remedy), ("場所", skipped.path)]
            pairs([("ファイル", Path(skipped.path).name), *rows])
            if st.button("一覧から消す", key=f"skip_{number}", disabled=job.is_running()):
                _forget_skip(root, Path(skipped.path))
    for partly in manifest.partly:
        with st.container(border=True):
            rows = [("理由", partly.reason), ("場所", partly.path)]
            pairs([("一部のみ", Path(partly.path).name), *rows])


def _forget_skip(root: Path, path: Path) -> None:
    own = [path] if uploads.is_own(path, root) else []
    title = f"「{path.name}」の記録を消す処理"
    job.start(title, "remove", root, [path], delete=uploads.with_sidecars(own))
    st.rerun()


def _health(root: Path, manifest: Manifest) -> None:
    pairs(
        [
            ("索引の番号", manifest.index_id),
            ("世代", f"第{manifest.generation}世代"),
            ("ベクトル", manifest.embedding),
            ("場所", str(root)),
        ]
    )
    if st.button("索引をすべて点検する", icon=":material/health_and_safety:"):
        with st.spinner("点検しています…"):
            _checked(root)
    st.caption("語の統計を作り直すときや、点検で問題が見つかったときは、索引を作り直します。")
    _rebuild_button(root)


def _checked(root: Path) -> None:
    try:
        result: Any = verify_apart(root)
    except AssistantError as error:
        show_error(error.message, error.remedy)
        return
    if result.problems:
        for problem in result.problems:
            paragraph(f"問題: {problem}", "note")
        show_error("索引に問題があります。", "「索引を作り直す」を押してください。")
        return
    st.success(
        f"問題はありません。文章 {result.chunks:,}件をすべて確かめました。",
        icon=":material/check_circle:",
    )
