"""The command as scripts and people meet it: exit codes, streams, order."""

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from towns import LIBRARY, LIBRARY_QUESTION, Town

from assistant.cli import main

QUESTION = "補助率と上限額はいくらですか"


@pytest.fixture
def town(tmp_path, index_root):
    return Town.made(tmp_path, index_root)


@pytest.fixture
def run(capsys):
    """Run the command in this process; gives exit code, standard output and standard error."""

    def run_it(*arguments):
        code = main([str(argument) for argument in arguments])
        return code, *capsys.readouterr()

    return run_it


@pytest.fixture
def run_json(run):
    """Run with --json; gives the one object printed."""

    def run_it(*arguments):
        code, out, err = run(*arguments, "--json")
        assert (code, err, out.count("\n")) == (0, "", 1)
        return json.loads(out)

    return run_it


def process(*arguments, **options):
    """The command in a process of its own; bytes in, bytes out."""
    environment = {**os.environ, **options.pop("env", {})}
    return subprocess.run(
        [sys.executable, "-m", "assistant.cli", *map(str, arguments)],
        capture_output=True,
        check=False,
        env=environment,
        **options,
    )


def test_ask_prints_the_answer_and_its_sources(run, index_root):
    code, out, err = run("ask", QUESTION, "--index", index_root)
    assert (code, err) == (0, "")
    assert "上限額は1件当たり500万円である。[1]" in out
    assert "[1] 地域デジタル化の進め方ガイドブック、みどり県、2024-10-01" in out


def test_ask_json_is_the_row_of_the_contract(run_json, index_root):
    row = run_json("ask", QUESTION, "--index", index_root)
    assert set(row) >= {
        *("id", "question", "answer", "refused", "reason", "mode", "statements", "citations"),
        *("notes", "as_of", "nearest", "provenance", "seconds"),
    }
    assert (row["id"], row["question"], row["refused"]) == (None, QUESTION, False)


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("", "question_empty"),
        ("あ" * 5000, "question_too_long"),
        ("大阪市の人口は何人ですか", "no_evidence"),
    ],
)
def test_a_refusal_is_no_error(run_json, index_root, question, reason):
    row = run_json("ask", question, "--index", index_root)
    assert (row["refused"], row["reason"]) == (True, reason)


def test_a_refusal_shows_the_nearest_passages(run, index_root):
    code, out, err = run("ask", "大阪市の人口は何人ですか", "--index", index_root)
    assert (code, err) == (0, "")
    assert "見つかりませんでした" in out
    assert "\n1. " in out


@pytest.mark.parametrize("mode", ["auto", "extractive"])
def test_ask_without_a_model_extracts(run_json, index_root, mode):
    row = run_json("ask", QUESTION, "--mode", mode, "--index", index_root)
    assert row["mode"] == "extractive"


@pytest.mark.parametrize("k", [1, 3])
def test_search_prints_the_best_passages(run_json, index_root, k):
    row = run_json("search", QUESTION, "-k", k, "--index", index_root)
    assert [result["rank"] for result in row["results"]] == list(range(1, k + 1))
    assert "500万円" in row["results"][0]["text"]


def test_search_for_people_shows_place_and_text(run, index_root):
    code, out, err = run("search", QUESTION, "-k", 1, "--index", index_root)
    assert (code, err) == (0, "")
    assert out.startswith("1. 地域デジタル化の進め方ガイドブック、みどり県、2024-10-01、補助の対象")
    assert "補助率は2分の1以内" in out


@pytest.mark.parametrize("question", ["", "😀", "これはそれですか"])
def test_a_search_without_results_is_no_error(run, run_json, index_root, question):
    assert run_json("search", question, "--index", index_root)["results"] == []
    assert "見つかりませんでした" in run("search", question, "--index", index_root)[1]


