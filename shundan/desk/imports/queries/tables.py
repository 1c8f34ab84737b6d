"""Tables as files to be fetched: CSV or XLSX, no cell of which can run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shundan.core.errors import NotFound
from shundan.desk.imports.queries.exports import ExportReport
from shundan.desk.imports.queries.reports import ImportReport, refused_rows, refused_table
from shundan.ground.lib.blobs import get_blob
from shundan.ground.lib.sheets import Cell, write_csv, write_xlsx

_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}


@dataclass(frozen=True)
class Fetched:
    """A file as it is answered."""

    content: bytes
    name: str

    @property
    def content_type(self) -> str:
        return _TYPES[self.name.rsplit(".", 1)[-1]]

    @property
    def headers(self) -> dict[str, str]:
        return {"Content-Disposition": f'attachment; filename="{self.name}"', "Cache-Control": "no-store"}


def table_file(rows: Iterable[Sequence[Cell]], *, header: Sequence[str], name: str, kind: str) -> Fetched:
    """Write a table as CSV or XLSX; raise NotFound for any other kind."""
    if kind not in ("csv", "xlsx"):
        raise NotFound("There is no such file.", remedy="Choose CSV or XLSX.")
    content = write_csv(rows, header=header) if kind == "csv" else write_xlsx(rows, header=header)
    return Fetched(content, f"{name}.{kind}")


def refused_file(
    report: ImportReport, sentences: Sequence[tuple[str, str]], *, names: Sequence[str], kind: str
) -> Fetched:
    """Return the refused rows as the file had them; behind its columns stand row, column, why and what to do.

    `sentences` are (why, remedy) of each row, `names` those of the four columns.
    """
    header, cells = refused_table(report)
    width = len(header)
    rows: Iterable[Sequence[Cell]] = (
        [*own[:width], *[""] * (width - len(own)), row.row, row.column, *told]
        for own, row, told in zip(cells, refused_rows(report), sentences, strict=True)
    )
    return table_file(rows, header=[*header, *names], name=f"import-{report.key}-refused", kind=kind)


def export_file(report: ExportReport) -> Fetched:
    """Return the file of a finished export; raise NotFound while there is none, and once it was erased."""
    if not report.is_ready:
        raise NotFound("This export has no file yet.", remedy="Wait until it is written.")
    return Fetched(get_blob(report.blob), report.file_name)
