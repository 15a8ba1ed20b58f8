"""Bringing files into an index: what is counted, what is answered afterwards."""

import errno
import os
import shutil
from pathlib import Path

import pytest
from towns import LIBRARY, LIBRARY_QUESTION, Town

from assistant.errors import IndexMissingError, InputError
from assistant.indexing import ingest, remove, starter_folders
from assistant.ingest import pipeline
from assistant.ingest.sandbox import Sandbox
from assistant.records.reports import IngestReport
from assistant.retrieval.generations import verify
from assistant.retrieval.index import read_inferences
from assistant.settings import Settings

HALL = "公民館では、予約の受付に年間480時間を使っている。\n"
HALL_QUESTION = "公民館では予約の受付に年間何時間を使っていますか"
FRONT = '+++\ntitle = "{title}"\nedition = "{edition}"\n{more}+++\n\n'


@pytest.fixture
def town(tmp_path, index_root):
    """An empty place for an index, and an empty folder for documents."""
    return Town.made(tmp_path, index_root)


@pytest.fixture
def library(town):
    """A town with one document, indexed."""
    town.write("library.txt", LIBRARY.format(hours=120))
    town.ingest()
    return town


def changes(report: IngestReport) -> dict[str, list[str]]:
    """What a run did, by file name; empty lists left out."""
    lists = {
        name: [Path(getattr(row, "path", row)).name for row in getattr(report, name)]
        for name in ("added", "updated", "unchanged", "removed", "skipped", "partly", "duplicates")
    }
    return {name: names for name, names in lists.items() if names}


def sources(answer):
    return [Path(citation.document.source_path).name for citation in answer.citations]


def test_new_documents_are_added_and_answer(library):
    assert sources(library.ask(LIBRARY_QUESTION)) == ["library.txt"]


def test_folders_are_searched_to_the_bottom(town):
    (town.documents / "令和6年度" / "資料").mkdir(parents=True)
    town.write("令和6年度/資料/公民館.txt", HALL)
    town.write("library.TXT", LIBRARY.format(hours=120))
    assert changes(town.ingest()) == {"added": ["library.TXT", "公民館.txt"]}


def test_a_file_named_twice_counts_once(town):
    path = town.write("library.txt", LIBRARY.format(hours=120))
    assert changes(town.ingest(path, town.documents, path)) == {"added": ["library.txt"]}


def test_hidden_and_system_files_are_no_documents(town):
    (town.documents / ".git").mkdir()
    for name in (".hidden.txt", ".git/note.txt", "Thumbs.db", "desktop.ini", "catalog.toml"):
        town.write(name, HALL)
    town.write("library.txt", LIBRARY.format(hours=120))
    report = town.ingest()
    assert changes(report) == {"added": ["library.txt"], "skipped": [".git", ".hidden.txt"]}
    assert all("「.」で始まる" in row.reason for row in report.skipped)
    named = town.ingest(town.documents / ".hidden.txt", town.documents / ".git")
    assert changes(named) == {
        "added": ["note.txt"],
        "unchanged": [".hidden.txt"],
        "duplicates": [".hidden.txt"],
    }


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
def test_what_is_no_plain_file_is_named(town):
    os.mkfifo(town.documents / "pipe.txt")
    (town.documents / "broken.txt").symlink_to(town.documents / "nowhere.txt")
    (town.documents / "link").symlink_to(town.documents.parent, target_is_directory=True)
    town.write("library.txt", LIBRARY.format(hours=120))
    report = town.ingest()
    assert changes(report)["added"] == ["library.txt"]
    assert {Path(row.path).name: row.reason for row in report.skipped} == {
        "broken.txt": "ファイルを開けません(見つかりません)。",
        "link": "フォルダーへのリンクの先は見ません。",
        "pipe.txt": "ふつうのファイルではありません(装置やパイプなど)。",
    }


def test_a_folder_that_cannot_be_opened_is_named_and_keeps_what_is_indexed(library, monkeypatch):
    closed = library.documents / "closed"
    closed.mkdir()
    library.write("closed/hall.txt", HALL)
    library.ingest()
    listed = os.scandir

    def scandir(path="."):
        if path == str(closed):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return listed(path)

    monkeypatch.setattr(os, "scandir", scandir)
    report = library.ingest()
    assert changes(report) == {"unchanged": ["library.txt"], "skipped": ["closed"]}
    assert report.skipped[0].reason.startswith("フォルダーを開けません(権限がない")
    assert sources(library.ask(HALL_QUESTION)) == ["hall.txt"]


