"""資料: what is listed, added, corrected and taken out."""

import re
import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from filelock import FileLock
from towns import LIBRARY, LIBRARY_QUESTION, Town

from assistant.errors import AssistantError, InputError
from assistant.records.documents import Member, Series, SourceDocument
from assistant.retrieval.index import Manifest
from assistant.ui import ages, correction, job, library, timeline, uploads
from assistant.ui.job import Job


@pytest.fixture
def town(tmp_path, index_root, settings, monkeypatch):
    """A town of the test's own with one document, which the app has open."""
    made = Town.made(tmp_path, index_root)
    made.write("library.txt", LIBRARY.format(hours=120))
    made.write("old.doc", "x")
    made.ingest()
    monkeypatch.setenv("REGIONAL_DX_INDEX", str(made.root))
    return made


def opened(open_page, tab="一覧"):
    page = open_page("library")
    page.session_state["library"] = tab
    page.run()
    assert not page.exception
    return page


def finished(page):
    """The page once the change of the index that it started has ended."""
    page.session_state["job"].future.result(timeout=60)
    page.run()
    assert not page.exception
    return page


def _written(path, text):
    path.write_text(text, encoding="utf-8")
    return path


def known(doc_id, title, **fields):
    return SourceDocument(doc_id, title, f"/{doc_id}.txt", **fields)


def aged(*documents, texts=None):
    """The ages of an index of these documents on 1 March 2024."""
    by_id = {document.doc_id: document for document in documents}
    manifest = Manifest("0" * 12, 1, "words", 0, by_id, ())
    return ages.ages_of(manifest, lambda doc_id: (texts or {}).get(doc_id, ""), date(2024, 3, 1))


def press(page, text):
    return next(button for button in page.button if button.label == text).click().run()


def test_documents_are_counted_listed_found_and_sorted(open_page, settings):
    page = opened(open_page)
    listed = page.dataframe[0].value
    assert page.metric[0].value == f"{len(listed)}件"
    assert {"案", "発言", "要約"} <= {word for cell in listed["段階"] for word in cell.split("・")}
    page.selectbox(key="sort_documents").select("日付の新しい順").run()
    days = [day for day in page.dataframe[0].value["日付"] if day != "不明"]
    assert days == sorted(days, reverse=True)
    page.text_input(key="find_document").input("minutes.txt").run()
    assert list(page.dataframe[0].value["ファイル"]) == ["minutes.txt"]


def test_a_file_added_is_cited_and_shown_where_it_stands(open_page, town, texts):
    page = opened(open_page, "加える")
    page.file_uploader[0].set_value(
        ("公民館.txt", "公民館の会議室は12室である。\n".encode(), "text/plain")
    )
    page.run()
    finished(press(page, "取り込む"))
    assert "追加 1件" in texts(page)
    cited = town.ask("公民館の会議室は何室ですか").citations[0]
    assert Path(cited.document.source_path) == uploads.folder_of(town.root) / "公民館.txt"


def test_every_visitor_sees_a_change_of_the_index_and_what_it_did(open_page, town, texts):
    running = Job("資料1件の取り込み", "読む", 1, 2)
    job.shared(town.root).append(running)
    page = opened(open_page, "点検")
    assert next(b for b in page.button if b.label == "索引を作り直す").disabled
    running.future.set_result("追加 1件")
    again = opened(open_page, "点検")
    assert "追加 1件" in texts(again)
    assert not next(b for b in again.button if b.label == "索引を作り直す").disabled
    press(again, "この知らせを消す")
    assert "追加 1件" not in texts(opened(open_page, "点検"))


def test_who_started_a_change_keeps_its_notice_until_it_is_taken_away(open_page, town, texts):
    page = opened(open_page, "取り込めなかった資料")
    finished(press(page, "一覧から消す"))
    assert job.shared(town.root) == [page.session_state["job"]]
    press(opened(open_page), "この知らせを消す")
    assert "終わりました" in page.run().success[0].value
    press(page, "この知らせを消す")
    assert not page.success


