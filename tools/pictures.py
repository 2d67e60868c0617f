"""The README's pictures, taken from a running demo city: `python tools/pictures.py http://127.0.0.1:8000 PASSWORD`.

A short journey as its users make it: the supervision office at a desk, a village worker with a phone.
"""

import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

IMAGES = Path(__file__).resolve().parent.parent / "docs/images"
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--no-first-run"]  # fmt: skip


def signed_in(browser: Browser, address: str, name: str, password: str, *, width: int, height: int) -> Page:
    context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{address}/sign-in/")
    page.fill("[name=name]", name)
    page.fill("[name=password]", password)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)
    # Live updates keep a request open for ever; the page is there once it has loaded.
    page.wait_for_load_state("load")
    return page


def main(address: str, password: str) -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = signed_in(browser, address, "supervision-office", password, width=1280, height=1000)
        page.goto(f"{address}/units/230200000000/")
        page.wait_for_selector("svg path", timeout=30_000)
        page.wait_for_timeout(1500)
        page.screenshot(path=IMAGES / "city.png")
        page = signed_in(browser, address, "longdongcun-worker", password, width=390, height=844)
        page.screenshot(path=IMAGES / "worker.png")
        browser.close()


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("python tools/pictures.py ADDRESS PASSWORD")
    main(*sys.argv[1:])