def test_a_file_changed_while_it_is_read_is_left_for_the_next_run(town, monkeypatch):
    path = town.write("library.txt", LIBRARY.format(hours=120))
    town.write("hall.txt", HALL)
    read = Sandbox.read

    def changed(sandbox, file):
        if file == path:
            path.write_text(LIBRARY.format(hours=130), encoding="utf-8")
        return read(sandbox, file)

    with monkeypatch.context() as patched:
        patched.setattr(Sandbox, "read", changed)
        report = town.ingest()
    assert changes(report) == {"added": ["hall.txt"], "skipped": ["library.txt"]}
    assert report.skipped[0].reason == "読み取りの途中でファイルが書き換えられました。"
    assert changes(town.ingest()) == {"added": ["library.txt"], "unchanged": ["hall.txt"]}


def test_an_index_inside_the_folder_is_not_indexed(town):
    town.write("library.txt", LIBRARY.format(hours=120))
    inside = town.documents / "index"
    shutil.move(town.root, inside)
    ingest([town.documents], inside, Settings())
    assert changes(ingest([town.documents], inside, Settings())) == {"unchanged": ["library.txt"]}


def test_a_second_run_changes_nothing(library):
    before = library.manifest()
    report = library.ingest()
    assert changes(report) == {"unchanged": ["library.txt"]}
    assert (report.index_id, report.chunks) == (before.index_id, before.chunks)
    assert library.generations() == ["gen-1"]


def test_a_second_run_reads_no_unchanged_file(library, monkeypatch):
    monkeypatch.setattr("assistant.indexing.Sandbox.read", None)
    assert changes(library.ingest()) == {"unchanged": ["library.txt"]}


@pytest.mark.parametrize(
    "text",
    ["# 見出しだけの文書\n\n## 節\n", FRONT.format(title="題", edition="original", more="")],
)
def test_a_second_run_with_a_document_without_sentences_changes_nothing(town, text):
    town.write("headings.md", text)
    town.write("library.txt", LIBRARY.format(hours=120))
    town.ingest()
    assert changes(town.ingest()) == {"skipped": ["headings.md"], "unchanged": ["library.txt"]}
    assert town.generations() == ["gen-1"]


def test_a_changed_document_replaces_its_old_text(library):
    library.write("library.txt", LIBRARY.format(hours=130))
    assert changes(library.ingest()) == {"updated": ["library.txt"]}
    assert "130時間" in library.ask(LIBRARY_QUESTION).answer
    assert library.manifest().chunks == 1


def test_a_document_changed_back_answers_as_before(library):
    library.write("library.txt", LIBRARY.format(hours=130))
    library.ingest()
    library.write("library.txt", LIBRARY.format(hours=120))
    assert changes(library.ingest()) == {"updated": ["library.txt"]}
    assert "120時間" in library.ask(LIBRARY_QUESTION).answer


def test_a_removed_document_no_longer_answers(library):
    library.write("hall.txt", HALL)
    library.ingest()
    (library.documents / "library.txt").unlink()
    assert changes(library.ingest()) == {"removed": ["library.txt"], "unchanged": ["hall.txt"]}
    assert library.ask(LIBRARY_QUESTION).refused


def test_names_of_a_removed_document_are_unknown_again(tmp_path, index_root, documents):
    town = Town.made(tmp_path, index_root, documents)
    path = town.write("other.txt", "くじら町の人口は9,000人である。\n")
    town.ingest()
    path.unlink()
    town.ingest()
    assert town.ask("くじら町の人口は何人ですか").refused


def test_the_last_document_can_be_removed(library):
    (library.documents / "library.txt").unlink()
    assert changes(library.ingest()) == {"removed": ["library.txt"]}
    with pytest.raises(IndexMissingError):
        library.opened()


def test_an_emptied_index_can_be_filled_again(library):
    (library.documents / "library.txt").unlink()
    library.ingest()
    library.write("hall.txt", HALL)
    library.ingest()
    assert "480時間" in library.ask(HALL_QUESTION).answer


