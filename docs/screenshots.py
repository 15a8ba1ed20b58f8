"""Take the screenshots of every page: ``python docs/screenshots.py`` from a checkout.

The app runs over the starter corpus and one PDF, in a data folder that is thrown away. Pages are
taken wide (1280) and narrow (390); a picture over 300 kB is reduced to 256 colours.
"""

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image
from reportlab.lib.pagesizes import A5
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfgen.canvas import Canvas

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs" / "screenshots"
sys.path.insert(0, str(ROOT / "tests" / "ui"))
WIDTHS = {"wide": (1280, 900), "narrow": (390, 844)}
MOST_BYTES = 300_000
QUESTION = "コンソーシアムには誰に入ってもらうべきですか"
PDF_QUESTION = "みどり町の通院バスは年間に何人が利用していますか"
PDF_LINES = (
    "みどり町 通院バスの利用状況(令和6年度)",
    "",
    "みどり町の通院バスは、年間に延べ3,480人が利用している。",
    "運行は週5日、1日4便で、山あいの12集落を回る。",
    "予約は電話だけで受けており、役場の職員2人が交代で応対している。",
    "",
    "令和6年6月14日 みどり町福祉課",
)


def main() -> None:
    """Start the app over an index of its own and take all pictures."""
    from browser import browsing, chromium, launched, running

    from assistant.indexing import ingest, starter_folders
    from assistant.settings import Settings
    from assistant.ui.runs import RESULTS

    executable = chromium()
    if executable is None:
        raise SystemExit("ブラウザー(Chromium)がありません")
    FOLDER.mkdir(exist_ok=True)
    if not any(RESULTS.glob("*/summary.json")):
        options = ["--name", "example", "--set", "guidance", "--limit", "60"]
        subprocess.run(  # noqa: S603  # our own interpreter and module
            [sys.executable, "-m", "evals", "run", *options], cwd=ROOT, check=True
        )
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary)
        index = place / "index"
        ingest(starter_folders(), index, Settings(), starter=True)
        write_pdf(place / "tsuin-bus.pdf")
        ingest([place / "tsuin-bus.pdf"], index, Settings())
        with running(index, place / "data") as address, launched(executable) as browser:
            for width, (across, down) in WIDTHS.items():  # wide first, see `take`
                with browsing(browser, address, across, down) as (page, faults):
                    take(page, width)
                    if faults:
                        raise SystemExit(f"{width}: {faults}")


def write_pdf(path: Path) -> None:
    """A town's own document of one page."""
    registerFont(UnicodeCIDFont("HeiseiKakuGo-W5"))
    canvas = Canvas(str(path), pagesize=A5)
    for number, line in enumerate(PDF_LINES):
        canvas.setFont("HeiseiKakuGo-W5", 15 if number == 0 else 11)
        canvas.drawString(36, A5[1] - 60 - 24 * number, line)
    canvas.save()


def take(page: Any, width: str) -> None:
    """Walk through the pages and take a picture of each."""

    def shot(name: str) -> None:
        page.mouse.move(0, 0)
        page.wait_for_timeout(1500)
        save(page, FOLDER / f"{name}-{width}.png")

    page.get_by_role("button", name=QUESTION).wait_for()
    shot("ask-start")
    ask(page, QUESTION)
    page.get_by_role("button", name="[1]").first.click()
    page.locator(".st-key-source_panel mark").wait_for()
    shot("ask-source")
    page.get_by_role("button", name="閉じる").click()
    page.get_by_role("button", name="新しい相談を始める").click()
    ask(page, "月面基地の建設費はいくらですか")
    page.get_by_text("見つかりませんでした").wait_for()
    shot("ask-refusal")
    page.get_by_role("button", name="新しい相談を始める").click()
    ask(page, PDF_QUESTION)
    page.get_by_role("button", name="[1]").first.click()
    page.get_by_role("img", name="PDF").wait_for()
    shot("ask-pdf")
    page.get_by_role("button", name="閉じる").click()
    go(page, "計画")
    if width != "wide":  # a client has been saved by now, so the form for a new one is folded
        page.get_by_text("新しい相談元を加える").click()
    page.get_by_role("textbox", name="相談元の名前").fill(
        f"みどり町{'' if width == 'wide' else '2'}"
    )
    page.get_by_role("button", name="始める").click()
    page.get_by_role("textbox", name="自治体の名前").fill("みどり町")
    page.get_by_role("textbox", name="困っていること").fill(
        "公設の光ファイバが古くなり、更新の費用の見込みが立たない。"
    )
    page.get_by_role("textbox", name="人口").fill("12,000人")
    shot("plan-brief")
    page.get_by_role("button", name="下書きを作る").click()
    page.get_by_text("構成の基準").wait_for()
    shot("plan-draft")
    page.get_by_role("tab", name="4 表").click()
    page.locator('[data-testid="stDataFrame"] canvas').first.wait_for()
    shot("plan-tables")
    go(page, "資料")
    page.get_by_text("くわしく見る資料").wait_for()
    shot("library-list")
    page.get_by_role("tab", name="年表").click()
    page.get_by_text("年表を文字で読む").wait_for()
    page.locator(
        '[data-testid="stVegaLiteChart"] svg, [data-testid="stVegaLiteChart"] canvas'
    ).first.wait_for()
    shot("library-timeline")
    go(page, "評価")
    page.get_by_role("tab", name="測定の結果").wait_for()
    shot("evaluation")


def ask(page: Any, question: str) -> None:
    """Type a question and send it."""
    box = page.get_by_role("textbox", name="聞きたいことを、ふだんの言葉で")
    box.fill(question)
    box.press("Enter")


def go(page: Any, name: str) -> None:
    """Open a page by its link."""
    page.get_by_role("link", name=name).click()
    page.get_by_role("heading", name=name, exact=True).wait_for()


def save(page: Any, path: Path) -> None:
    """Take the picture, small enough for the repository."""
    page.screenshot(path=path)
    if path.stat().st_size > MOST_BYTES:
        Image.open(path).convert("RGB").quantize(256).save(path, optimize=True)


if __name__ == "__main__":
    main()
