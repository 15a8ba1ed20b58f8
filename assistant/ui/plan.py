"""計画: from the brief to a plan to be checked, filled and taken away as Word."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import streamlit as st

from assistant.assistant import Assistant
from assistant.export.rows import plan_row
from assistant.planning.brief import KEYS, brief_from
from assistant.planning.edit import TABLES, filled, with_rows
from assistant.planning.template import load_template, template_names
from assistant.planning.walk import renumbered
from assistant.records.plans import ProjectPlan
from assistant.settings import load_settings
from assistant.ui import clients, official_form, plan_parts
from assistant.ui.clients import Saved
from assistant.ui.inert import paragraph
from assistant.ui.session import opened, own_folder, show_error, two_lines

_FIELDS = {
    "municipality": ("自治体の名前", "例: みどり町"),
    "population": ("人口", "例: 12,000人。いつの値かは「その他」に書きます"),
    "problem": ("困っていること", "誰が、どこで、何に、どのくらい困っているか"),
    "goal": ("目指す姿", "住民の何が、どう良くなるか。数値の目標があれば、基準値と測り方も"),
    "partners": (
        "一緒に取り組む相手",
        "「、」で区切ります。例: 地元のケーブルテレビ会社、県立大学",
    ),
    "budget": ("予算の見込み", "例: 5,000万円"),
    "period": ("期間", "例: 令和8年度から3年間"),
    "programme": ("申請を考えている事業", "補助金・交付金の名前"),
    "fiscal_year": ("申請する年度", "例: 令和8年度"),
    "constraints": ("制約", "人手、規則、時期など"),
    "notes": ("その他", "ほかに書いておきたいこと"),
}
_LONG = {"problem", "goal", "constraints", "notes"}
_PARTS = ("1 ブリーフ", "2 下書き", "3 埋めること", "4 表", "5 審査の観点", "6 書き出す")


def page() -> None:
    """Draw the client's brief, and its plan once it has been drafted."""
    st.title("計画", anchor=False)
    with two_lines():
        folder = own_folder(load_settings())
        client = _client(folder)
        if client is None:
            paragraph(
                "町の事情(ブリーフ)を書くと、出典つきの計画の下書きを作ります。"
                "書いていない地域の事実は補わず、【要記入】として残します。"
            )
            return
        saved = _as_written(_saved(folder, client))
        assistant = opened()
        if st.session_state.pop("plan_reopened", False):
            _reopen(assistant, clients.draft_path(folder, client))
        if st.session_state.pop("plan_wanted", False):
            _draft(assistant, saved)
            saved = _keep(
                folder, client, replace(saved, drafted=True), st.session_state["base_plan"]
            )
        if st.session_state["plan_changed"]:
            show_error(
                "この相談元は、ほかの画面で変更されました。",
                "開き直してから、もう一度入力してください。",
            )
            st.button("開き直す", icon=":material/refresh:", on_click=_read_again)
        plan = _finished(saved)
        # The browser goes back to the part it last showed when a part is set from here a second
        # time: every draft has tabs of its own, which begin with the draft.
        drafts = st.session_state.get("plan_drafts", 0)
        tabs = st.tabs(
            _PARTS, key=f"plan_part_{drafts}", default=_PARTS[min(drafts, 1)], on_change="rerun"
        )
        draws: tuple[Callable[[], Saved | None], ...] = (
            lambda: _brief(saved),
            lambda: plan_parts.sections(assistant, plan),
            lambda: plan_parts.gaps(plan, saved),
            lambda: plan_parts.tables(plan, saved),
            lambda: plan_parts.criteria(plan, saved),
            lambda: plan_parts.downloads(plan, client),
        )
        if not tabs[3].open:
            plan_parts.forget_tables()
        for part, (tab, draw) in enumerate(zip(tabs, draws, strict=True)):
            if not tab.open:
                continue
            with tab:
                if part and plan is None:
                    _not_yet(saved)
                elif (after := draw()) is not None and after != st.session_state["plan_saved"]:
                    _keep(folder, client, after)
                    # A change may move the numbers.
                    st.session_state.pop("plan_source", None)
                    st.rerun()


def _client(folder: Path) -> str | None:
    """The client chosen or newly named; None as long as there is none."""
    # A widget's value can only be set before the widget is drawn.
    if "new_client" in st.session_state:
        st.session_state["client"] = st.session_state.pop("new_client")
    known = clients.names(folder)
    chosen: str | None = None
    if known:
        chosen = st.selectbox(
            "相談元(計画は相談元ごとに保存します)",
            known,
            index=None,
            placeholder="相談元を選んでください",
            key="client",
            persist_state="session",
        )
    # Folded again once a client was added: its key is another then.
    box = st.expander("新しい相談元を加える", expanded=not known, key=f"new_{len(known)}")
    with box, st.form("new", border=False, clear_on_submit=True):
        name = st.text_input("相談元の名前", placeholder="例: みどり町", key="client_name")
        if st.form_submit_button("始める"):
            st.session_state["new_client"] = clients.begin(folder, name)
            st.rerun()
    return chosen


