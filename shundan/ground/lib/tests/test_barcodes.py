import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from shundan.core.errors import Refused
from shundan.ground.lib.barcodes import code128, code128_mark, qr, qr_mark

PRINTABLE = st.text(alphabet=[chr(code) for code in range(33, 127)], min_size=1, max_size=40)


def read_rows(rows: list[str], scale: int = 3) -> list[zxingcpp.Barcode]:
    """Paint modules (with a white frame) as a scanner sees them and read them back."""
    picture = Image.new("L", ((len(rows[0]) + 20) * scale, (len(rows) + 20) * scale), 255)
    for y, row in enumerate(rows):
        for x, module in enumerate(row):
            if module == "1":
                box = ((x + 10) * scale, (y + 10) * scale, (x + 11) * scale, (y + 11) * scale)
                picture.paste(0, box)
    return list(zxingcpp.read_barcodes(picture))


@pytest.mark.parametrize("text", ["A", "12", "123", "1234", "579999900000000101", "YT26123456789", "a1234b123456c1"])
def test_a_scanner_reads_back_what_a_code_128_was_made_of(text: str) -> None:
    (found,) = read_rows([code128(text)] * 30)
    assert (found.format, found.text) == (zxingcpp.BarcodeFormat.Code128, text)


@settings(max_examples=80, deadline=None)
@given(PRINTABLE | st.from_regex(r"[A-Z]{0,3}[0-9]{1,24}[A-Z]{0,3}", fullmatch=True))
def test_any_printable_text_survives_the_way_through_a_code_128(text: str) -> None:
    assert [found.text for found in read_rows([code128(text)] * 30)] == [text]


def test_digits_are_packed_in_pairs() -> None:
    # start + 9 pairs + check, 11 modules each, and the stop's 13
    assert len(code128("579999900000000101")) == 11 * 11 + 13


@pytest.mark.parametrize("text", ["", "包裹", "a\nb", "é", "x" * 81])
def test_what_a_code_128_cannot_hold_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        code128(text)
    assert refused.value.code == "bad_barcode"


@pytest.mark.parametrize("text", ["576461413038486123", "包裹 P-1 🧸", "https://example.invalid/p/1?x=y"])
def test_a_scanner_reads_back_what_a_qr_code_was_made_of(text: str) -> None:
    (found,) = read_rows(["".join(map(str, row)) for row in qr(text)])
    assert found.text == text


def test_modules_fall_on_whole_dots_of_a_label_printer() -> None:
    bars = code128_mark("YT26123456789", room_mm=92, height_mm=11)
    assert bars is not None
    modules = len(code128("YT26123456789")) + 20
    assert bars.width_mm <= 92
    assert (bars.width_mm / modules / 0.125).is_integer()
    square = qr_mark("576461413038486123", room_mm=18)
    assert square is not None
    assert square.width_mm <= 18
    assert (square.width_mm / (len(qr("576461413038486123")) + 4) / 0.125).is_integer()


def test_a_code_too_wide_for_its_room_is_not_drawn_too_thin_to_scan() -> None:
    assert code128_mark("X" * 40, room_mm=92, height_mm=11) is None
    assert code128_mark("包裹", room_mm=92, height_mm=11) is None
    assert qr_mark("x" * 3000, room_mm=200) is None
    assert qr_mark("", room_mm=18) is None