@pytest.mark.parametrize(
    ("options", "passes"),
    [
        (["--kind", "minutes"], lambda row: row["kind"] == "minutes"),
        (["--kind", "議事録"], lambda row: row["kind"] == "minutes"),
        (["--status", "draft"], lambda row: row["status"] == "draft"),
        (["--status", "案"], lambda row: row["status"] == "draft"),
        (["--since", "2024-03-15"], lambda row: row["published"] >= "2024-03-15"),
        (["--until", "2024-03-15"], lambda row: row["published"] <= "2024-03-15"),
        (["--speaker", "佐藤"], lambda row: "佐藤" in row["speaker"]),
        (
            ["--kind", "minutes", "--speaker", "高橋", "--since", "2023-11-08"],
            lambda row: row["kind"] == "minutes" and "高橋" in row["speaker"],
        ),
    ],
)
@pytest.mark.parametrize("command", ["search", "ask"])
def test_nothing_outside_the_filters_is_shown(run_json, index_root, command, options, passes):
    more = ["-k", "50"] if command == "search" else []
    question = "光ファイバや衛星の通信網の維持の費用と方法"
    row = run_json(command, question, *options, *more, "--index", index_root)
    shown = row["results"] if command == "search" else row["citations"] + row["nearest"]
    assert shown
    assert all(passes(passage) for passage in shown)


def test_show_by_number_looks_into_the_index_that_was_asked(run, run_json, index_root):
    citation = run_json("ask", "担当者は何人ですか", "--index", index_root)["citations"][0]
    code, out, err = run("show", "1")
    assert (code, err) == (0, "")
    assert f"▶ {citation['chunk_id']}" in out


def test_show_by_number_of_a_citation_of_the_last_answer(run, run_json, index_root):
    citations = run_json("ask", "担当者は何人ですか", "--index", index_root)["citations"]
    for citation in citations:
        for place in (citation["number"], f"[{citation['number']}]", citation["chunk_id"]):
            code, out, err = run("show", place, "--index", index_root)
            assert (code, err) == (0, "")
            assert f"▶ {citation['chunk_id']}" in out


def test_show_gives_the_neighbours_too(run, run_json, index_root):
    (found,) = run_json("search", QUESTION, "-k", 1, "--index", index_root)["results"]
    out = run("show", found["chunk_id"], "--index", index_root)[1]
    assert out.splitlines()[1] == found["source_path"]
    for text in ("協議会の設立までの手順", "補助率は2分の1以内", "個人に関する情報を扱うとき"):
        assert text in out


def questions_file(folder, *lines):
    path = folder / "questions.jsonl"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def question_line(question_id, question=QUESTION):
    return json.dumps({"id": question_id, "question": question}, ensure_ascii=False)


@pytest.mark.parametrize("command", ["ask", "search"])
@pytest.mark.parametrize(
    "broken",
    [
        "{broken",
        "[]",
        "3",
        "null",
        '"text"',
        "{}",
        '{"id": 9}',
        '{"id": 9, "question": null}',
        '{"id": 9, "question": 3}',
        '{"id": 9, "question": ["x"]}',
        '{"id": 9, "question": "\\ud800"}',
    ],
)
def test_a_line_that_cannot_be_used_is_a_row_in_its_place(
    run, index_root, tmp_path, command, broken
):
    path = questions_file(tmp_path, question_line("a"), broken, question_line("b"))
    code, out, err = run(command, "--from", path, "--json", "--index", index_root)
    rows = [json.loads(line) for line in out.splitlines()]
    assert (code, err) == (0, "")
    assert [row["id"] for row in rows] == ["a", 9 if '"id": 9' in broken else None, "b"]
    assert ["error" in row for row in rows] == [False, True, False]


def test_a_question_that_fails_is_a_row_with_its_error(run, index_root, tmp_path):
    path = questions_file(tmp_path, question_line("a"))
    code, out, _ = run("search", "--from", path, "-k", 0, "--json", "--index", index_root)
    assert (code, json.loads(out)) == (0, {"id": "a", "error": "件数は1以上にしてください。"})


