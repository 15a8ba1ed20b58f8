import re

from plans import HOSTILE, plan

from assistant.export.markdown import (
    answer_markdown,
    conversation_markdown,
    inert,
    plan_markdown,
)


def test_every_mark_has_its_footnote_under_the_number_on_screen():
    text = plan_markdown(plan())
    notes = re.findall(r"^\[\^(\d+)\]: (.*)$", text, re.MULTILINE)
    assert [number for number, _ in notes] == ["1", "2", "3"]
    assert set(re.findall(r"(?<!\\)\[\^(\d+)\](?!:)", text)) == {"1", "2", "3"}
    assert notes[2][1] == "資料3【案】、総務省、2024-04-24、第1章、p.1(PDF 3枚目):「案の文。」"


def test_what_the_brief_says_is_shown_and_not_obeyed():
    text = plan_markdown(plan())
    assert not re.search(r"(?<!\\)<", text.replace("<br>", ""))
    assert not re.search(r"(?<!\\)!\[|(?<!\\)\]\(|http://", text)
    # Undoing the escapes gives the text back.
    assert re.sub(r"\\(.)", r"\1", inert(HOSTILE)) == HOSTILE


def test_tables_stay_tables():
    rows = [line for line in plan_markdown(plan()).splitlines() if line.startswith("|")]
    widths = [len(re.findall(r"(?<!\\)\|", row)) for row in rows]
    assert set(widths) <= {3, 4, 5, 6}
    assert all(row.endswith("|") for row in rows)


def test_the_plan_says_what_it_is():
    text = plan_markdown(plan())
    assert text.startswith("# みどり町 地域DX計画(下書き)\n\n**AIによる下書き・要確認**")
    assert "資料の時点: 2024-04-24。索引の番号: 0123456789ab" in text
    assert "**【要記入: 事業名。" in text
    assert "別表: 「役割表」、「リスク」" in text


def test_an_evidence_sheet_shows_quotes_with_their_places(assistant):
    answer = assistant.ask("推進体制には誰が加わるのが有効か")
    text = answer_markdown(answer)
    assert inert(answer.question) in text
    for citation in answer.citations:
        assert inert(citation.quote) in text
        assert inert(citation.document.title) in text
    assert "AIによる下書き・要確認" in text


def test_a_conversation_keeps_each_answers_own_numbers(assistant):
    answers = [
        assistant.ask(q) for q in ("協議会には誰が参加しますか", "維持管理の費用は誰が払いますか")
    ]
    text = conversation_markdown(answers)
    assert text.count("## 質問") == 2
    assert re.findall(r"^\| (\d+) \|", text, re.MULTILINE) == [
        str(citation.number) for answer in answers for citation in answer.citations
    ]
