import io
from datetime import UTC, datetime
from pathlib import Path

import pypdf
import pytest

from shundan.core.errors import Broken
from shundan.ground.lib.pdf import clean, render_typst

TEMPLATE = """
#let facts = json(bytes(sys.inputs.facts))
#set text(font: ("Noto Sans SC", "Noto Sans Thai"))
#facts.words
"""


def write_template(folder: Path, text: str = TEMPLATE) -> Path:
    template = folder / "words.typ"
    template.write_text(text, encoding="utf-8")
    return template


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


def test_facts_are_printed_as_text_whatever_markup_they_look_like(tmp_path: Path) -> None:
    words = "#panic(1) *bold* $x$ <label> @ref \\ [a] 空气炸锅 ราคา"
    pdf = render_typst(write_template(tmp_path), {"words": words})
    printed = text_of(pdf)
    for part in ("#panic(1)", "*bold*", "$x$", "<label>", "@ref", "[a]", "空气炸锅", "ราคา"):
        assert part in printed


def test_the_same_facts_give_the_same_bytes_and_the_date_is_the_documents(tmp_path: Path) -> None:
    template = write_template(tmp_path)
    made_at = datetime(2026, 11, 24, 9, 5, tzinfo=UTC)
    first = render_typst(template, {"words": "one"}, made_at=made_at)
    assert first == render_typst(template, {"words": "one"}, made_at=made_at)
    metadata = pypdf.PdfReader(io.BytesIO(first)).metadata
    assert metadata is not None
    assert metadata.creation_date == made_at


def test_only_bundled_fonts_are_embedded(tmp_path: Path) -> None:
    pdf = render_typst(write_template(tmp_path), {"words": "订单 Order ราคา"})
    page = pypdf.PdfReader(io.BytesIO(pdf)).pages[0]
    fonts = {str(font["/BaseFont"]).split("+")[-1] for font in page["/Resources"]["/Font"].values()}  # type: ignore[index]
    assert {name.split("-")[0] for name in fonts} == {"NotoSansSC", "NotoSansThai"}


def test_a_template_that_fails_is_broken_and_says_where(tmp_path: Path) -> None:
    template = write_template(tmp_path, "#let facts = json(bytes(sys.inputs.facts))\n#facts.missing")
    with pytest.raises(Broken, match=r"words\.typ could not be drawn: .*missing"):
        render_typst(template, {"words": ""})


def test_a_template_that_is_not_there_is_broken(tmp_path: Path) -> None:
    with pytest.raises(Broken):
        render_typst(tmp_path / "nothing.typ", {})


def test_characters_that_hide_or_turn_text_are_dropped() -> None:
    hostile = {"note": ["a\x00b\u202ec\ud800d\ne\tf", "x" * 3000], "svg": "<svg \x01>", "count": 3}
    assert clean(hostile) == {"note": ["abcd\ne f", "x" * 1999 + "…"], "svg": "<svg \x01>", "count": 3}
