"""The report as a reader has it: in a browser, on a desk and on a phone, with a pointer, on paper, without scripts."""

import shutil

import pytest

import silos
from tests.support.places import DOCS, SAMPLE

pytestmark = [pytest.mark.long, pytest.mark.filterwarnings("ignore::ResourceWarning")]

DESK, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
#: Pages that a report may have on paper.
PAGES = 8


@pytest.fixture(scope="module")
def page_of():
    """Opens a page of its own for each call, in Debian's Chromium."""
    playwright = pytest.importorskip("playwright.sync_api", reason="needs Playwright: make test-long installs it")
    found = shutil.which("chromium")
    if found is None:
        pytest.skip("needs Chromium: .ci/install installs it on a Debian")
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        yield lambda **options: browser.new_context(**options).new_page()
        browser.close()


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    logs = [SAMPLE / "interactions.csv", SAMPLE / "affiliations.csv"]
    out = tmp_path_factory.mktemp("run") / "out"
    silos.analyze(logs, SAMPLE / "roster.csv", bootstrap=100).report().write(out)
    return (out / "report.html").as_uri()


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_opens_without_a_word_a_request_or_a_scroll_bar(page_of, report, viewport, scheme):
    page = page_of(viewport=viewport, color_scheme=scheme)
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(report)
    assert said == []
    assert asked == [report]
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_the_first_screen_has_the_three_sentences_and_the_picture(page_of, report, viewport):
    page = page_of(viewport=viewport)
    page.goto(report)
    sentences = page.locator("#answer .sentences p:not(.sure)")
    assert sentences.count() == 3
    for at in range(3):
        box = sentences.nth(at).bounding_box()
        assert box["y"] + box["height"] <= viewport["height"]
    picture = page.locator("#picture svg:visible").bounding_box()
    assert picture["y"] < viewport["height"]
    if viewport is DESK:
        assert picture["y"] + picture["height"] <= viewport["height"]


def test_pointing_at_a_department_lights_it_up_everywhere(page_of, report):
    page = page_of(viewport=DESK)
    page.goto(report)
    assert page.locator(".mark.dim").count() == 0
    page.locator('#picture .mark[data-a="R&D"]:not([data-b])').first.hover()
    assert page.locator(".mark.dim").count() > 10
    assert page.locator('.mark.dim[data-a="R&D"]:not([data-b])').count() == 0
    assert page.locator("#silos tr.lit th").all_inner_texts()[0] == "R&D"
    page.mouse.move(5, 5)
    assert page.locator(".mark.dim, tr.lit").count() == 0
    page.locator("#silos tbody tr").first.focus()
    assert page.locator(".mark.dim").count() > 10


def test_tables_sort_and_filter(page_of, report):
    page = page_of(viewport=DESK)
    page.goto(report)
    table = page.locator("#silos table").first
    people = table.locator("tbody td:nth-child(3)")

    def counts():
        return [int(text.replace(",", "").removeprefix("about ")) for text in people.all_inner_texts()]

    before = counts()
    heading = table.locator("thead th").nth(2)
    heading.click()
    assert counts() == sorted(before, reverse=True) != before
    heading.press("Enter")
    assert counts() == sorted(before)
    field = page.locator("#silos input[type=search]").first
    field.fill("mail")
    assert table.locator("tbody tr:visible th").all_inner_texts() == ["Mail Room"]
    field.fill("")
    assert table.locator("tbody tr:visible").count() == len(before)


def test_every_mark_says_what_it_is_and_names_can_be_searched(page_of, report):
    page = page_of(viewport=DESK)
    page.goto(report)
    titles = page.locator("#picture .mark > title")
    assert titles.count() > 12
    assert "R&D: silo" in titles.all_text_contents()
    # The picture for a phone, which is not shown here, has the name too.
    assert page.locator("#picture svg text:visible", has_text="Human Resources").count() == 1


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nobody_is_shut_out(page_of, report, viewport, scheme):
    """By the rules of axe-core, contrast among them, with all that is folded opened."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe: make test-long installs it")
    page = page_of(viewport=viewport, color_scheme=scheme, bypass_csp=True)
    page.goto(report)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    found = axe.Axe().run(page).response
    assert [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]] == []
    assert "color-contrast" in {one["id"] for one in found["passes"]}


def test_without_scripts_all_is_there_to_read(page_of, report):
    page = page_of(viewport=DESK, java_script_enabled=False)
    page.goto(report)
    assert page.locator("#silos table tbody tr").count() > 12
    assert page.locator("input, .dim, .sorts").count() == 0
    assert page.locator("#picture svg:visible").count() == 1


def pages_of(page, report):
    """How many pages of paper the report takes."""
    page.goto(report)
    paper = page.pdf(format="A4", prefer_css_page_size=True)
    return paper.count(b"/Type /Page\n") + paper.count(b"/Type /Page ")


def test_it_takes_few_pages_of_paper(page_of, report):
    assert 3 < pages_of(page_of(viewport=DESK), report) <= PAGES


@pytest.mark.parametrize("count", [42, 60])
def test_many_departments_with_long_names_take_no_more(page_of, tmp_path, monkeypatch, count):
    monkeypatch.syspath_prepend(DOCS)
    take_screenshots = pytest.importorskip("take_screenshots")
    report = take_screenshots.report(count, tmp_path).as_uri()
    assert 3 < pages_of(page_of(viewport=DESK), report) <= PAGES
