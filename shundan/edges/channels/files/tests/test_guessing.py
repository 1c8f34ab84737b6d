"""What the columns of a table mean that nobody knows: by their names in any language, and by what stands in them."""

from __future__ import annotations

from shundan.edges.channels.files.guessing import fingerprint, look_at

GERMAN = ["Bestellnummer", "Status", "Anzahl", "Artikel-SKU", "Artikelname", "Bestellt am", "Telefon", "Summe"]
ROW = ["577000000000000001", "To ship", "2", "LAMP-1", "Papierlampe", "20.11.2026 07:00", "(+1)5550100", "20.00"]


def test_columns_in_another_language_are_guessed_by_name_and_value() -> None:
    table = look_at([GERMAN, ROW])
    assert table is not None
    assert (table.kind, table.rows, table.header_at) == ("orders", 1, 0)
    assert {table.header[int(place)]: field for place, field in table.guesses["orders"].items()} == {
        "Bestellnummer": "order_id", "Status": "status", "Anzahl": "quantity", "Artikel-SKU": "seller_sku",
        "Artikelname": "title", "Bestellt am": "created", "Telefon": "phone", "Summe": "total",
    }  # fmt: skip


def test_a_name_that_its_values_contradict_is_not_proposed() -> None:
    table = look_at([["Bestellnummer", "Anzahl", "Bestellt am"], ["577000000000000001", "many", "tomorrow"]])
    assert table is not None
    assert sorted(table.guesses["orders"].values()) == ["order_id"]


def test_a_status_is_known_by_its_words_whatever_its_column_is_called() -> None:
    table = look_at([["Nr.", "Wo", "Zahl"], ["577000000000000001", "Perlu dikirim", "2"]])
    assert table is not None
    assert table.guesses["orders"]["1"] == "status"


def test_three_rows_are_shown_of_each_column() -> None:
    table = look_at([["a", "b", "c"], *([str(number), "", "x"] for number in range(9))])
    assert table is not None
    assert table.samples == [["0", "1", "2"], ["", "", ""], ["x", "x", "x"]]


def test_a_note_above_the_header_is_passed_over() -> None:
    table = look_at([["Exported on Monday", "", ""], ["a", "b", "c"], ["1", "2", "3"]])
    assert table is not None
    assert (table.header_at, table.header) == (1, ["a", "b", "c"])


def test_what_has_no_rows_or_no_columns_is_no_table() -> None:
    assert look_at([["a", "b", "c"]]) is None
    assert look_at([["only", "two"], ["1", "2"]]) is None
    assert look_at([]) is None


def test_the_order_case_and_padding_of_columns_do_not_change_the_fingerprint() -> None:
    assert fingerprint(["Order No", "Qty", ""]) == fingerprint([" qty ", "\ufeffORDER  no"])
    assert fingerprint(["Order No", "Qty"]) != fingerprint(["Order No", "Qty", "Note"])
