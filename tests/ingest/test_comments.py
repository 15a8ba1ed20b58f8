import pytest

from assistant.ingest.comments import comment_spans


def shown(text):
    """The text without its comments."""
    spans = comment_spans(text)
    starts = [0, *(end for _, end in spans)]
    ends = [*(start for start, _ in spans), len(text)]
    assert starts == sorted(starts)
    return "".join(text[start:end] for start, end in zip(starts, ends, strict=True))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("甲<!-- 注 -->乙", "甲乙"),
        ("甲<!---->乙<!-->丙<!--->丁", "甲乙丙丁"),
        ("甲<!-- 長い\n注 -->乙", "甲乙"),
        ("甲<!-- 長い\n-->乙", "甲乙"),
        ("    <!-- 注 -->乙", "    乙"),
        ("　<!-- 注 -->乙", "　乙"),
        ("- 甲<!-- 長い\n  注 -->乙", "- 甲乙"),
        ("# 題名 <!-- 注 -->\n甲", "# 題名 \n甲"),
        ("| 甲 <!-- 注 --> | 乙 |", "| 甲  | 乙 |"),
        ("甲 ` 乙 <!-- 注 --> 丙", "甲 ` 乙  丙"),
        ("\\`甲<!-- 注 -->` 乙", "\\`甲` 乙"),
        ("```\n甲\n```\n<!-- 注 -->乙", "```\n甲\n```\n乙"),
        ("```\n甲\n````\n<!-- 注 -->乙", "```\n甲\n````\n乙"),
    ],
)
def test_a_comment_inside_a_line_is_left_out(text, left):
    assert shown(text) == left


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("<!-- 注 -->乙", "乙"),
        ("<!-- 長い\n\n注 -->乙<!-- 注 -->丙", "乙丙"),
        ("   <!-- 長い\n\n注 -->乙", "   乙"),
        ("甲\n<!-- 長い\n\n# 注\n```\n-->\n乙", "甲\n\n乙"),
        ("<!-->\n\n乙 -->", "\n\n乙 -->"),
        ("甲\n<!-- 閉じない\n\n注", "甲\n"),
        ("- 甲\n  <!-- 長い\n\n  注 -->\n乙", "- 甲\n  \n乙"),
        ("- 甲\n  <!-- 閉じない\n\n  注\n\n大事な乙\n\n<!-- 注 -->", "- 甲\n  大事な乙\n\n"),
        ("- 甲\n  <!-- 閉じない\n- 大事な乙", "- 甲\n  - 大事な乙"),
        ("- 甲\n\n段落\n\n  <!-- 長い\n\n注 -->乙", "- 甲\n\n段落\n\n  乙"),
    ],
)
def test_a_comment_that_begins_a_line_goes_on_over_blank_lines(text, left):
    assert shown(text) == left


@pytest.mark.parametrize(
    "between",
    [
        "\n\n大事な補助率は2分の1です。\n\n",
        "\n　\n大事な補助率は2分の1です。\n　\n",
        "\n- 大事な補助率は2分の1です。\n- ",
        "\n1. 大事な補助率は2分の1です。\n2. ",
        "\n# 大事な補助率\n",
        "\n| 補助率 | 2分の1 |\n",
        "\n> 大事な補助率は2分の1です。\n",
        "\n---\n大事な補助率は2分の1です。\n",
        "\n```\n大事な補助率は2分の1です。\n```\n",
        "\n<!-- 注 -->大事な補助率は2分の1です。\n",
    ],
)
def test_a_comment_inside_a_line_does_not_leave_its_paragraph(between):
    text = f"記号は <!-- で始めます。{between}終わりは --> です。"
    assert shown(text) == text.replace("<!-- 注 -->", "")


@pytest.mark.parametrize(
    "text",
    [
        "コメントは `<!--` で始め、`-->` で終えます。",
        "コメントは `<!--` で始めます。\n大事な補助率は2分の1です。 -->",
        "コメントは ``<!-- ` 注 -->`` と書きます。",
        "コメントは \\``<!-- 注 -->` と書きます。",
        "コメントは \\<!-- 注 --> と書きます。",
        "```html\n<!-- 注 -->\n\n<!-- 閉じない\n```\n乙",
        "~~~\n```\n<!-- 注 -->\n~~~\n乙",
        "````\n```\n<!-- 注 -->\n````\n乙",
        "```\n    ```\n<!-- 注 -->\n```\n乙",
        "```\n- ```\n<!-- 注 -->\n```\n乙",
        "- 甲\n\n    ```\n    <!-- 注 -->\n    ```\n- 乙",
        "- ```\n  <!-- 注 -->\n  ```\n- 乙",
        "> ```\n> <!-- 注 -->\n> ```\n乙",
        "```\n<!-- 注 -->\n\n閉じない",
        "| 始め | 終わり |\n|---|---|\n| <!-- | --> |",
        "# 始めは <!-- です\n終わりは --> です",
        "    <!-- 未完\n\n大事な乙",
        "　<!-- 未完\n大事な乙",
    ],
)
def test_code_escapes_and_what_is_never_closed_are_shown(text):
    assert shown(text) == text


def test_the_text_between_a_mark_in_code_and_a_later_comment_is_kept():
    text = "コメントは `<!--` で始めます。\n\n大事な補助率は2分の1です。\n\n<!-- 注 -->\n"
    assert shown(text) == text.replace("<!-- 注 -->", "")


@pytest.mark.parametrize(
    "part",
    [
        "甲<!-- ",
        "甲<!-- \n",
        "    <!-- \n",
        "- 甲\n  <!-- 乙\n丙\n",
        "甲<!-- 注 -->",
        "<!-- 注 -->\n",
        "```\n`x`\n",
        "``x`y\\`",
        "> ",
        "- ",
        "\n",
    ],
)
def test_a_long_text_takes_steps_in_proportion_to_its_length(part):
    """A search from each mark to the end of the text would need 10^10 steps and more."""
    text = part * (1_000_000 // len(part))
    assert len(shown(text)) <= len(text)


def test_code_spans_of_all_lengths_are_paired_in_one_pass():
    text = " ".join("`" * length for length in range(1, 1400)) + " <!-- 注 -->"
    assert shown(text) == text.removesuffix("<!-- 注 -->")