def test_skips_are_shown_with_reason_and_remedy_and_can_be_cleared(open_page, town, texts):
    page = opened(open_page, "取り込めなかった資料")
    assert "古い形式" in texts(page)
    assert "保存し直して" in texts(page)
    finished(press(page, "一覧から消す"))
    assert town.manifest().skipped == ()


def test_a_correction_is_written_beside_the_file_and_counts_at_once(open_page, town):
    page = opened(open_page)
    doc_id = next(iter(town.manifest().documents))
    page.selectbox(key="document").select(doc_id).run()
    next(i for i in page.text_input if i.label == "題名").input("図書館の記録")
    next(i for i in page.text_input if i.label == "日付").input("令和6年4月24日")
    next(s for s in page.selectbox if s.label == "段階").select("draft")
    finished(press(page, "直した内容を保存する"))
    document = town.manifest().documents[doc_id]
    assert (document.title, document.published, document.status) == (
        *("図書館の記録", "2024-04-24", "draft"),
    )
    assert (town.documents / "library.txt").read_text(encoding="utf-8").startswith("かえで町")


def test_the_choice_shows_a_title_as_it_was_corrected(open_page, town):
    page = opened(open_page)
    doc_id = next(iter(town.manifest().documents))
    page.selectbox(key="document").select(doc_id).run()
    correction.write_sidecar(town.documents / "library.txt", {"title": "図書館の記録"})
    town.ingest()
    page.run()
    box = page.selectbox(key="document")
    assert (box.value, box.proto.raw_value) == (doc_id, "図書館の記録")


def test_a_document_is_taken_out_only_after_it_was_confirmed(open_page, town):
    town.write("hall.txt", "公民館では、予約の受付に年間480時間を使っている。\n")
    town.ingest()
    page = opened(open_page)
    documents = town.manifest().documents
    doc_id = next(i for i, d in documents.items() if d.source_path.endswith("library.txt"))
    page.selectbox(key="document").select(doc_id).run()
    assert doc_id in town.manifest().documents
    finished(page.button(key="remove").click().run())
    assert town.ask(LIBRARY_QUESTION).refused
    assert (town.documents / "library.txt").is_file()


@pytest.fixture
def twins(town):
    """Two documents of one title: the file's name → doc_id."""
    (town.documents / "library.txt").unlink()
    for name, room in (("a.txt", "和室"), ("b.txt", "洋室")):
        path = town.write(name, f"公民館の{room}は、年間480時間使われている。\n")
        correction.write_sidecar(path, {"title": "公民館の記録"})
    town.ingest()
    documents = town.manifest().documents.values()
    return {Path(d.source_path).name: d.doc_id for d in documents}


@pytest.mark.parametrize(("chosen", "left"), [("a.txt", "b.txt"), ("b.txt", "a.txt")])
def test_of_two_equal_titles_the_one_that_was_chosen_is_taken_out(
    open_page, town, twins, texts, chosen, left
):
    page = opened(open_page)
    page.selectbox(key="document").select(twins[chosen]).run()
    assert f"「公民館の記録」({chosen})を索引から取り除きます" in texts(page)
    finished(page.button(key="remove").click().run())
    assert list(town.manifest().documents) == [twins[left]]


def test_of_two_equal_titles_the_one_that_was_chosen_is_corrected(open_page, town, twins):
    page = opened(open_page)
    page.selectbox(key="document").select(twins["a.txt"]).run()
    next(i for i in page.text_input if i.label == "発行").input("かえで町")
    finished(press(page, "直した内容を保存する"))
    documents = town.manifest().documents
    assert documents[twins["a.txt"]].publisher == "かえで町"
    assert documents[twins["b.txt"]].publisher is None


def test_no_two_documents_of_a_choice_look_alike(assistant):
    document = next(iter(assistant.manifest.documents.values()))
    rows = [
        ("1", "記録", "x/a.md"),
        ("2", "記録", "y/a.md"),
        ("3", "記 録", "b.md"),
        ("4", "記録(b.md)", "c.md"),
        ("5", "別の記録", "a.md"),
    ]
    documents = [replace(document, doc_id=i, title=t, source_path=p) for i, t, p in rows]
    assert library.told_apart(documents) == {
        "1": "記録(a.md、1)",
        "2": "記録(a.md、2)",
        "3": "記 録(b.md、3)",
        "4": "記録(b.md)(c.md、4)",
        "5": "別の記録",
    }