def _saved(folder: Path, client: str) -> Saved:
    """What the session works on; read from the disk when the client changes."""
    if st.session_state.get("plan_of") != client:
        # Before reading: what is saved meanwhile counts as a change.
        st.session_state["plan_revision"] = clients.revision(folder, client)
        saved = clients.load(folder, client)
        st.session_state["plan_changed"] = False
        st.session_state["plan_reads"] = st.session_state.get("plan_reads", 0) + 1
        for name in ("base_plan", "plan_source", "edited_tables", official_form.KEPT):
            st.session_state.pop(name, None)
        for key in KEYS:
            st.session_state[f"brief_{key}"] = _shown(saved.brief.get(key))
        st.session_state["plan_of"] = client
        st.session_state["plan_saved"] = saved
        st.session_state["plan_reopened"] = saved.drafted
    current: Saved = st.session_state["plan_saved"]
    return current


def _as_written(saved: Saved) -> Saved:
    """What is saved with the brief as it stands in its boxes at this moment."""
    texts = {key: str(st.session_state.get(f"brief_{key}", "")).strip() for key in KEYS}
    return replace(saved, brief={key: text for key, text in texts.items() if text})


def _keep(folder: Path, client: str, saved: Saved, draft: ProjectPlan | None = None) -> Saved:
    """Work on with `saved`, and save it unless another screen has saved since it was read."""
    with clients.unchanged(folder, client, st.session_state["plan_revision"]) as same:
        if same:
            if draft is not None:
                clients.save_draft(folder, client, plan_row(draft))
            clients.save(folder, client, saved)
            st.session_state["plan_revision"] = clients.revision(folder, client)
    st.session_state["plan_changed"] = not same
    st.session_state["plan_saved"] = saved
    return saved


def _read_again() -> None:
    st.session_state.pop("plan_of", None)


def _shown(value: object) -> str:
    return "、".join(value) if isinstance(value, list) else str(value or "")


def _brief(saved: Saved) -> Saved:
    paragraph("分かる項目だけで作れます。書いた内容は、欄を離れるたびに保存します。", "quiet")
    for key, (name, hint) in _FIELDS.items():
        box = st.text_area if key in _LONG else st.text_input
        box(name, key=f"brief_{key}", placeholder=hint, persist_state="session")
    settings = load_settings()
    names = template_names(settings.templates)
    template = st.selectbox(
        "計画の構成",
        names,
        index=names.index(saved.template) if saved.template in names else 0,
        format_func=lambda name: load_template(name, settings.templates).title,
    )
    st.button("下書きを作る", type="primary", icon=":material/edit_document:", on_click=_want)
    return replace(_as_written(saved), template=template)


def _want() -> None:
    st.session_state["plan_wanted"] = True


def _not_yet(saved: Saved) -> None:
    paragraph("まだ下書きがありません。")
    if saved.brief:
        st.button("下書きを作る", type="primary", key="draft_now", on_click=_want)
    else:
        paragraph("「1 ブリーフ」に、分かることを書いてください。", "quiet")


def _draft(assistant: Assistant, saved: Saved) -> None:
    brief = brief_from(saved.brief | {"notes": _notes(saved)})
    with st.status("下書きを作っています…", expanded=True) as status:
        bar = st.progress(0.0)

        def told(heading: str, done: int, total: int) -> None:
            bar.progress(done / total, f"{done}/{total} {heading}")

        st.session_state["base_plan"] = assistant.draft(brief, saved.template, progress=told)
        status.update(label="下書きができました", state="complete", expanded=False)
    st.session_state["plan_drafts"] = st.session_state.get("plan_drafts", 0) + 1


def _reopen(assistant: Assistant, path: Path) -> None:
    """The plan as drafted last, grounded anew: its documents may have changed since."""
    if not path.is_file():  # saved before drafts were kept
        _want()
        return
    with st.spinner("根拠を確かめ直しています…"):
        st.session_state["base_plan"] = assistant.draft_again(path)


def _notes(saved: Saved) -> str:
    """The brief's notes with what was filled in since, so that the criteria see it."""
    added = [f"{plan_parts.name_of(key)}: {text}" for key, text in saved.fillings.items() if text]
    return "。".join([str(saved.brief.get("notes", "")).rstrip("。"), *added]).strip("。")


def _finished(saved: Saved) -> ProjectPlan | None:
    """The plan as drafted with all that the town has written into it since.

    A citation that nothing rests on any more is gone, and those after it move up: the numbers
    stand in reading order, as the footnotes of a Word file do.
    """
    plan: ProjectPlan | None = st.session_state.get("base_plan")
    if plan is None:
        return None
    plan = filled(plan, saved.fillings)
    for table in TABLES:
        if table in saved.tables:
            plan = with_rows(plan, table, saved.tables[table])
    return renumbered(plan)
