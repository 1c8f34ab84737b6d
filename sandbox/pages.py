"""The HTML pages: consent, and the world by hand."""

from __future__ import annotations

from sandbox.box import Box


def consent_page(box: Box, *, state: str, lang: str) -> str:
    from html import escape

    shops = "".join(f'<label><input type="checkbox" name="shop" value="{shop["id"]}" checked> {escape(shop["name"])} ({shop["region"]})</label><br>' for shop in box.shops())
    return (f'<!doctype html><html lang="en"><title>Authorize</title><link rel="stylesheet" href="/sandbox/style.css"><main><h1>Authorize</h1>'
            f'<form method="post" action="/oauth/authorize"><input type="hidden" name="state" value="{escape(state, quote=True)}">{shops}'
            f'<button name="decision" value="approve">Approve</button> <button name="decision" value="refuse">Refuse</button></form></main></html>')


def home_page(box: Box, lang: str, said: str) -> str:
    return "<!doctype html><html><title>Sandbox</title><h1>Sandbox</h1></html>"
