"""The smallest PDF that can carry a label: pages of text in a base font and filled rectangles."""

from __future__ import annotations

import unicodedata


class Page:
    """One page in points, origin at the lower left."""

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self.marks: list[str] = []

    def text(self, x: float, y: float, words: str, *, size: float = 9, bold: bool = False) -> None:
        safe = latin(words).replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
        self.marks.append(f"BT /F{2 if bold else 1} {size:g} Tf {x:.2f} {y:.2f} Td ({safe}) Tj ET")

    def box(self, x: float, y: float, width: float, height: float) -> None:
        self.marks.append(f"{x:.3f} {y:.3f} {width:.3f} {height:.3f} re f")

    def line(self, x: float, y: float, width: float) -> None:
        self.box(x, y, width, 0.6)


def latin(words: str) -> str:
    """Return words in the letters of a base font: without accents it lacks, question marks for other scripts."""
    return "".join(sign if fits(sign) else base(sign) for sign in unicodedata.normalize("NFC", words))


def fits(sign: str) -> bool:
    return sign.encode("cp1252", "ignore") != b""


def base(sign: str) -> str:
    letter = {"Đ": "D", "đ": "d"}.get(sign) or unicodedata.normalize("NFKD", sign)[0]
    return letter if fits(letter) else "?"


def write_pdf(pages: list[Page]) -> bytes:
    """Return the file."""
    objects: list[bytes] = [
        b"",
        b"",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>",
    ]
    kids = []
    for page in pages:
        stream = "\n".join(page.marks).encode("cp1252", "replace")
        objects.append(b"<< /Length %d >>\nstream\n" % len(stream) + stream + b"\nendstream")
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %.2f %.2f] /Contents %d 0 R /Resources << "
            b"/Font << /F1 3 0 R /F2 4 0 R >> >> >>" % (page.width, page.height, len(objects))
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[0] = b"<< /Type /Catalog /Pages 2 0 R >>"
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(kids), b" ".join(kids))
    out, places = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"), []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)
