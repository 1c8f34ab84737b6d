"""The HTML pages: the seller's consent, and the world by hand."""

from __future__ import annotations

from html import escape

from sandbox.box import Box
from sandbox.pages.parts import (
    clock_part,
    deliveries_part,
    faults_part,
    orders_part,
    place_part,
    shops_part,
    webhook_part,
)
from sandbox.pages.words import language_of, say, say_refusal
from sandbox.pages.worlds import world_part

__all__ = ["consent_page", "home_page", "language_of", "refused_page"]


def frame(lang: str, title: str, content: str) -> str:
    """Return a whole page around its content."""
    language = "zh-Hans" if lang == "zh" else "en"
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" '
        f'content="width=device-width, initial-scale=1">'
        f'<title>{escape(title)}</title><link rel="icon" href="data:,">'
        f'<link rel="stylesheet" href="/sandbox/style.css"></head>'
        f"<body>{content}</body></html>"
    )


def consent_page(box: Box, *, state: str, lang: str, refused: str = "") -> str:
    """Ask the seller whether the app may work for his shops; `refused` says what was wrong with his answer."""
    note = f'<p class="said refused" role="alert">{escape(refused)}</p>' if refused else ""
    shops = "".join(
        f'<label class="choice"><input type="checkbox" name="shop" value="{shop["id"]}" checked> '
        f"<b>{escape(shop['name'])}</b> "
        f'<span class="mute">{shop["region"]} · {shop["id"]}</span></label>'
        for shop in box.shops()
    )
    return frame(
        lang,
        say(lang, "consent"),
        (
            f'<main class="narrow"><h1>{say(lang, "consent")}</h1><p>{say(lang, "consent_text")}</p>{note}'
            f'<form method="post" action="/oauth/authorize"><input type="hidden" name="state" '
            f'value="{escape(state, quote=True)}"><input type="hidden" name="lang" value="{lang}">{shops}'
            f'<p class="row"><button name="decision" value="approve" '
            f'class="main">{say(lang, "approve")}</button>'
            f'<button name="decision" value="refuse">{say(lang, "refuse")}</button></p></form></main>'
        ),
    )


def refused_page(sentence: str, *, lang: str) -> str:
    """Tell a person at a browser why there is no page."""
    title = say(lang, "not_possible")
    return frame(
        lang, title, f'<main class="narrow"><h1>{title}</h1><p>{escape(say_refusal(lang, sentence))}</p></main>'
    )


def home_page(box: Box, lang: str, *, said: str = "", refused: str = "") -> str:
    """Show the world and everything one can do to it; `said` is what the last button was answered."""
    other = "en" if lang == "zh" else "zh"
    note = f'<p class="said" role="status">{say(lang, "done")} <code>{escape(said)}</code></p>' if said else ""
    note += f'<p class="said refused" role="alert">{escape(say_refusal(lang, refused))}</p>' if refused else ""
    return frame(
        lang,
        say(lang, "title"),
        (
            f'<header><h1>{say(lang, "title")}</h1><p class="mute">{say(lang, "about")}</p>'
            f'<a href="/sandbox/?lang={other}">{"English" if lang == "zh" else "中文"}</a>'
            f'</header>{note}<main><div class="grid">'
            f"{clock_part(box, lang)}{shops_part(box, lang)}{place_part(box, lang)}{world_part(box, lang)}"
            f"{webhook_part(box, lang)}"
            f"{faults_part(box, lang)}</div>"
            f"{orders_part(box, lang)}{deliveries_part(box, lang)}</main>"
        ),
    )
