"""Every number of the starter corpus stands on the page of the original that its sentence names."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

import pypdfium2

from assistant.indexing import starter_folders

ORIGINALS = {
    "施策例": "20231102_sesaku3.pdf",
    "適合確認の考え方": "20231027_policies_local_governments_outline_02.pdf",
    "クラウド基本方針": "cloud_policy_20210910.pdf",
    "アジャイルガイドブック": "20220422_resources_standard_guidelines_guidebook_01.pdf",
    "クラウド設定ガイドライン": "000843318.pdf",
    "情報通信白書の概要": "01point.pdf",
    "ふるさと納税の通知": "000956094.pdf",
    "校務DXのまとめ": "20230308-mxt_jogai01-000027984_001.pdf",
    "保健所の資料": "000761091.pdf",
    "国民生活基礎調査の概況": "10.pdf",
}
"""As the corpus names them in brackets → the file."""
COUNTED = {
    ("施策例", "4"),  # 「4段階」: counted in a picture
    ("情報通信白書の概要", "12"),  # its pages
    ("ふるさと納税の通知", "100"),  # 百分の三十
    ("ふるさと納税の通知", "30"),
    ("校務DXのまとめ", "1"),  # 単年度
    ("国民生活基礎調査の概況", "2023"),  # 「'23」 in the tables
}
"""Numbers that the page gives otherwise than in these digits."""
SENTENCE = re.compile(r"(?P<said>[^。\n]*)（(?P<name>\w+) PDF(?P<pages>[\d〜・頁]+)頁）")
NUMBER = re.compile(r"\d+(?:\.\d+)?")


def stated() -> Iterator[tuple[str, str, list[int], list[str]]]:
    """(file, name of the original, pages, numbers) of every sentence that names a page."""
    for folder in starter_folders():
        for path in sorted(folder.glob("*.md")):
            for match in SENTENCE.finditer(path.read_text(encoding="utf-8")):
                pages = []
                for part in match["pages"].replace("頁", "").split("・"):
                    first, _, last = part.partition("〜")
                    pages += range(int(first), int(last or first) + 1)
                numbers = NUMBER.findall(re.sub(r"PDF\d+頁", "", plain(match["said"])))
                yield path.name, match["name"], pages, numbers


def plain(text: str) -> str:
    """NFKC, thousands without their comma."""
    return re.sub(r"(?<=\d),(?=\d{3})", "", unicodedata.normalize("NFKC", text))


def test_every_number_stands_on_the_page_named(samples):
    @cache
    def opened(name: str) -> pypdfium2.PdfDocument:
        return pypdfium2.PdfDocument(samples / "pdfs" / ORIGINALS[name])

    @cache
    def text(name: str, page: int) -> str:
        read = plain(opened(name)[page - 1].get_textpage().get_text_range())
        # Figures may be printed with spaces in them, or two of them side by side.
        return re.sub(r"\s+", " ", read) + "\n" + re.sub(r"\s", "", read)

    checked = [
        (file, name, pages, number)
        for file, name, pages, numbers in stated()
        for number in numbers
        if (name, number) not in COUNTED
    ]
    missing = [
        (file, name, pages, number)
        for file, name, pages, number in checked
        if not any(
            re.search(rf"(?<!\d)(?<!\d\.){re.escape(number)}(?!\d|\.\d)", text(name, page))
            for page in pages
        )
    ]
    assert len(checked) > 450
    assert missing == []