def test_an_index_that_cannot_be_opened_can_be_made_anew_on_the_page(open_page, town):
    path = town.folder() / "manifest.json"
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r'"format": \d+', '"format": 1', text), encoding="utf-8")
    page = open_page("library")
    assert not page.exception
    assert page.error[0].value.startswith("エラー: ")
    assert "対処: 下の「索引を作り直す」" in page.error[0].value
    finished(press(page, "索引を作り直す"))
    assert not page.error
    assert page.metric[0].value == "1件"


def test_the_check_of_the_index_says_that_all_is_well(open_page, town):
    page = opened(open_page, "点検")
    press(page, "索引をすべて点検する")
    assert "問題はありません" in page.success[0].value


def test_the_timeline_is_drawn_and_can_be_read_as_text(open_page, settings):
    page = opened(open_page, "年表")
    days = list(page.dataframe[0].value["日付"])
    assert days
    assert len(page.get("vega_lite_chart")) >= 1


def test_members_of_a_series_share_a_line_also_those_not_indexed(assistant):
    documents = assistant.manifest.documents.values()
    document = next(d for d in documents if d.published and d.edition == "original")
    here = Member(document.title, document.published, document.kind, "draft", document.doc_id)
    missing = Member("確定した計画", "2099-01-01", "report", "final")
    series = Series("かえで町の計画", None, (here, missing))
    marks = timeline.marks_of(replace(assistant.manifest, series=(series,)))
    of_series = [mark for mark in marks if mark.lane == "かえで町の計画"]
    assert [(mark.here, mark.day) for mark in of_series] == [
        (True, document.published),
        (False, "2099-01-01"),
    ]


def test_the_ages_stand_below_the_timeline(open_page, settings):
    shown = opened(open_page, "年表").dataframe[-1].value
    assert list(shown.columns) == ["資料", "日付", "古さ", "後に出たもの", "そう述べる資料"]
    assert (shown["古さ"] == "不明").tolist() == (shown["日付"] == "不明").tolist()


@pytest.mark.parametrize(
    ("published", "age"),
    [
        ("2022-01-31", "2年1か月"),
        ("2023-03-02", "11か月"),
        ("2024-02", "1か月"),
        ("2024-05-01", "0か月"),
        (None, "不明"),
    ],
)
def test_an_age_counts_whole_months(published, age):
    assert [row.age for row in aged(known("a", "計画", published=published))] == [age]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("計画(案)の後に、令和６年９月１３日の確定した計画が出た。", "確定した計画(2024-09-13)"),
        ("計画は2024年9月14日に出た。", ""),
        (
            "2024年9月13日に会議を開いた。"
            + "会議では町の道路と水道を論じた。" * 3
            + "計画は別にある。",
            "",
        ),
        ("", ""),
    ],
)
def test_what_followed_is_shown_where_a_document_in_hand_says_so(text, said):
    draft = known("a", "案", published="2022-04", superseded_by="確定した計画(2024-09-13)")
    teller = known("b", "案")
    rows = aged(draft, teller, texts={"b": text})
    assert [(row.followed_by, row.said_by) for row in rows] == [
        (said, "案" if said else ""),
        ("", ""),
    ]


def test_a_successor_in_hand_speaks_for_itself():
    followed = "報告書(案)(2024-06-26)と、確定した計画(2024-09-13)"
    draft = known("a", "計画", published="2022-04", superseded_by=followed)
    first, _ = aged(draft, known("b", "計画", published="2024-09-13"))
    assert (first.followed_by, first.said_by) == ("確定した計画(2024-09-13)", "計画")


@pytest.mark.parametrize(
    ("name", "saved"),
    [
        ("計画.pdf", "計画.pdf"),
        ("../../etc/passwd.txt", "_.._etc_passwd.txt"),
        ("a\x1b[31m.txt", "a_[31m.txt"),
        ("C:\\x.txt", "C__x.txt"),
        ("con.txt", "con_.txt"),
    ],
)
def test_names_of_files_cannot_leave_their_folder(tmp_path, name, saved):
    root = tmp_path / "index"
    with uploads.placed(uploads.stage([(name, b"x")], root), root) as paths:
        assert paths == [tmp_path / "index-documents" / saved]
    assert paths[0].read_bytes() == b"x"
    assert list((tmp_path / "index-incoming").iterdir()) == []


