"""The kind of a document, and how far along it is: 案 is not 確定."""

import re
from collections.abc import Sequence

from assistant.ingest.opening import Line
from assistant.japanese.width import fold
from assistant.records.documents import Inference, Kind, Status
from assistant.records.text import Page

_KIND_WORDS: tuple[tuple[str, Kind], ...] = (
    (r"議事(?:録|要旨|概要)|会議録", "minutes"),
    (r"骨子", "outline"),
    (r"ガイドブック|手引き?|マニュアル|ハンドブック|ガイド(?:$|\s|[(第Vv])", "guidebook"),
    (r"ガイドライン|指針|基本方針|仕様書", "guideline"),
    (r"事例集|事例", "case_study"),
    (r"様式|申請書", "form"),
    (r"(?:法律|政令|省令|条例|規則|要綱|要領)(?:$|\s|\()", "law"),
    (r"概要|説明資料|事務局資料|検討事項|これまでの論点", "slides"),
    (r"報告書?|白書|答申|とりまとめ|取りまとめ|調査結果|概況|論点整理|中間整理", "report"),
)

# A document called a draft, in the words offices use. 提案 and 答案 merely end in the same sign.
_DRAFT = (
    r"[(\[【〔<](?:[^()\[\]【】]{0,8}[^提答考名議立起図発懸])?案[)\]】〕>]"
    r"|(?:素|原|試|骨子|事務局|改[定訂正]|修正|報告書|答申|計画|方針|要綱|まとめ|整理|指針|ライン)案(?![内件])"
    r"|たたき台|叩き台|未定稿|ドラフト|\bdraft\b|パブリック・?コメント用|意見募集(?:用|版|対象)"
)
_ALONE = r"[(\[【〔<]?案[)\]】〕>]?"
_COMMENTS = (
    r"案[)\]】〕」』]*(?:に対する|への|に関する|に係る)(?:御?意見|パブリック|ご意見|意見募集)"
)
_STATUS_WORDS: tuple[tuple[str, Status, str], ...] = (
    (r"[(\[【〔](?:[^()]{0,12}(?:廃止|失効))[)\]】〕]|をもって(?:廃止|失効)", "withdrawn", ""),
    (r"^(?:この|本)[^。]{1,20}廃止(?:され|しました|した)|^廃止$", "withdrawn", ""),
    (_DRAFT, "draft", ""),
    (r"中間(?:とりまとめ|取りまとめ|取り纏め|まとめ|報告|整理|答申)", "interim", ""),
    (
        r"これまでの(?:論点|議論)|論点整理|議論の整理|第[一1]次(?:とりまとめ|答申|報告)",
        "interim",
        "",
    ),
    (r"暫定版|速報", "interim", ""),
    (
        r"検討事項|事務局資料|参考資料|説明資料|発表資料|配[布付]資料|ヒアリング資料",
        "reference",
        "",
    ),
    (r"(?:最終|確定)(?:報告|とりまとめ|取りまとめ|版|稿)|確定$|成案", "final", ""),
    (
        r"閣議決定|(?:会議|幹事会|本部|委員会|審議会)決定$|改[訂定]版|改正版|[(](?:改[訂定])[)]",
        "final",
        "",
    ),
    (r"第\d+(?:\.\d+)*版|(?:ver\.?|version)\s*\d", "final", ""),
    (
        r"(?:報告書?|答申|とりまとめ|取りまとめ)[)]?(?:\s*(?:本文|本編|全体版|概要版?))?$",
        "final",
        "「案」の字がないことから確定と判断しました",
    ),
    (r"骨子", "draft", "「案」の字はありませんが、骨子は報告書の前の段階です"),
)
# In the opening below the title only these count: what a document says there of others
# (an agenda, a schedule) must not become its own status.
_BELOW_TITLE = 20
_LABEL = 30


