import re
import shutil
import subprocess
import zipfile
from io import BytesIO

import docx
import pytest
from plans import GAP, HOSTILE, PlanItem, PlanSection, citation, plan, sourced

from assistant.export.word import answer_docx, conversation_docx, plan_docx

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def parts(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {
            n: archive.read(n).decode() for n in archive.namelist() if n.endswith((".xml", "s"))
        }


def test_footnotes_resolve_and_keep_the_numbers_on_screen():
    found = parts(plan_docx(plan()))
    marks = re.findall(r'<w:footnoteReference w:id="(\d+)"', found["word/document.xml"])
    notes = dict(
        re.findall(r'<w:footnote w:id="(\d+)">.*?<w:t[^>]*>([^<]*)', found["word/footnotes.xml"])
    )
    assert marks == ["1", "2", "3"] == list(notes)
    assert notes["3"] == " 資料3【案】、総務省、2024-04-24、第1章、p.1(PDF 3枚目):「案の文。」"
    assert "footnotes.xml" in found["word/_rels/document.xml.rels"]
    assert "footnotes+xml" in found["[Content_Types].xml"]
    assert "<w:footnotePr" in found["word/settings.xml"]


def test_a_quote_cited_again_refers_to_its_first_footnote():
    document = parts(plan_docx(plan()))["word/document.xml"]
    bookmarks = set(re.findall(r'w:name="(_Quote\d+)"', document))
    references = re.findall(r"NOTEREF (_Quote\d+)", document)
    assert len(references) == 3
    assert set(references) <= bookmarks


def test_gaps_are_highlighted_and_nothing_else():
    document = docx.Document(BytesIO(plan_docx(plan())))
    runs = [run for p in document.element.iter(f"{W}p") for run in p.iter(f"{W}r")]
    lit = [r for r in runs if r.find(f".//{W}highlight") is not None]
    texts = {"".join(t.text or "" for t in run.iter(f"{W}t")) for run in lit}
    assert GAP.text in texts
    assert all(text.startswith("【要記入") or text == "まだない" for text in texts)


def test_headings_tables_and_the_mark_of_a_draft_are_there():
    document = docx.Document(BytesIO(plan_docx(plan())))
    headings = [p.text for p in document.paragraphs if p.style.name.startswith("Heading")]
    assert headings[:3] == ["一枚の要約", "先に直すところ", "計画の本文"]
    assert "付録: 出典の一覧" in headings
    assert len(document.tables) == 8
    text = "\n".join(p.text for p in document.paragraphs)
    assert "AIによる下書き・要確認" in text
    assert "資料の時点: 2024-04-24。索引の番号: 0123456789ab" in text
    assert "字 / 400字以内" in text
    assert HOSTILE in text


def test_characters_that_xml_cannot_hold_do_no_harm():
    item = PlanItem("制御\x00文字\ufffeと\ud800", "brief")
    found = plan_docx(plan(sections=(PlanSection("one", "1\x0b", (), (item,)),), coverage=()))
    assert docx.Document(BytesIO(found))


def test_marks_out_of_order_are_a_defect_and_noticed():
    wrong = PlanSection("one", "1", (), (sourced(2), sourced(1)))
    with pytest.raises(AssertionError):
        plan_docx(plan(sections=(wrong,), coverage=()))


def test_an_evidence_sheet_holds_question_answer_and_quotes(assistant):
    answer = assistant.ask("推進体制には誰が加わるのが有効か")
    assert not answer.refused
    document = docx.Document(BytesIO(answer_docx(answer)))
    text = "\n".join(p.text for p in document.paragraphs)
    cells = [cell.text for row in document.tables[0].rows for cell in row.cells]
    assert answer.question in text
    assert all(statement.text.split("\n")[0] in text for statement in answer.statements)
    assert all(citation.quote in cells for citation in answer.citations)
    assert f"資料の時点: {answer.as_of}" in text
    assert "AIによる下書き・要確認" in text


def test_a_refusal_makes_a_sheet_too(assistant):
    answer = assistant.ask("火星の首都はどこですか")
    assert answer.refused
    (nearest,) = docx.Document(BytesIO(answer_docx(answer))).tables
    shown = [row.cells[0].text for row in nearest.rows]
    assert shown == ["本文", *(passage.chunk.text for passage in answer.nearest)]


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOfficeがありません")
def test_libreoffice_reads_the_file(tmp_path):
    path = tmp_path / "plan.docx"
    path.write_bytes(plan_docx(plan()))
    subprocess.run(
        ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile",
         "--convert-to", "html:HTML (StarWriter):EmbedImages", "--outdir", tmp_path, path],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    text = (tmp_path / "plan.html").read_text(encoding="utf-8")
    text = re.sub(r"<[^>]*>|\s", "", text)
    assert "資料3【案】、総務省、2024-04-24" in text
    assert citation(1, "").document.title in text


def test_a_conversation_holds_every_answer_with_its_quotes(assistant):
    answers = [
        assistant.ask("協議会には誰が参加しますか"),
        assistant.ask("月面基地の建設費はいくらですか"),
    ]
    document = docx.Document(BytesIO(conversation_docx(answers)))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert [answer.question in text for answer in answers] == [True, True]
    cells = {cell.text for table in document.tables for row in table.rows for cell in row.cells}
    assert {citation.quote for citation in answers[0].citations} <= cells