def test_many_questions_are_answered_in_order_one_object_a_line(run, index_root, tmp_path):
    ids = [*range(20), "最後", None, 1.5]
    path = questions_file(tmp_path, *(question_line(name, f"{name}人の担当者") for name in ids))
    out = run("ask", "--from", path, "--json", "--index", index_root)[1]
    rows = [json.loads(line) for line in out.splitlines()]
    assert [row["id"] for row in rows] == ids
    assert [row["question"] for row in rows] == [f"{name}人の担当者" for name in ids]


def test_refusals_among_many_questions_are_rows(run, index_root, tmp_path):
    questions = ["", QUESTION, "あ" * 5000, "'; DROP TABLE chunks; --"]
    path = questions_file(tmp_path, *(question_line(q[:3], q) for q in questions))
    out = run("ask", "--from", path, "--json", "--index", index_root)[1]
    reasons = [json.loads(line)["reason"] for line in out.splitlines()]
    assert reasons == ["question_empty", None, "question_too_long", "no_evidence"]


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x85"])
def test_only_line_feeds_end_a_line(run, index_root, tmp_path, separator):
    # All three may stand unescaped inside a JSON string.
    path = questions_file(tmp_path, question_line("a", f"補助率と{separator}上限額は"))
    rows = run("ask", "--from", path, "--json", "--index", index_root)[1].rstrip("\n").split("\n")
    assert [json.loads(row)["id"] for row in rows] == ["a"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\n\n"])
def test_questions_are_read_with_any_line_end_and_a_mark(run, index_root, tmp_path, encoding, end):
    path = tmp_path / "questions.jsonl"
    path.write_bytes(end.join([question_line("a"), question_line("b")]).encode(encoding))
    rows = run("search", "--from", path, "--json", "--index", index_root)[1].splitlines()
    assert [json.loads(row)["id"] for row in rows] == ["a", "b"]


def test_questions_come_from_standard_input(run, index_root, monkeypatch):
    lines = f"\ufeff{question_line('a')}\n{{broken\n{'[' * 99_999}\n{question_line('b')}\n"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(lines.encode()), "utf-8"))
    out = run("ask", "--from", "-", "--json", "--index", index_root)[1]
    assert [json.loads(row)["id"] for row in out.splitlines()] == ["a", None, None, "b"]


def test_answers_to_many_questions_name_their_question(run, index_root, tmp_path):
    path = questions_file(tmp_path, question_line("a"), question_line("b"))
    out = run("ask", "--from", path, "--index", index_root)[1]
    assert out.index("■ a: ") < out.index("■ b: ")


def test_a_question_beside_a_file_of_questions_is_an_error(run, index_root, tmp_path):
    path = questions_file(tmp_path, question_line("a"))
    code, out, err = run("ask", QUESTION, "--from", path, "--index", index_root)
    assert (code, out) == (1, "")
    assert err.startswith("エラー: ")


def test_no_questions_give_no_rows(run, index_root, tmp_path):
    path = questions_file(tmp_path, "", "  ")
    assert run("ask", "--from", path, "--json", "--index", index_root) == (0, "", "")


def test_ingest_json_counts_what_was_done(run_json, town):
    town.write("library.txt", LIBRARY.format(hours=120))
    town.write("empty.txt", "")
    row = run_json("ingest", town.documents, "--index", town.root)
    assert set(row) >= {
        *("files", "added", "updated", "unchanged", "removed", "skipped", "partly"),
        *("duplicates", "index_id", "chunks", "seconds"),
    }
    assert row["added"] == [str(town.documents / "library.txt")]
    assert set(row["skipped"][0]) == {"path", "reason", "remedy"}
    assert row["files"] == 2


def test_ingest_for_people_names_every_skip(run, town):
    town.write("library.txt", LIBRARY.format(hours=120))
    town.write("table.xlsx", "x")
    code, out, err = run("ingest", town.documents, "--index", town.root)
    assert (code, err) == (0, "")
    assert out.startswith("追加 1件、取り込めず 1件\n")
    for line in (f"取り込めず: {town.documents / 'table.xlsx'}\n", "  理由: ", "  対処: "):
        assert line in out
    assert out.endswith("2件のうち1件は索引に入っていません(理由と対処は上のとおり)。\n")


