"""Prompts: what is wrong with one is found when it is loaded; each fits the largest context."""

import pytest

from assistant.ingest.chunk import count_tokens
from assistant.prompts import FOLDER, OUTPUTS, load_prompt

NAMES = sorted(path.stem for path in FOLDER.glob("*.md"))
GOOD = """+++
name = "greet"
version = "1"
purpose = "挨拶する"
variables = ["name"]
output = "question"
+++

## system

{"question": "例"}

## user

{name}さん
"""
# Tokens: the smallest context the settings allow, less a reply and a second round.
_SMALLEST_ROOM = 4096 - 256 - 1024


def write(folder, text):
    path = folder / "greet.md"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_prompts_the_assistant_needs_are_there():
    assert set(NAMES) == {"answer", "condense", "plan_section", "repair"}


@pytest.mark.parametrize("name", NAMES)
def test_every_prompt_loads_and_renders(name):
    prompt = load_prompt(name)
    messages = prompt.render(**{variable: f"<{variable}>" for variable in prompt.variables})
    text = "\n".join(part for _, part in messages)
    assert all(f"<{variable}>" in text for variable in prompt.variables)
    assert all(f"{{{variable}}}" not in text for variable in prompt.variables)
    assert messages[-1][0] == "human"
    assert prompt.label == f"{name}@{prompt.version}:{prompt.hash[:12]}"


@pytest.mark.parametrize("name", NAMES)
def test_every_prompt_leaves_room_for_passages_in_the_smallest_context(name):
    prompt = load_prompt(name)
    empty = prompt.render(**dict.fromkeys(prompt.variables, ""))
    assert sum(count_tokens(text) for _, text in empty) < _SMALLEST_ROOM * 0.7


def test_a_schema_allows_no_other_keys():
    def objects(schema):
        if schema.get("type") == "object":
            yield schema
            for part in schema["properties"].values():
                yield from objects(part)
        if schema.get("type") == "array":
            yield from objects(schema["items"])

    for schema in OUTPUTS.values():
        for found in objects(schema):
            assert found["additionalProperties"] is False
            assert found["required"] == list(found["properties"])


def test_values_are_put_in_once_and_never_searched(tmp_path):
    prompt = load_prompt("greet", write(tmp_path, GOOD))
    assert prompt.render(name="{name}と{other}") == [
        ("system", '{"question": "例"}'),
        ("human", "{name}と{other}さん"),
    ]


@pytest.mark.parametrize("variables", [{}, {"name": "", "other": ""}, {"other": ""}])
def test_a_variable_missing_or_unknown_is_refused(tmp_path, variables):
    prompt = load_prompt("greet", write(tmp_path, GOOD))
    with pytest.raises(ValueError, match="variables"):
        prompt.render(**variables)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('variables = ["name"]', "variables = []"),
        ('variables = ["name"]', 'variables = ["name", "age"]'),
        ("{name}さん", "{nme}さん"),
        ('name = "greet"', 'name = "other"'),
        ('output = "question"', 'output = "poem"'),
        ('version = "1"\n', ""),
        ('version = "1"', 'version = "1"\nauthor = "x"'),
        ("## user", "## tool"),
        ("## system", "words\n\n## system"),
        ("{name}さん", ""),
        ("+++\n\n", "\n"),
    ],
)
def test_a_wrong_prompt_fails_when_it_is_loaded(tmp_path, old, new):
    assert old in GOOD
    with pytest.raises(ValueError, match="greet"):
        load_prompt("greet", write(tmp_path, GOOD.replace(old, new)))


def test_the_hash_names_the_words_not_the_line_ends(tmp_path):
    first = load_prompt("greet", write(tmp_path, GOOD)).hash
    (tmp_path / "b").mkdir()
    (tmp_path / "c").mkdir()
    path = tmp_path / "b" / "greet.md"
    path.write_bytes(("\ufeff" + GOOD.replace("\n", " \r\n")).encode())
    assert load_prompt("greet", path).hash == first
    other = load_prompt("greet", write(tmp_path / "c", GOOD.replace("さん", "様")))
    assert other.hash != first