def test_a_removed_document_is_named_by_its_path(library):
    library.write("hall.txt", HALL)
    library.ingest()
    path = library.documents / "library.txt"
    path.unlink()
    assert changes(library.ingest(path)) == {"removed": ["library.txt"]}


def test_removals_are_seen_within_the_roots_named_only(library, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "hall.txt").write_text(HALL, encoding="utf-8")
    (library.documents / "library.txt").unlink()
    assert changes(library.ingest(elsewhere)) == {"added": ["hall.txt"]}
    assert not library.ask(LIBRARY_QUESTION).refused


@pytest.mark.parametrize("name", ["図書館.txt", "a-library.txt"])
def test_a_renamed_document_answers_under_its_new_name(library, name):
    library.write("hall.txt", HALL)
    library.ingest()
    (library.documents / "library.txt").rename(library.documents / name)
    assert changes(library.ingest()) == {
        "added": [name],
        "removed": ["library.txt"],
        "unchanged": ["hall.txt"],
    }
    assert sources(library.ask(LIBRARY_QUESTION)) == [name]


def test_a_document_indexed_twice_counts_as_a_duplicate(library):
    library.write("copy.txt", LIBRARY.format(hours=120))
    report = library.ingest()
    assert sorted(changes(report)["unchanged"]) == ["copy.txt", "library.txt"]
    assert changes(report)["duplicates"] == ["copy.txt"]
    assert (report.files, report.chunks) == (2, 1)


def test_duplicates_stay_the_same_from_run_to_run(town):
    town.write("a.txt", HALL)
    town.write("b.txt", HALL)
    assert changes(town.ingest())["duplicates"] == ["b.txt"]
    assert changes(town.ingest())["duplicates"] == ["b.txt"]


@pytest.mark.parametrize("fate", ["removed", "updated"])
def test_of_two_equal_files_the_one_that_is_left_is_cited(town, fate):
    first = town.write("a.txt", HALL)
    town.write("b.txt", HALL)
    town.ingest()
    if fate == "removed":
        first.unlink()
    else:
        first.write_text(LIBRARY.format(hours=120), encoding="utf-8")
    town.ingest()
    assert sources(town.ask(HALL_QUESTION)) == ["b.txt"]


def test_equal_files_of_which_all_are_removed_are_gone(town):
    town.write("library.txt", LIBRARY.format(hours=120))
    paths = [town.write(name, HALL) for name in ("a.txt", "b.txt")]
    town.ingest()
    for path in paths:
        path.unlink()
    assert changes(town.ingest())["removed"] == ["a.txt", "b.txt"]
    assert town.ask(HALL_QUESTION).refused


