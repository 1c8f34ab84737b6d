"""The look in a browser: contrast, names, no violation of the strict policy, and the keyboard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from playwright.sync_api import Page, sync_playwright

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Open = Callable[..., Page]

# What a person could not read, name or tell apart on a page.
FAULTS = r"""() => {
  const faults = [], seen = {};
  const light = (c) => { const part = (v) => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
    return .2126 * part(c[0]) + .7152 * part(c[1]) + .0722 * part(c[2]); };
  const colour = (text) => { const n = text.match(/[\d.]+/g).map(Number); return [n[0], n[1], n[2], n[3] ?? 1]; };
  const ground = (one) => { const layers = []; for (; one; one = one.parentElement) {
      const c = colour(getComputedStyle(one).backgroundColor); if (c[3]) layers.push(c); if (c[3] === 1) break; }
    const over = (under, c) => [0, 1, 2].map((i) => c[i] * c[3] + under[i] * (1 - c[3]));
    return layers.reverse().reduce(over, [255, 255, 255]); };
  for (const { id } of document.querySelectorAll("[id]")) { if (seen[id]) faults.push("twice: " + id); seen[id] = 1; }
  for (const one of document.querySelectorAll("input:not([type=hidden]), select, textarea"))
    if (!one.labels?.length && !one.getAttribute("aria-label")) faults.push("no label: " + one.outerHTML.slice(0, 90));
  for (const one of document.querySelectorAll("button, a[href]"))
    if (!one.textContent.trim() && !one.getAttribute("aria-label")) faults.push("no name: " + one.outerHTML);
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (words.nextNode()) {
    const one = words.currentNode.parentElement, text = words.currentNode.textContent.trim();
    if (!text || !one.offsetParent || one.closest("svg, script, noscript, option, [aria-disabled]")) continue;
    const a = light(colour(getComputedStyle(one).color)), b = light(ground(one));
    const contrast = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (contrast < 4.5) faults.push(`contrast ${contrast.toFixed(2)}: ${text} <${one.tagName} ${one.className}>`);
  }
  return faults;
}"""


@pytest.fixture
def browse(live_server: Any, chromium: str) -> Iterator[tuple[Open, list[str]]]:
    """A function that opens a path as the owner, and everything the browser complained about."""
    client = Client()
    client.force_login(get_user_model().objects.create(username="li-min", role="owner"))
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])

        def open_page(path: str, *, theme: str = "light", language: str = "en", width: int = 1440) -> Page:
            context = browser.new_context(viewport={"width": width, "height": 900})
            chosen = {
                "sessionid": client.cookies["sessionid"].value,
                "shundan_theme": theme,
                "django_language": language,
            }
            context.add_cookies([{"name": k, "value": v, "url": live_server.url} for k, v in chosen.items()])
            page = context.new_page()
            page.on("console", lambda told: complaints.append(told.text) if told.type == "error" else None)
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.goto(live_server.url + path)
            return page

        yield open_page, complaints
        browser.close()


def test_every_component_is_readable_named_and_within_the_policy(browse: tuple[Open, list[str]]) -> None:
    open_page, complaints = browse
    for theme, language in (("light", "zh-hans"), ("dark", "en")):
        page = open_page("/look/gallery/", theme=theme, language=language)
        assert page.evaluate(FAULTS) == []
        page.context.close()
    assert complaints == []


def test_a_phone_shows_the_page_without_scrolling_sideways(browse: tuple[Open, list[str]]) -> None:
    open_page, _complaints = browse
    page = open_page("/look/gallery/", width=360)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert not page.locator("#nav").is_visible()
    page.click(".menu-link")
    assert page.locator("#nav").is_visible()


def test_the_keyboard_walks_chooses_opens_and_closes(browse: tuple[Open, list[str]]) -> None:
    open_page, complaints = browse
    page = open_page("/look/gallery/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.locator("tr.current").get_attribute("data-pk") == "2"
    page.keyboard.press("x")
    assert page.locator("#bulk.open [data-count]").inner_text() == "1"
    page.keyboard.press("Enter")
    page.wait_for_selector("#drawer h1")
    assert page.url.endswith("?row=2")
    page.keyboard.press("k")
    page.wait_for_url("**/?row=1")
    page.keyboard.press("Escape")
    assert page.locator("#drawer").inner_html() == "" and page.url.endswith("/look/gallery/")
    page.keyboard.press("Escape")
    assert not page.locator("#bulk").is_visible()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "quick"
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    assert page.evaluate("document.activeElement.id") == "search"
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()
    assert complaints == []


def test_a_page_walks_on_through_the_list_one_came_from(browse: tuple[Open, list[str]]) -> None:
    open_page, complaints = browse
    page = open_page("/look/gallery/?q=")
    page.click("tr[data-pk='2'] .row-link")
    page.click("#drawer [data-full]")
    page.wait_for_selector(".place:not([hidden])")
    assert page.locator("[data-at]").inner_text().startswith("2 / ")
    page.keyboard.press("j")
    page.wait_for_url("**/?row=3")
    page.keyboard.press("k")
    page.wait_for_url("**/?row=2")
    page.click(".detail .back")
    page.wait_for_url("**/look/gallery/?q=")
    page.context.close()
    stranger = open_page("/look/gallery/?row=2")  # came from no list
    assert not stranger.locator(".place").is_visible()
    assert complaints == []


def test_a_page_works_without_scripts(browse: tuple[Open, list[str]], live_server: Any) -> None:
    open_page, _complaints = browse
    page = open_page("/look/gallery/")
    cookies = page.context.cookies()
    plain = page.context.browser.new_context(java_script_enabled=False)  # type: ignore[union-attr]
    plain.add_cookies(cookies)  # type: ignore[arg-type]
    page = plain.new_page()
    page.goto(live_server.url + "/look/gallery/")
    assert page.locator("#bulk").is_visible()
    page.click("tr[data-pk='3'] .row-link")
    assert page.url.endswith("?row=3") and page.locator("main h1").inner_text() == "577104862913486123"