@pytest.mark.parametrize("name", ["", ".txt", "...", "名前だけ"])
def test_names_that_cannot_be_used_are_refused(tmp_path, name):
    with pytest.raises(InputError, match="ファイル名"):
        uploads.stage([(name, b"x")], tmp_path / "index")
    assert list(tmp_path.iterdir()) == []


def test_files_of_one_batch_never_replace_each_other(tmp_path):
    root, folder = tmp_path / "index", uploads.folder_of(tmp_path / "index")
    folder.mkdir()
    (folder / "報告 (2).md").write_bytes("前からある別の資料".encode())
    long = "かえで町の地域DX推進計画" * 7
    names = ["報告.md", "報告.md", "報告 (3).md", "報告.MD", f"{long}(案).md", f"{long}(確定).md"]
    staged = uploads.stage([(name, str(n).encode()) for n, name in enumerate(names)], root)
    with uploads.placed(staged, root) as paths:
        assert sorted(path.read_text(encoding="utf-8") for path in paths) == list("012345")
    saved = {path.read_text(encoding="utf-8"): path.name for path in folder.iterdir()}
    assert [saved[n] for n in "0123"] == ["報告.md", "報告 (4).md", "報告 (3).md", "報告 (5).MD"]
    assert saved["前からある別の資料"] == "報告 (2).md"
    assert len(saved) == 7


def test_an_import_that_fails_leaves_the_files_as_they_were(tmp_path):
    root, folder = tmp_path / "index", uploads.folder_of(tmp_path / "index")
    folder.mkdir()
    (folder / "計画.txt").write_bytes("前の計画".encode())
    staged = uploads.stage([("計画.txt", b"new"), ("報告.txt", b"new")], root)
    failing = uploads.placed(staged, root)
    assert [path.read_bytes() for path in failing.__enter__()] == [b"new", b"new"]
    error = AssistantError("失敗", "対処")
    assert not failing.__exit__(AssistantError, error, None)
    assert {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()} == {
        "計画.txt": "前の計画"
    }
    assert list((tmp_path / "index-incoming").iterdir()) == []


def test_an_upload_refused_while_another_writes_changes_no_file(open_page, town, texts):
    folder = uploads.folder_of(town.root)
    folder.mkdir()
    town.ingest(_written(folder / "計画.txt", "前の計画である。\n"))
    page = opened(open_page, "加える")
    page.file_uploader[0].set_value(("計画.txt", "新しい計画である。\n".encode(), "text/plain"))
    page.run()
    with FileLock(town.root / "writer.lock"):
        press(page, "取り込む")
        with pytest.raises(AssistantError, match="ほかの処理"):
            page.session_state["job"].future.result(timeout=60)
    assert (folder / "計画.txt").read_text(encoding="utf-8") == "前の計画である。\n"
    assert list(town.root.with_name(f"{town.root.name}-incoming").iterdir()) == []


def test_what_else_is_stated_beside_a_document_is_kept(tmp_path):
    path = tmp_path / "計画.pdf"
    path.write_bytes(b"%PDF")
    beside = tmp_path / "計画.pdf.meta.toml"
    beside.write_text(
        'number = "資料6"\ntitle = "旧"\n[original]\ntitle = "原本"\n', encoding="utf-8"
    )
    correction.write_sidecar(path, {"title": '"新"\\\n', "publisher": ""})
    assert tomllib.loads(beside.read_text(encoding="utf-8")) == {
        "number": "資料6",
        "title": '"新"\\\n',
        "original": {"title": "原本"},
    }


@pytest.mark.parametrize("text", ["令和6年度", "2024", "きのう", "2024-02-30"])
def test_a_date_that_is_no_day_is_refused(text):
    with pytest.raises(InputError, match="日付を読めません"):
        correction.iso_date(text)
