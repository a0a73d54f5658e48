"""Makes the pictures of screenshots.md: the report on 5, 12, 42 and 60 departments, on a desk and on a phone.

    python docs/take_screenshots.py

Needs Chromium and Playwright, as the tests of the report in a browser do. Takes some minutes.
"""

import io
import shutil
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

import silos

PICTURES = Path(__file__).parent / "screenshots"
#: Departments of each organisation.
SIZES = (5, 12, 42, 60)
#: Long names with accents, as organisations have them.
KINDS = (
    "Direction des régions et de la cohésion, pôle {}",
    "Geschäftsführung für Qualitätssicherung, Außenstelle {}",
    "Ředitelství pro vývoj, výzkum a spolupráci {}",
    "Systèmes d'information et sûreté numérique {}",
    "Åarhus Kundeservice og Økonomistyring {}",
)
SCREENS = {"desk": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 844}}
#: From so many departments on the matrix is shown as well.
MANY = 42
#: Colours of a picture: it is drawn in few.
COLOURS = 160


def report(count: int, folder: Path) -> Path:
    """The report on a simulated organisation of so many departments."""
    planted: dict[str, Any] = {"silos": 1 if count < MANY else 3, "walls": 0 if count < MANY else 8}
    if count < 8:
        planted |= dict.fromkeys(("mail_room", "newsletter", "bilateral_pair", "one_person_bridge"), False)
    made = silos.simulate.organisation(people=max(300, 30 * count), departments=count, weeks=8, seed=3, **planted)
    names = sorted(made.roster["department"].unique())
    called = {name: KINDS[at % len(KINDS)].format(at // len(KINDS) + 1) for at, name in enumerate(names)}
    roster = made.roster.assign(department=made.roster["department"].map(called))
    analysis = silos.analyze(made.interactions, roster, bootstrap=100)
    return analysis.report(figures_as=()).write(folder / str(count)) / "report.html"


def save(shot: bytes, name: str) -> None:
    """A picture in few colours."""
    picture = Image.open(io.BytesIO(shot)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    picture.save(PICTURES / f"{name}.png", optimize=True)


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as running:
        browser = running.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for count in SIZES:
            written = report(count, Path(folder)).as_uri()
            for screen, viewport in SCREENS.items():
                page = browser.new_context(viewport=viewport).new_page()
                page.goto(written)
                save(page.screenshot(), f"{count}_{screen}")
                if screen == "desk" and count >= MANY:
                    save(page.locator("#pairs figure").first.screenshot(), f"{count}_matrix")
        browser.close()


if __name__ == "__main__":
    main()
