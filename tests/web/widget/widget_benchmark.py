"""`python -m tests.web.widget.widget_benchmark DATA [--screens DIR]`: what the widget costs a reader, and how it looks.

A server over the library at DATA, which must name a site `sample`, is started; Chromium opens its demo page.
"""

import argparse
import gzip
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from playwright.sync_api import Browser, FrameLocator, Page, sync_playwright

from tests.conftest import CHROMIUM, FLAGS
from tests.web.conftest import AXE, serving
from web.widget.assets import WIDGET

EMBED = WIDGET.parents[1] / "templates" / "widget" / "embed.html"

QUESTION = "How many people were evacuated from Brackenford?"
TIMES = 5


def main() -> None:
    """Prints the figures as a table; writes the screenshots where they are wanted."""
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path)
    parser.add_argument("--screens", type=Path)
    options = parser.parse_args()
    with serving(options.data) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        for what, figure in figures(browser, server.url):
            sys.stdout.write(f"| {what} | {figure} |\n")
        if options.screens:
            screens(browser, server.url, options.screens)


def figures(browser: Browser, url: str) -> Iterator[tuple[str, str]]:
    """Sizes, requests, times and what axe finds."""
    files = [*(file for file in WIDGET.rglob("*.*") if file.is_file()), EMBED]
    sizes = {file.name: len(gzip.compress(file.read_bytes(), mtime=0)) for file in files}
    page = sum(size for name, size in sizes.items() if not name.startswith("demo") and not name.endswith("json"))
    yield "loader, gzip", f"{sizes['widget.js']:,} bytes"
    yield "all together with English, gzip", f"{page + sizes['en.json']:,} bytes"
    rounds = [one_round(browser, url) for _ in range(TIMES)]
    yield "requests after opening", str(rounds[0]["requests"])
    yield "from the click until one can type", spread([each["type"] for each in rounds])
    yield "from the question to its first words", spread([each["words"] for each in rounds])
    for scheme in ("light", "dark"):
        yield f"axe-core, {scheme}: rules broken in the open widget and its page", str(axe(browser, url, scheme))


def one_round(browser: Browser, url: str) -> dict[str, float]:
    """Opens the widget with an empty cache, and asks."""
    with demo(browser, url) as page:
        requests: list[str] = []
        page.on("request", lambda request: requests.append(request.url))
        began = perf_counter()
        frame = opened(page)
        typing = perf_counter()
        count = len(requests)
        frame.locator("#question").fill(QUESTION)
        asked = perf_counter()
        frame.locator("#question").press("Enter")
        frame.locator(".answer p:not(.stage)").first.wait_for()
        return {"requests": count, "type": typing - began, "words": perf_counter() - asked}


def axe(browser: Browser, url: str, scheme: str) -> int:
    with demo(browser, url, color_scheme=scheme, bypass_csp=True) as page:
        asked(opened(page))
        page.wait_for_timeout(300)  # the panel fades in
        for frame in page.frames:
            frame.evaluate(AXE.read_text(encoding="utf-8"))
        return len(page.evaluate("axe.run()")["violations"])


def screens(browser: Browser, url: str, folder: Path) -> None:
    """`widget-*.png`."""
    phone = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "has_touch": True}
    with demo(browser, url) as page:
        page.screenshot(path=folder / "widget-closed.png")
        asked(opened(page))
        shot(page, folder / "widget-open.png")
    with demo(browser, url, color_scheme="dark") as page:
        frame = asked(opened(page))
        frame.locator(".marker").first.click()
        shot(page, folder / "widget-dark.png")
    with demo(browser, url, **phone) as page:
        asked(opened(page))
        shot(page, folder / "widget-phone.png")
    with demo(browser, url) as page:
        page.get_by_label("Language").select_option("ar")
        asked(opened(page))
        shot(page, folder / "widget-arabic.png")


def shot(page: Page, file: Path) -> None:
    page.wait_for_timeout(600)  # until nothing moves any more
    page.screenshot(path=file)


@contextmanager
def demo(browser: Browser, url: str, **options: Any) -> Iterator[Page]:
    context = browser.new_context(**{"viewport": {"width": 1200, "height": 860}, **options})
    page = context.new_page()
    page.goto(f"{url}/demo?site=sample")
    page.locator("dateline-widget button").wait_for()
    yield page
    context.close()


def opened(page: Page) -> FrameLocator:
    page.locator("dateline-widget button").click()
    frame = page.frame_locator("dateline-widget iframe")
    frame.locator("#question:focus").wait_for()
    return frame


def asked(frame: FrameLocator) -> FrameLocator:
    frame.locator("#question").fill(QUESTION)
    frame.locator("#question").press("Enter")
    frame.locator(".as-of").wait_for()
    return frame


def spread(seconds: list[float]) -> str:
    return f"median {median(seconds):.2f} s ({min(seconds):.2f} to {max(seconds):.2f}) of {len(seconds)}"


if __name__ == "__main__":
    main()
