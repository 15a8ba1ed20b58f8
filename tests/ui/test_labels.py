from dataclasses import replace

from assistant.ui.labels import marks


def test_every_stage_and_label_of_a_statement_is_shown_once(assistant):
    citations = assistant.ask("担当者は何人ですか").citations
    draft = replace(citations[0], document=replace(citations[0].document, status="draft"))
    read = replace(draft, ocr=True)
    assert marks("提案・仮説", [draft, read]) == ["案", "提案", "仮説", "文字認識"]
