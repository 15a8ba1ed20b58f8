import pytest

from assistant.japanese.words import named_towns


@pytest.mark.parametrize(
    ("text", "towns"),
    [
        ("くじら町の人口は何人ですか", ["くじら町"]),
        ("中之条町と広島県では", ["中之条町", "広島県"]),
        ("うちの町では", []),
        ("小さな町の役場", []),
        ("県内の11市町のうち", []),
        ("各市町の担当", []),
        ("三大都市圏以外", []),
    ],
)
def test_named_towns_are_told_from_towns_in_general(text, towns):
    assert named_towns(text) == towns
