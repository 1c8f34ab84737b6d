"""PDF pages from Typst templates. Facts go in as JSON: whatever a buyer types stays text."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path

import typst

from shundan.core.errors import Broken

_PACKAGE = Path(__file__).resolve().parents[2]
_FONT_PACKAGES = ("justmytype_intl_cjk", "justmytype_intl_sea")
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
_LONGEST = 2000
_LARGE = 200_000  # bytes of PDF
_REMEMBERED = 10  # documents for which the engine keeps a layout it no longer uses
# Characters that would turn or hide the text around them on paper.
_UNPRINTABLE = frozenset({"Cc", "Cs", "Co"})
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\ufeff")


def render_typst(template: Path, facts: Mapping[str, object], *, made_at: datetime | None = None) -> bytes:
    """Compile a template with its facts to PDF bytes; the same arguments give the same bytes.

    Templates import "/ground/lib/paper.typ", which reads the facts and sets the bundled fonts, so that pages
    look alike on every machine. `made_at` (aware) is the document's date. Raises Broken if that fails.
    """
    root = _PACKAGE if template.resolve().is_relative_to(_PACKAGE) else template.resolve().parent
    fonts = _fonts()
    try:
        pages = typst.Compiler(root=root, font_paths=fonts, ignore_system_fonts=True).compile(
            input=template,
            format="pdf",
            sys_inputs={"facts": json.dumps(clean(facts))},
            timestamp=int((made_at or _LONG_AGO).timestamp()),
            pdf_tags=False,
        )
    except RuntimeError as error:  # TypstError is one, and so is a template that is not there
        why = getattr(error, "diagnostic", "") or str(error)
        raise Broken(f"{template.name} could not be drawn: {why}", code="bad_template") from error
    if not isinstance(pages, bytes):
        raise Broken(f"The document {template.stem} came out empty.", code="bad_template")
    if len(pages) > _LARGE:
        _forget_layouts()
    return pages


def clean(value: object) -> object:
    """Return plain JSON: no control or turning characters in any text, overlong text ends in "…".

    Drawings (the key "svg", from barcodes) pass as they are.
    """
    if isinstance(value, str):
        return _clean_text(value)
    if isinstance(value, Mapping):
        return {str(key): inner if key == "svg" else clean(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [clean(inner) for inner in value]
    return value


def _clean_text(text: str) -> str:
    kept = "".join(
        letter
        for letter in text.replace("\r\n", "\n").replace("\t", " ")
        if letter == "\n" or (letter not in _TURNING and unicodedata.category(letter) not in _UNPRINTABLE)
    )
    return kept if len(kept) <= _LONGEST else kept[: _LONGEST - 1] + "…"


def _forget_layouts() -> None:
    """Draw empty pages until the engine drops a large batch's layouts: 500 slips hold some 280 MB."""
    compiler = typst.Compiler(font_paths=_fonts(), ignore_system_fonts=True)
    for _ in range(_REMEMBERED + 2):
        compiler.compile(input=b"", format="pdf")


@cache
def _fonts() -> typst.Fonts:
    """Read the bundled fonts once in each process."""
    folders: list[str] = []
    for package in _FONT_PACKAGES:
        try:
            folders.append(str(files(package) / "fonts"))
        except ModuleNotFoundError as error:
            raise Broken(f"The font package {package} is not installed.", code="no_fonts") from error
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=folders)
