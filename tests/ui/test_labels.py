from dataclasses import replace

from assistant.ui.labels import marks, stages


def test_every_stage_and_label_of_a_statement_is_shown_once(assistant):
    citations = assistant.ask("担当者は何人ですか").citations
    draft = replace(citations[0], document=replace(citations[0].document, status="draft"))
    read = replace(draft, ocr=True)
    assert marks("提案・仮説", [draft, read]) == ["案", "提案", "仮説", "文字認識"]


def test_a_digest_of_a_draft_says_both(assistant):
    documents = assistant.manifest.documents.values()
    digest = next(d for d in documents if d.edition == "digest")
    assert stages(replace(digest, status="draft", superseded_by=None)) == ["要約", "案"]
    assert stages(replace(digest, status="final", superseded_by="新")) == ["要約", "差替済"]
