"""A browser for the console's pages: Debian's Chromium, driven by Playwright."""

import os

import pytest

from tests import needs


@pytest.fixture(scope="module")
def chromium():
    """A browser without a window; skips aloud where there is none. Of one module: others run loops of their own."""
    found = needs.chromium()
    if not found:
        pytest.skip("the console's pages in a browser: there is no Chromium (on Debian: chromium)")
    from playwright.sync_api import sync_playwright

    root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=root)
        yield browser
        browser.close()
