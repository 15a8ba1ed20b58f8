import pytest

from assistant.ingest.headings import claim_of


@pytest.mark.parametrize(
    ("path", "claim"),
    [
        (("論点", "(1) 通信網の維持"), "question"),
        (("検討項目１", "主な論点（例）"), "question"),
        (("２．現状・課題",), "finding"),
        (("第２章　現状と課題",), "finding"),
        (("対応の方向性 (案)", "① 協議会"), "proposal"),
        (("（３）今後の取組の方向性（再掲）",), "proposal"),
        (("現状・課題", "対応の方向性"), "proposal"),
        (("第１章 > 論点",), "question"),
        (("論点整理の進め方",), None),
        (("みどり市の課題解決の事例",), None),
        ((), None),
    ],
)
def test_a_heading_says_whether_its_text_asks_finds_or_proposes(path, claim):
    assert claim_of(path) == claim
