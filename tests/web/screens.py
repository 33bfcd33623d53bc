"""`python -m tests.web.screens DATA --screens DIR`: draws all of docs/screens, over the library at DATA.

DATA must name a site `sample` (evals/suites/sample/sites.toml).
"""

import argparse
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import CHROMIUM, FLAGS
from tests.web.conftest import serving
from tests.web.widget.widget_benchmark import screens as widget_screens

FACT = "When was the Heron-2 satellite launched?"
DISPUTED = "How many people were evacuated from Brackenford because of the flood?"
DECLINED = "How long should a sourdough loaf prove before baking?"


def main() -> None:
    """Writes the pictures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path)
    parser.add_argument("--screens", type=Path, required=True)
    options = parser.parse_args()
    with serving(options.data) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        chat_screens(browser, server.url, options.screens)
        widget_screens(browser, server.url, options.screens)


def chat_screens(browser: Browser, url: str, folder: Path) -> None:
    """`start.png`, and what follows a question, light, dark and on a phone."""
    phone: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
    drawn(browser, url, folder / "start.png", "")
    drawn(browser, url, folder / "light.png", FACT)
    drawn(browser, url, folder / "dark.png", DISPUTED, opens=True, color_scheme="dark")
    drawn(browser, url, folder / "disputed.png", DISPUTED)
    drawn(browser, url, folder / "declined.png", DECLINED)
    drawn(browser, url, folder / "phone.png", DISPUTED, **phone)


def drawn(browser: Browser, url: str, file: Path, question: str, *, opens: bool = False, **options: Any) -> None:
    """A picture of the page, after a question if there is one, with its first source opened where that is wanted."""
    context = browser.new_context(**{"viewport": {"width": 1280, "height": 800}, **options})
    page: Page = context.new_page()
    page.goto(url)
    page.locator(".masthead h1").wait_for()
    if question:
        page.locator("#question textarea").fill(question)
        page.locator("#question textarea").press("Enter")
        page.locator(".as-of").wait_for()
    if opens:
        page.locator("a.marker").first.click()
    page.wait_for_timeout(600)  # until nothing moves any more
    page.screenshot(path=file)
    context.close()


if __name__ == "__main__":
    main()
