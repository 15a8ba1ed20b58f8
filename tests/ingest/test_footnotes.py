from assistant.ingest.structure import read_structure
from assistant.records.text import Page


def blocks(*pages, paged=True):
    pages = tuple(Page(text, number if paged else None) for number, text in enumerate(pages, 1))
    sections = read_structure(pages, "report", markdown=False)
    for section in sections:
        for block in section.blocks:
            for segment in block.segments:
                source = pages[segment.page].text[segment.source_start :][: segment.length]
                assert block.text[segment.start :][: segment.length] == source
    return [
        (section.heading_path, [block.text for block in section.blocks]) for section in sections
    ]


def test_a_footnote_stands_behind_the_paragraph_that_refers_to_it():
    assert blocks(
        "１　費用\n月額は利用料で賄う※１。\n\n残りは市が負担する。\n１　体制\n協議会を置く。\n"
        "（※１）令和6年度の見込み。"
    ) == [
        (
            ("１　費用",),
            ["月額は利用料で賄う※１。", "（※１）令和6年度の見込み。", "残りは市が負担する。"],
        ),
        (("１　体制",), ["協議会を置く。"]),
    ]


def test_the_same_mark_on_another_page_is_another_note():
    assert blocks("維持する※１。\n※１ 光ファイバー。", "更新する※１。\n※１ 無線。") == [
        ((), ["維持する※１。", "※１ 光ファイバー。", "更新する※１。", "※１ 無線。"])
    ]


def test_a_note_without_a_reference_and_a_mark_of_another_width():
    assert blocks(
        "維持する注1。\n\n更新する。\n\n注１　光ファイバー。\n\n注２　無線。", paged=False
    ) == [((), ["維持する注1。", "注１　光ファイバー。", "更新する。", "注２　無線。"])]
