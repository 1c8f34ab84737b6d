"""Tables in files: Excel workbooks, CSV and tab text, HTML tables named .xls. Every cell is read as text.

Files come from strangers: sizes are limited before anything is unpacked, entities are never expanded, and
what is written can never run as a formula. `reading` tells the kind and asks `workbooks` or `texts`.
"""

from shundan.ground.lib.sheets.reading import read_sheet, read_sheets
from shundan.ground.lib.sheets.tables import Sheet
from shundan.ground.lib.sheets.writing import Cell, write_book, write_csv, write_xlsx

__all__ = ["Cell", "Sheet", "read_sheet", "read_sheets", "write_book", "write_csv", "write_xlsx"]
