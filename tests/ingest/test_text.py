import codecs
import gzip
import struct

import pytest

from assistant.errors import ReadError
from assistant.ingest.readers import ReadResult, read_file
from assistant.records.text import Page

NOTICE = "みどり地域の通信網について、３地区で説明会を開いた。\n参加者は延べ1,234人であった。\n"
INDENTED = "　一　開会\n　一　議事\n　一　閉会\n"


@pytest.fixture
def read(tmp_path):
    def read(data, name="資料.txt"):
        path = tmp_path / name
        path.write_bytes(data)
        return read_file(path)

    return read


def text(content):
    return ReadResult((Page(content),))


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", codecs.BOM_UTF8),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("utf-16-le", b""),
        ("utf-16-be", b""),
        ("cp932", b""),
        ("euc_jp", b""),
        ("iso2022_jp", b""),
    ],
)
def test_a_text_is_read_in_every_encoding(read, encoding, mark):
    assert read(mark + NOTICE.encode(encoding)) == text(NOTICE)


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("議事録", "euc_jp"),
        ("議題：担い手", "euc_jp"),
        ("議題：担い手", "cp932"),
        ("ﾃﾞｼﾞﾀﾙ化の推進", "cp932"),
        ("①㈱髙橋の設備", "cp932"),
        (INDENTED, "utf-8"),
    ],
)
def test_a_short_text_is_enough_to_tell_the_encoding(read, content, encoding):
    assert read(content.encode(encoding)) == text(content)


@pytest.mark.parametrize(
    ("content", "data"),
    [
        ("①　目的", b"\xad\xa1" + "　目的".encode("euc_jp")),
        (
            "通信網" * 60 + "①",
            ("通信網" * 60).encode("iso2022_jp").removesuffix(b"\x1b(B") + b"\x2d\x21\x1b(B",
        ),
        (INDENTED, INDENTED.encode("utf-16-le")),
        (INDENTED, INDENTED.encode("utf-16-be")),
    ],
    ids=["euc ①", "jis ①", "utf-16-le", "utf-16-be"],
)
def test_a_text_is_read_right_or_refused_and_never_garbled(read, content, data):
    try:
        result = read(data)
    except ReadError as error:
        result = error.message
    assert result in (text(content), "文字コードを判別できません。")


VENDORS = "①㈱ﾃﾞｼﾞﾀﾙ社の会議"
# The same as Windows writes it in ISO-2022-JP (CP50221); Python has no such encoding.
CP50221 = b"\x1b$B-!-j\x1b(IC^<^@Y\x1b$B<R$N2q5D\x1b(B"


def test_vendors_characters_are_read_in_iso_2022_jp(read):
    assert read(CP50221) == text(VENDORS)


@pytest.mark.parametrize("encoding", ["utf-32-le", "utf-32-be", "utf-32"])
def test_four_bytes_a_character_are_read(read, encoding):
    assert read(NOTICE.encode(encoding)) == text(NOTICE)


@pytest.mark.parametrize(
    ("data", "content", "said"),
    [
        (
            NOTICE.encode() + b"\xff" + NOTICE.encode(),
            f"{NOTICE}\ufffd{NOTICE}",
            "文字コードの壊れた文字 1か所(3行目から)を読めませんでした。",
        ),
        (
            NOTICE.encode("cp932") + b"\xfd\n",
            f"{NOTICE}\ufffd\n",
            "文字コードの壊れた文字 1か所(3行目から)を読めませんでした。",
        ),
        (
            NOTICE.encode()[:-2],
            NOTICE[:-2] + "\ufffd",
            "文字コードの壊れた文字 1か所(2行目から)を読めませんでした。",
        ),
        (
            (NOTICE * 2).encode() + NOTICE.encode("cp932"),
            NOTICE * 3,
            "文字コードの違う行が2行あり(5行目から)、推定して読みました。",
        ),
    ],
    ids=["utf-8", "cp932", "cut", "mixed"],
)
def test_damage_costs_itself_only_and_is_told(read, data, content, said):
    assert read(data) == ReadResult((Page(content),), unreadable_reason=said)


@pytest.mark.parametrize(
    ("data", "content"),
    [
        (b"a\r\nb\rc\n", "a\nb\nc\n"),
        ("一頁\f二頁\tおわり".encode(), "一頁\f二頁\tおわり"),
    ],
)
def test_line_ends_become_one_and_other_marks_stay(read, data, content):
    assert read(data) == text(content)


NO_TEXT = "テキストではないデータが含まれています。"


@pytest.mark.parametrize(
    ("data", "name", "message"),
    [
        (b"", "資料.txt", "空のファイルです。"),
        (b"", "資料.pdf", "空のファイルです。"),
        (" \n\t　".encode(), "資料.txt", "文字がありません。"),
        (codecs.BOM_UTF8, "資料.txt", "文字がありません。"),
        (gzip.compress(NOTICE.encode() * 9, mtime=0), "資料.txt", NO_TEXT),
        (bytes(range(256)), "資料.txt", NO_TEXT),
        (
            struct.pack("<200i", *range(200)),
            "資料.txt",
            "テキストではないデータが含まれています。",
        ),
        (b"log\x01\x02\x03", "資料.txt", "テキストではないデータが含まれています。"),
        (NOTICE.encode(), "資料.pdf", "拡張子は.pdfですが、中身はPDFではありません。"),
        (NOTICE.encode(), "資料.PDF", "拡張子は.pdfですが、中身はPDFではありません。"),
        (b"%PDF-1.7\n", "資料.txt", "拡張子は.txtですが、中身はPDFです。"),
        (
            b"PK\x03\x04",
            "資料.md",
            "拡張子は.mdですが、中身はWordやExcelなどのZIP形式です。",
        ),
        (
            b"\xd0\xcf\x11\xe0",
            "資料.TXT",
            "拡張子は.txtですが、中身は古い形式のWordやExcelです。",
        ),
        (b"\x89PNG\r\n", "資料.md", "拡張子は.mdですが、中身は画像です。"),
        (b"\xff\xd8\xff\xe0", "資料.txt", "拡張子は.txtですが、中身は画像です。"),
    ],
)
def test_what_is_no_text_is_refused_with_its_reason(read, data, name, message):
    with pytest.raises(ReadError) as caught:
        read(data, name)
    assert caught.value.message == message


def test_a_dump_is_refused_unread(tmp_path):
    path = tmp_path / "記録.txt"
    with path.open("wb") as file:
        file.truncate(51_000_000)
    with pytest.raises(ReadError) as caught:
        read_file(path)
    assert caught.value.message == "文書としては大きすぎます(51 MB)。"
