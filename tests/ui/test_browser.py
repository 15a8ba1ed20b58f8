"""Journeys of a visitor, in a real browser against the app as it is started."""

from contextlib import suppress

import docx
import pytest
from browser import browsing, chromium, launched, running
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfgen.canvas import Canvas
from towns import Town

BROWSER = chromium()
pytestmark = pytest.mark.skipif(BROWSER is None, reason="ブラウザー(Chromium)がありません")

MEMBERS = "協議会には誰が参加しますか"
HALL = "さくら公民館の会議室は年間三百二十回使われている。"
HALL_QUESTION = "さくら公民館の会議室は年間何回使われていますか"


@pytest.fixture(scope="module")
def site(tmp_path_factory, index_root):
    """The app over a copy of the small index; journeys may change it."""
    folder = tmp_path_factory.mktemp("site")
    town = Town.copied(folder, index_root)
    with running(town.root, folder / "data") as address:
        yield address


@pytest.fixture(scope="module")
def browser():
    """One browser for all journeys; every visitor has a profile of its own."""
    with launched(BROWSER) as found:
        yield found


@pytest.fixture
def visit(browser, site):
    """A visitor's page; at the end its console must be clean and nothing fetched from outside."""
    with browsing(browser, site) as (page, faults):
        yield page
        assert faults == []


def ask(page, question):
    box = page.get_by_role("textbox", name="聞きたいことを、ふだんの言葉で")
    box.fill(question)
    box.press("Enter")


def open_page(page, name):
    page.get_by_role("link", name=name).click()
    page.get_by_role("heading", name=name, exact=True).wait_for()


def test_from_the_first_question_to_its_source_by_keyboard(visit):
    ask(visit, MEMBERS)
    source = visit.get_by_role("button", name="[1]").first
    source.focus()
    visit.keyboard.press("Enter")
    marked = visit.locator(".st-key-source_panel mark")
    marked.wait_for()
    assert len(marked.inner_text()) >= 12
    assert visit.get_by_text("時点です").is_visible()


def test_a_pdf_is_added_asked_about_shown_and_taken_out_again(visit, tmp_path):
    from playwright.sync_api import TimeoutError as PlaywrightTimeout

    path = tmp_path / "sakura.pdf"
    registerFont(UnicodeCIDFont("HeiseiKakuGo-W5"))
    canvas = Canvas(str(path), pagesize=(420, 300))
    canvas.setFont("HeiseiKakuGo-W5", 14)
    canvas.drawString(40, 240, HALL)
    canvas.save()

    open_page(visit, "資料")
    visit.get_by_role("tab", name="加える").click()
    visit.locator("input[type=file]").set_input_files(path)
    visit.get_by_role("button", name="取り込む").click()
    visit.get_by_text("追加 1件").wait_for()

    open_page(visit, "相談")
    ask(visit, HALL_QUESTION)
    visit.get_by_role("button", name="[1]").first.click()
    picture = visit.get_by_role("img", name="PDF 1枚目")
    picture.wait_for()
    assert picture.evaluate("image => image.naturalWidth") == 630

    open_page(visit, "資料")
    visit.get_by_role("tab", name="一覧").click()
    visit.get_by_role("textbox", name="探す").fill("sakura.pdf")
    visit.get_by_role("textbox", name="探す").press("Enter")
    visit.get_by_text("1件。").wait_for()
    # The first line below the headings.
    table = visit.locator('[data-testid="stDataFrame"] .dvn-scroller').first
    remove = visit.get_by_role("button", name="この資料を取り除く")
    for _ in range(6):  # a table that has just been drawn may not listen yet
        table.click(position={"x": 60, "y": 55})
        with suppress(PlaywrightTimeout):
            remove.wait_for(timeout=5_000)
            break
    remove.click()
    visit.get_by_role("button", name="取り除く", exact=True).click()
    visit.get_by_text("削除 1件").wait_for()
    open_page(visit, "相談")
    ask(visit, HALL_QUESTION)
    visit.get_by_text("見つかりませんでした").wait_for()


def test_from_the_brief_to_a_word_file(visit, tmp_path):
    problem = "バスの便が減り、高齢者の通院が難しい。"
    open_page(visit, "計画")
    visit.get_by_role("textbox", name="相談元の名前").fill("みどり町")
    visit.get_by_role("button", name="始める").click()
    visit.get_by_role("textbox", name="困っていること").fill(problem)
    visit.get_by_role("button", name="下書きを作る").click()
    visit.get_by_text("構成の基準").wait_for()
    # Drafted again, the draft stays when one of its sources is opened.
    visit.get_by_role("tab", name="1 ブリーフ").click()
    visit.get_by_role("textbox", name="人口").fill("12,000人")
    visit.get_by_role("button", name="下書きを作る").click()
    visit.get_by_text("構成の基準").wait_for()
    visit.locator("[class*=st-key-section_]").nth(1).locator("summary").click()
    visit.get_by_role("button", name="[").first.click()
    visit.locator(".st-key-source_panel mark").wait_for()
    assert visit.get_by_role("tab", name="2 下書き").get_attribute("aria-selected") == "true"
    visit.get_by_role("tab", name="6 書き出す").click()
    with visit.expect_download() as download:
        visit.get_by_role("button", name="Wordで受け取る").click()
    download.value.save_as(tmp_path / "plan.docx")
    text = "\n".join(p.text for p in docx.Document(str(tmp_path / "plan.docx")).paragraphs)
    assert problem in text


@pytest.mark.parametrize("width", [390, 640])  # 640 is a screen of 1280 at 200 %
def test_a_narrow_screen_shows_everything_without_scrolling_sideways(browser, site, width):
    with browsing(browser, site, width=width, height=844) as (page, faults):
        ask(page, MEMBERS)
        page.get_by_role("button", name="[1]").first.click()
        page.locator(".st-key-source_panel mark").wait_for()
        box = page.locator(".st-key-source_panel").bounding_box()
        assert box["y"] + box["height"] <= 845
        page.get_by_role("button", name="閉じる").click()
        for name in ("計画", "資料", "評価"):
            open_page(page, name)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert faults == []
