import pytest

from assistant.errors import InputError
from assistant.planning.template import load_tables, load_template, template_names

MINIMAL = """
name = "mine"
title = "町の様式"
follows = "令和8年度の町の公募"
note = "公募要領が優先します。"
[[criterion]]
id = "a"
name = "課題"
question = "何に困っていますか。"
brief = ["problem"]
[[section]]
id = "one"
heading = "1 課題"
criteria = ["a"]
questions = ["{problem}"]
facts = [{ what = "数字", why = "量を問われる", where = "担当課" }]
"""


@pytest.fixture
def template(tmp_path):
    def write(text: str):
        path = tmp_path / "mine.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize("name", template_names())
def test_the_templates_of_the_program_are_whole(name):
    template = load_template(name)
    assert template.name == name
    assert "優先します" in template.disclaimer
    for section in template.section:
        assert section.questions or section.facts


def test_the_standard_has_the_skeleton_of_14_sections():
    template = load_template("standard")
    assert [s.heading.split(" ")[0] for s in template.section] == [str(n) for n in range(1, 15)]


def test_a_template_of_ones_own_is_found_by_path_and_by_name(template):
    path = template(MINIMAL)
    assert load_template(path).section[0].facts[0].gap.text == (
        "【要記入: 数字。理由: 量を問われる。探す所: 担当課】"
    )
    assert load_template("mine", path.parent) == load_template(path)
    assert "mine" in template_names(path.parent)


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('name = "mine"', 'name = "../mine"', "name"),
        ("[[section]]", "[[sections]]", "section"),
        ('criteria = ["a"]', 'criteria = ["b"]', "b"),
        ('criteria = ["a"]', "criteria = []", "a"),
        ("{problem}", "{problm}", "problm"),
        ('brief = ["problem"]', 'brief = ["problm"]', "problm"),
        ('brief = ["problem"]', 'mentions = "("', "正規表現"),
        ('why = "量を問われる", ', "", "why"),
        ("[[section]]", "limit", "TOML"),
        ('heading = "1 課題"', 'heading = "1 課題"\ntables = ["x"]', "x"),
        ('heading = "1 課題"', 'heading = "1 課題"\nlimit = 0', "limit"),
    ],
)
def test_a_broken_template_is_explained(template, old, new, named):
    assert old in MINIMAL
    with pytest.raises(InputError) as raised:
        load_template(template(MINIMAL.replace(old, new)))
    assert named in raised.value.message


@pytest.mark.parametrize("name", ["none", "../standard", "", "none.toml", "a\x00b.toml"])
def test_a_missing_template_is_explained(name):
    with pytest.raises(InputError):
        load_template(name)


def test_the_tables_hold_the_rows_a_call_asks_for():
    tables = {table.id: table for table in load_tables().table}
    others = {"people", "costs", "security", "risks"}
    assert set(tables) == {"roles", "kpis", "schedule"} | others
    assert len(tables["roles"].row) >= 8
    assert [row.label for row in tables["schedule"].row] == ["計画策定", "社会実証", "実装・展開"]
    for table in tables.values():
        assert all(len(row.cells) == len(table.columns) - 1 for row in table.row)
