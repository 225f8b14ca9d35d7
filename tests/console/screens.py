"""Pictures of the screens, for docs and to look at: python -m tests.console.screens [FOLDER [nl|en [WIDTH]]]."""

import io
import os
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from tests import needs
from tests.console.browser import WIDTHS, Served
from tests.console.test_pages import SCREENS, filled, practised

DOCS = Path(__file__).parents[2] / "docs" / "pictures"
FOR_DOCS = ("today", "check", "settings", "preparation")


def screens(language, width, names=tuple(SCREENS), whole=True):
    """Name to picture of each screen."""
    root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory() as data, sync_playwright() as playwright:
        filled(data)
        practised(data)
        served = Served(data, language)
        browser = playwright.chromium.launch(executable_path=needs.chromium(), args=root)
        with served.page(browser, width) as page:
            page.goto(f"{served.base}/language/{language}?to=/")
            for name in names:
                if name != "nowhere":
                    page.goto(served.base + SCREENS[name], wait_until="networkidle")
                    picture = page.screenshot(full_page=whole or name == "preparation")
                    yield name, Image.open(io.BytesIO(picture)).convert("RGB")
        browser.close()
        served.close()


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else DOCS
    folder.mkdir(parents=True, exist_ok=True)
    language = sys.argv[2] if len(sys.argv) > 2 else "nl"
    width = int(sys.argv[3]) if len(sys.argv) > 3 else list(WIDTHS)[-1]
    for name, picture in screens(language, width, FOR_DOCS if folder == DOCS else tuple(SCREENS), folder != DOCS):
        picture.save(folder / f"console-{name}.jpg", quality=82, optimize=True)
        print(folder / f"console-{name}.jpg")