def infer_kind(title: Inference, file: Line, pages: tuple[Page, ...]) -> Inference:
    """The kind with its evidence; 「other」 where nothing names it."""
    for words, place in ((title.words or title.value or "", title.place), (file.text, file.place)):
        for pattern, kind in _KIND_WORDS:
            match = re.search(pattern, _tidy(words))
            if match:
                doubt = "" if place == title.place else f"{place}によります"
                return Inference("kind", kind, place, words, doubt)
    if _is_slide_shaped(pages):
        doubt = "短い行と広い空きから判断しました"
        return Inference("kind", "slides", "本文の形", "", doubt)
    return Inference("kind", "other", "", "", "種類を示す言葉が見つかりません")


def infer_status(
    kind: str, title: Inference, lines: list[Line], file: Line, marks: Sequence[Line] = ()
) -> Inference:
    """How far along the document is; 「unknown」 where nothing says so.

    Minutes are minutes whatever they speak of. The title decides, then a mark outside the body
    (a watermark, the head of every page) or a label of the opening (「（案）」「未定稿」), then the
    file's name.
    """
    if kind == "minutes":
        return Inference("status", "minutes", title.place, title.words)
    named = _status_of(title.value or "", title.place, title.words)
    if named and not (named.doubt and named.value == "final"):
        return named
    label = _mark_status(marks) or _label_status(lines, title)
    if label:
        return label
    if named:
        return named
    stated = _status_of(file.text, file.place, file.text)
    if stated:
        return Inference(
            "status", stated.value, file.place, file.text, stated.doubt or "ファイル名によります"
        )
    return Inference("status", "unknown", "", "", "案か確定かを示す言葉が見つかりません")


def _status_of(text: str, place: str, words: str) -> Inference | None:
    tidy = _tidy(text)
    if re.search(_COMMENTS, tidy):
        return None
    for pattern, status, doubt in _STATUS_WORDS:
        if re.search(pattern, tidy, re.IGNORECASE):
            return Inference("status", status, place, words, doubt)
    return None


def _mark_status(marks: Sequence[Line]) -> Inference | None:
    """The status in a mark outside the body, which stands for the whole document."""
    for mark in marks:
        text = _tidy(mark.text)
        if "。" in text:
            continue
        if re.fullmatch(_ALONE, text):
            return mark.inferred("status", "draft")
        found = _status_of(text, mark.place, mark.text)
        if found and found.value != "reference" and not found.doubt:
            return mark.inferred("status", found.value or "")
    return None


def _label_status(lines: list[Line], title: Inference) -> Inference | None:
    """The status in a label of the opening: a line that is no sentence and no item of a list."""
    for line in lines:
        text = _tidy(line.text)
        if not text or len(text) > _LABEL or "。" in text or line.is_bullet or line.is_numbered:
            continue
        if line.text in title.words or re.match(r"\d+月|\d+[/.]\d+", text):
            continue
        alone = re.fullmatch(_ALONE, text)
        found = (
            Inference("status", "draft", "", "")
            if alone
            else _status_of(text, line.place, line.text)
        )
        settled = found and found.value in {"withdrawn", "final"} and not found.doubt
        if found and (alone or settled):
            return line.inferred("status", found.value)
        if found and found.value == "draft" and len(text) <= _BELOW_TITLE:
            return line.inferred("status", "draft", "題名ではなく、本文の行によります")
    return None


def _tidy(text: str) -> str:
    """Folded, without white space inside words: 「（ 案 ）」 → 「(案)」."""
    return re.sub(r"(?<=[^A-Za-z0-9])\s+|\s+(?=[^A-Za-z0-9])", "", fold(text)).strip()


def _is_slide_shaped(pages: tuple[Page, ...]) -> bool:
    """A text of short lines with wide gaps is what extraction makes of slides."""
    lines = [line.strip() for page in pages for line in page.text.split("\n") if line.strip()]
    breaks = sum(len(re.findall(r"\n\s*\n\s*\n\s*\n", page.text)) for page in pages)
    short = sum(1 for line in lines if len(line) < 20)
    return len(lines) >= 20 and breaks >= 1 and short > len(lines) / 3