def test_a_skip_is_an_error_only_where_it_is_asked_for(run, town):
    town.write("library.txt", LIBRARY.format(hours=120))
    ingest = ("ingest", town.documents, "--index", town.root, "--strict", "--json")
    assert run(*ingest)[0] == 0
    town.write("table.xlsx", "x")
    code, out, err = run(*ingest)
    assert (code, len(json.loads(out)["skipped"])) == (1, 1)
    assert err.startswith("エラー: 取り込めなかった文書が1件あります。\n対処: ")


def test_what_is_ingested_answers(run, run_json, town):
    town.write("library.txt", LIBRARY.format(hours=120))
    run("ingest", town.documents, "--index", town.root)
    row = run_json("ask", LIBRARY_QUESTION, "--index", town.root)
    assert "120時間" in row["answer"]
    assert run_json("index", "verify", "--index", town.root)["ok"] is True


def test_stats_count_the_index(run, run_json, index_root):
    row = run_json("index", "stats", "--index", index_root)
    assert (row["documents"], row["newest"]) == (6, "2024-10-01")
    assert row["kinds"] == {"minutes": 1, "outline": 2, "slides": 1, "guidebook": 1, "report": 1}
    code, out, err = run("index", "stats", "--index", index_root)
    assert (code, err) == (0, "")
    assert row["index_id"] in out
    assert "骨子 2件" in out
    assert "案 " in out
    assert not {"minutes", "outline", "draft", "final"} & set(re.split(r"\W+", out))


def test_verify_finds_a_sound_index_sound(run_json, index_root):
    row = run_json("index", "verify", "--index", index_root)
    stats = run_json("index", "stats", "--index", index_root)
    assert (row["ok"], row["problems"], row["chunks"]) == (True, [], stats["chunks"])


@pytest.mark.parametrize("part", ["vectors/chroma.sqlite3", "manifest.json"])
def test_verify_finds_a_damaged_index_damaged(run, tmp_path, index_root, part):
    town = Town.copied(tmp_path, index_root)
    (town.folder() / part).write_bytes(b"damaged" * 1000)
    code, out, err = run("index", "verify", "--json", "--index", town.root)
    row = json.loads(out)
    assert (code, row["ok"]) == (1, False)
    assert row["problems"]
    assert "\nエラー: " in f"\n{err}"


def test_rebuild_makes_a_damaged_index_sound(run, run_json, tmp_path, index_root):
    town = Town.copied(tmp_path, index_root)
    (town.folder() / "vectors" / "chroma.sqlite3").write_bytes(b"damaged" * 1000)
    report = run_json("index", "rebuild", "--index", town.root)
    assert len(report["added"]) == report["files"] == 6
    assert "500万円" in run_json("ask", QUESTION, "--index", town.root)["answer"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "続けて ingest、index、"),
        (["ingest"], "パス ... が必要です"),
        (["unknown"], "unknown というコマンドはありません"),
        (["index", "stat"], "stat というコマンドはありません。stats のことですか"),
        (["index"], "続けて rebuild、stats、verify のどれかが必要です"),
        (["show"], "番号 が必要です"),
        (["search", "通信", "-k", "x"], "-k は整数で書いてください"),
        (["search", "通信", "--kind", "novel"], "--kind は 議事録、報告書、"),
        (["ask", "通信", "--status", "done"], "--status は 確定、案、"),
        (["ask", "通信", "--status"], "--status の値がありません"),
        (["ask", "通信", "--json=3"], "--json に値は要りません"),
        (["ask", "通信", "--mode", "magic"], "--mode は auto、extractive、llm から"),
        (["ask", "通信", "--unknown"], "--unknown は使えません"),
        (["ask", "通信", "費用"], "余分な語があります"),
    ],
    ids=str,
)
def test_wrong_usage_is_exit_code_2_and_two_lines_of_japanese(arguments, words, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    out, err = capsys.readouterr()
    fault, remedy = err.splitlines()
    assert out == ""
    assert f"エラー: コマンドの書き方が正しくありません({words}" in fault
    assert remedy.startswith("対処: regional-dx")


@pytest.mark.parametrize(
    "arguments", [["--help"], ["ask", "--help"], ["index", "--help"], ["ingest", "-h"]]
)
def test_help_is_on_standard_output(arguments, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 0
    assert "使い方: regional-dx" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "offered"),
    [("regional-dx in", {"ingest", "index"}), ("regional-dx ask --kind 議", {"議事録"})],
)
def test_a_shell_completes_commands_and_kinds(words, offered):
    last = str(words.count(" "))
    environment = {
        "_REGIONAL_DX_COMPLETE": "bash_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": last,
    }
    done = process(env={**environment, "PYTHONUTF8": "1"})
    assert (done.returncode, done.stderr) == (0, b"")
    assert {line.partition(",")[2] for line in done.stdout.decode().splitlines()} == offered