BAD_FILES = {
    "empty.txt": b"",
    "blank.txt": "　\n\n".encode(),
    "table.xlsx": b"PK\x03\x04",
    "no-suffix": b"x",
    "photo.txt": b"\x89PNG\r\n\x1a\n" + bytes(100),
    "renamed.pdf": "これはPDFではありません。".encode(),
    "broken.pdf": b"%PDF-1.7\n%broken",
    "front-matter.md": b'+++\ntitle = "unclosed\n+++\n\nbody\n',
    "unknown-field.md": b'+++\ntitel = "x"\n+++\n\nbody\n',
    "headings.md": "# 見出しだけ\n".encode(),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_skipped_with_reason_and_remedy_and_the_rest_goes_on(town, name):
    (town.documents / name).write_bytes(BAD_FILES[name])
    town.write("library.txt", LIBRARY.format(hours=120))
    report = town.ingest()
    assert changes(report) == {"added": ["library.txt"], "skipped": [name]}
    assert report.skipped[0].reason.endswith("。")
    assert report.skipped[0].remedy.endswith("。")
    assert not town.ask(LIBRARY_QUESTION).refused


def test_many_bad_files_at_once_cost_nothing_but_themselves(town):
    for name, content in BAD_FILES.items():
        (town.documents / name).write_bytes(content)
    town.write("library.txt", LIBRARY.format(hours=120))
    report = town.ingest()
    assert sorted(changes(report)["skipped"]) == sorted(BAD_FILES)
    assert (report.files, changes(report)["added"]) == (len(BAD_FILES) + 1, ["library.txt"])


def test_a_bad_file_that_comes_twice_is_skipped_twice(town):
    for name in ("a.md", "b.md"):
        (town.documents / name).write_bytes(BAD_FILES["headings.md"])
    town.write("library.txt", LIBRARY.format(hours=120))
    assert changes(town.ingest()) == {"added": ["library.txt"], "skipped": ["a.md", "b.md"]}


def test_bad_files_alone_make_no_index(town):
    (town.documents / "empty.txt").write_bytes(b"")
    report = town.ingest()
    assert (changes(report), report.chunks) == ({"skipped": ["empty.txt"]}, 0)
    assert town.generations() == []


def test_a_mended_file_is_taken_in_and_no_longer_listed_as_skipped(town):
    town.write("library.txt", "")
    town.write("hall.txt", HALL)
    town.ingest()
    town.write("library.txt", LIBRARY.format(hours=120))
    assert changes(town.ingest())["added"] == ["library.txt"]
    assert town.manifest().skipped == ()


def test_a_bad_file_that_is_removed_is_no_longer_listed_as_skipped(town):
    empty = town.write("empty.txt", "")
    town.write("hall.txt", HALL)
    town.ingest()
    empty.unlink()
    town.write("library.txt", LIBRARY.format(hours=120))
    town.ingest()
    assert town.manifest().skipped == ()


def test_a_file_that_turns_bad_no_longer_answers(library):
    library.write("hall.txt", HALL)
    library.ingest()
    library.write("library.txt", "")
    assert changes(library.ingest()) == {"skipped": ["library.txt"], "unchanged": ["hall.txt"]}
    assert library.ask(LIBRARY_QUESTION).refused


def test_counts_add_up(library):
    library.write("hall.txt", HALL)
    library.write("copy.txt", HALL)
    library.write("empty.txt", "")
    library.write("library.txt", LIBRARY.format(hours=130))
    report = library.ingest()
    kinds = (report.added, report.updated, report.unchanged, report.skipped)
    assert [len(rows) for rows in kinds] == [1, 1, 1, 1]
    assert report.files == len(list(library.documents.iterdir())) == 4


@pytest.mark.parametrize("name", ["missing", "missing.txt"])
def test_a_path_that_does_not_exist_is_an_error(town, name):
    with pytest.raises(InputError, match=name):
        town.ingest(town.documents / name)


def test_an_empty_folder_is_an_error(town):
    with pytest.raises(InputError, match="取り込める文書がありません"):
        town.ingest()


def test_an_error_in_a_path_changes_nothing(library):
    library.write("hall.txt", HALL)
    with pytest.raises(InputError):
        library.ingest(library.documents, library.documents / "missing")
    assert library.generations() == ["gen-1"]


def test_a_digest_yields_once_its_original_is_indexed(town):
    more = '[original]\ntitle = "図書館の調べ"\n'
    town.write(
        "digest.md",
        FRONT.format(title="調べの要約", edition="digest", more=more) + LIBRARY.format(hours=120),
    )
    town.ingest()
    assert sources(town.ask(LIBRARY_QUESTION)) == ["digest.md"]
    text = FRONT.format(title="図書館の調べ", edition="original", more="")
    original = town.write("original.md", text + "蔵書の点検は図書館の職員3人で行う。\n")
    town.ingest()
    assert {p.document.edition for p in town.search(LIBRARY_QUESTION, 9)} == {"original"}
    original.unlink()
    town.ingest()
    assert sources(town.ask(LIBRARY_QUESTION)) == ["digest.md"]


DRAFT = "みどり市通信網整備計画（案）\n\n令和6年4月24日\n\nみどり市役所\n\n" + LIBRARY
FINAL = "みどり市通信網整備計画\n\n令和6年9月13日\n\nみどり市役所\n\n公民館は地域の拠点である。\n"


def described(town):
    return {d.title: d for d in town.manifest().documents.values()}


def test_a_corrected_description_updates_that_one_document(town):
    town.write("a.txt", DRAFT.format(hours=120))
    town.write("b.txt", HALL)
    town.ingest()
    before = town.manifest().index_id
    sidecar = town.write("a.txt.meta.toml", 'status = "withdrawn"\n')
    assert changes(town.ingest()) == {"updated": ["a.txt"], "unchanged": ["b.txt"]}
    assert [c.document.status for c in town.ask(LIBRARY_QUESTION).citations] == ["withdrawn"]
    assert town.manifest().index_id != before
    assert changes(town.ingest()) == {"unchanged": ["a.txt", "b.txt"]}
    sidecar.unlink()
    assert changes(town.ingest())["updated"] == ["a.txt"]
    assert [c.document.status for c in town.ask(LIBRARY_QUESTION).citations] == ["draft"]
    assert town.manifest().index_id == before


def test_a_description_that_cannot_be_used_costs_its_document_only(town):
    town.write("a.txt", DRAFT.format(hours=120))
    town.write("b.txt", HALL)
    town.write("a.txt.meta.toml", "status: final")
    report = town.ingest()
    assert changes(report) == {"added": ["b.txt"], "skipped": ["a.txt"]}
    assert "a.txt.meta.toml" in report.skipped[0].reason


def test_a_description_of_no_document_is_reported(town):
    town.write("b.txt", HALL)
    town.write("a.txt.meta.toml", 'status = "final"\n')
    report = town.ingest()
    assert changes(report) == {"added": ["b.txt"], "skipped": ["a.txt.meta.toml"]}
    assert "当たる文書が同じフォルダーにありません" in report.skipped[0].reason


def test_a_draft_learns_of_the_final_text_and_forgets_it_again(town):
    town.write("draft.txt", DRAFT.format(hours=120))
    town.ingest()
    assert described(town)["みどり市通信網整備計画（案）"].superseded_by is None
    final = town.write("final.txt", FINAL)
    assert changes(town.ingest()) == {"added": ["final.txt"], "unchanged": ["draft.txt"]}
    followed = "「みどり市通信網整備計画」(2024-09-13)"
    assert described(town)["みどり市通信網整備計画（案）"].superseded_by == followed
    assert any(followed in note for note in town.ask(LIBRARY_QUESTION).notes)
    [series] = [s for s in town.manifest().series if s.name == "みどり市通信網整備計画"]
    assert [member.published for member in series.members] == ["2024-04-24", "2024-09-13"]
    final.unlink()
    town.ingest()
    assert described(town)["みどり市通信網整備計画（案）"].superseded_by is None
    assert "みどり市通信網整備計画" not in {s.name for s in town.manifest().series}


def test_a_stated_successor_stays_when_others_come_and_go(town):
    town.write("draft.txt", DRAFT.format(hours=120))
    town.write("draft.txt.meta.toml", 'superseded_by = "別の計画(2025-01-01)"\n')
    town.ingest()
    town.write("final.txt", FINAL)
    town.ingest()
    assert described(town)["みどり市通信網整備計画（案）"].superseded_by == "別の計画(2025-01-01)"


def test_the_evidence_of_every_document_is_kept_and_goes_with_it(town):
    path = town.write("draft.txt", DRAFT.format(hours=120))
    town.write("b.txt", HALL)
    town.ingest()
    sources = read_inferences(town.folder())
    assert set(sources) == set(town.manifest().documents)
    path.unlink()
    town.ingest()
    assert set(read_inferences(town.folder())) == set(town.manifest().documents)


def test_two_indexes_do_not_see_each_others_documents(tmp_path, index_root):
    towns = []
    for name, text in (("one", LIBRARY.format(hours=120)), ("two", HALL)):
        (tmp_path / name).mkdir()
        towns.append(Town.made(tmp_path / name, index_root))
        towns[-1].write("document.txt", text)
        towns[-1].ingest()
    found = [
        [p.chunk.text for p in town.search("図書館と公民館は何時間を使いますか", 9)]
        for town in towns
    ]
    assert found == [[LIBRARY.format(hours=120).strip()], [HALL.strip()]]


def test_a_rebuild_takes_out_what_is_gone_and_keeps_the_rest(library):
    library.write("hall.txt", HALL)
    library.ingest()
    (library.documents / "library.txt").unlink()
    assert changes(library.rebuild()) == {"added": ["hall.txt"], "removed": ["library.txt"]}
    assert not library.ask(HALL_QUESTION).refused
    assert verify(library.root) == ([], 1)


def test_a_rebuild_without_any_source_left_is_an_error_and_changes_nothing(library):
    (library.documents / "library.txt").unlink()
    with pytest.raises(InputError):
        library.rebuild()
    assert not library.ask(LIBRARY_QUESTION).refused


def test_a_rebuild_of_nothing_is_an_error(town):
    with pytest.raises(IndexMissingError):
        town.rebuild()


def test_progress_is_told_to_the_end(town):
    town.write("library.txt", LIBRARY.format(hours=120))
    seen = []
    ingest([town.documents], town.root, Settings(), progress=lambda *step: seen.append(step))
    assert {label: (done, total) for label, done, total in seen} == {
        "文書を読み取り": (1, 1),
        "索引に登録": (1, 1),
    }


def test_the_starter_corpus_is_there():
    names = {folder.name for folder in starter_folders()}
    assert {"digests", "guidebooks"} <= names


def test_a_document_taken_out_is_no_longer_cited_and_its_file_stays(library):
    library.write("hall.txt", HALL)
    library.ingest()
    path = library.documents / "library.txt"
    assert changes(remove([path], library.root, Settings())) == {"removed": ["library.txt"]}
    assert library.ask(LIBRARY_QUESTION).refused
    assert not library.ask(HALL_QUESTION).refused
    assert path.is_file()
    assert changes(library.ingest()) == {"added": ["library.txt"], "unchanged": ["hall.txt"]}


def test_a_document_stays_while_a_copy_of_it_is_indexed(library):
    copy = library.write("copy.txt", LIBRARY.format(hours=120))
    library.ingest()
    remove([copy], library.root, Settings())
    assert sources(library.ask(LIBRARY_QUESTION)) == ["library.txt"]


def test_a_skipped_file_can_be_forgotten(library):
    path = library.write("old.doc", "x")
    library.ingest()
    assert [Path(row.path).name for row in library.manifest().skipped] == ["old.doc"]
    assert changes(remove([path], library.root, Settings())) == {}
    assert library.manifest().skipped == ()


def test_a_file_that_is_not_indexed_cannot_be_taken_out(library):
    with pytest.raises(InputError, match="索引にない資料"):
        remove([library.documents / "other.txt"], library.root, Settings())


def test_documents_of_the_starter_corpus_cannot_be_taken_out(town):
    path = town.write("library.txt", LIBRARY.format(hours=120))
    ingest([town.documents], town.root, Settings(), starter=True)
    with pytest.raises(InputError, match="付属の資料"):
        remove([path], town.root, Settings())


def test_one_changed_file_among_many_is_the_only_one_read_and_cut(town, monkeypatch):
    for number in range(30):
        town.write(
            f"{number:02}.txt", f"第{number}地区では、職員が月に{number}件の相談を受けた。\n"
        )
    town.ingest()
    read, cut = [], []
    reading, cutting = Sandbox.read, pipeline.cut

    def noted_reading(sandbox, path):
        read.append(path.name)
        return reading(sandbox, path)

    def noted_cutting(document):
        document, chunks = cutting(document)
        cut.extend(chunk.text for chunk in chunks)
        return document, chunks

    monkeypatch.setattr(Sandbox, "read", noted_reading)
    monkeypatch.setattr(pipeline, "cut", noted_cutting)
    town.write("07.txt", "第7地区では、職員が月に99件の相談を受けた。\n")
    assert changes(town.ingest())["updated"] == ["07.txt"]
    assert (read, cut) == (["07.txt"], ["第7地区では、職員が月に99件の相談を受けた。"])


@pytest.mark.parametrize("kind", ["report", "minutes"])
def test_a_comment_in_markdown_is_quoted_nowhere(town, kind):
    (town.documents / "hall.md").write_text(
        FRONT.format(title="公民館", edition="original", more=f'kind = "{kind}"\n')
        + "○山田委員　公民館では、予約の受付に<!-- 実は秘密の -->年間480時間を使っている。\n"
        "<!-- 秘密の費用は\n年間900万円である。 -->\n",
        encoding="utf-8",
    )
    town.ingest()
    answer = town.ask(HALL_QUESTION)
    assert "年間480時間" in answer.answer
    assert "秘密" not in answer.answer
    quotes = [citation.quote for citation in answer.citations]
    assert quotes[-1] == "年間480時間を使っている。"  # a break in the source parts the quotes
    assert all(citation.verified for citation in answer.citations)
    assert town.ask("秘密の費用は年間いくらですか").refused
    assert not any("秘密" in passage.chunk.text for passage in town.search("秘密の費用"))
