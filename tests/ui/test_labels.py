from dataclasses import replace

from assistant.export.text import unknown_stages_text
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


def test_an_unknown_stage_is_said_of_a_document_and_not_of_every_statement(assistant):
    citation = assistant.ask("担当者は何人ですか").citations[0]
    unknown = replace(citation, document=replace(citation.document, status="unknown"))
    assert marks(None, [unknown]) == []
    assert stages(replace(unknown.document, edition="original")) == ["段階不明"]
    title = citation.document.title
    said = unknown_stages_text([unknown, unknown])
    assert said == f"段階不明(案か確定か分かりません): 「{title}」"