def test_an_interrupted_command_says_so(run, index_root, monkeypatch):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("assistant.assistant.Assistant.ask", interrupt)
    code, out, err = run("ask", QUESTION, "--index", index_root)
    assert (code, out) == (130, "")
    assert err.startswith("エラー: 中断しました。\n")


def test_a_data_folder_that_cannot_be_written_costs_only_show(
    run_json, index_root, tmp_path, monkeypatch
):
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("REGIONAL_DX_DATA", str(tmp_path / "file"))
    assert not run_json("ask", QUESTION, "--index", index_root)["refused"]


def test_the_default_index_is_used_when_none_is_named(run_json):
    row = run_json("ask", "コンソーシアムには誰に入ってもらうべきですか")
    assert not row["refused"]
    root = Path(os.environ["REGIONAL_DX_DATA"]) / "index"
    assert run_json("index", "stats")["index_id"] == row["provenance"]["index_id"]
    assert root.is_dir()


def test_a_console_in_cp932_survives_what_it_cannot_show(index_root, tmp_path):
    # The bullet • of the slides is in no CP932; the question holds an emoji.
    path = questions_file(tmp_path, question_line("a", "乗合タクシーの利用者は1日平均何人ですか😀"))
    done = process(
        *("ask", "--from", "-", "--index", index_root),
        env={"PYTHONIOENCODING": "cp932", "PYTHONUTF8": "0"},
        input=path.read_bytes(),
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert "41人" in done.stdout.decode("cp932")


@pytest.mark.parametrize(("arguments", "code"), [(["ask", "--help"], 0), (["ask", "--kind"], 2)])
def test_a_console_in_cp932_shows_help_and_usage_errors(arguments, code):
    done = process(*arguments, env={"PYTHONIOENCODING": "cp932", "PYTHONUTF8": "0"})
    assert done.returncode == code
    assert "--help" in (done.stdout + done.stderr).decode("cp932")


def test_a_console_in_cp932_alters_no_quote(index_root, tmp_path):
    done = process(
        *("ask", QUESTION + "😀", "--json", "--index", index_root),
        env={"PYTHONIOENCODING": "cp932", "PYTHONUTF8": "0"},
    )
    row = json.loads(done.stdout.decode("ascii"))
    assert row["question"].endswith("😀")


def test_a_reader_that_has_seen_enough_stops_the_command_quietly(index_root, tmp_path):
    path = questions_file(tmp_path, *(question_line(number) for number in range(500)))
    command = [sys.executable, "-m", "assistant.cli", "ask", "--json", "--from", str(path)]
    with subprocess.Popen(
        [*command, "--index", str(index_root)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        first = running.stdout.readline()
        running.stdout.close()
        err = running.stderr.read()
    assert json.loads(first)["id"] == 0
    assert (running.returncode, err) == (0, b"")


def test_an_argument_that_is_no_text_is_no_crash(run, index_root):
    # What Python makes of bytes in the command line that are not UTF-8.
    assert run("ask", "\udcff\udcfe人口", "--index", index_root)[0] in {0, 1}
