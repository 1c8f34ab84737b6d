"""The paths that search requests and authorisations, say what may be decided, and take a seller's own label."""

from __future__ import annotations

from typing import Any

from sandbox.aftersales import returns
from sandbox.aftersales.calls import case_of, reject_reasons_of
from sandbox.aftersales.cancellations import PENDING
from sandbox.aftersales.decisions import fitting
from sandbox.aftersales.requests import (
    has_rma,
    package_id,
    request_status,
    return_id_of,
    rma_id,
    rma_status,
    show_lines,
    show_return,
    show_rma,
)
from sandbox.errors import Refusal, invalid
from sandbox.fulfilment.papers import parts_of
from sandbox.gateway import Call
from sandbox.paging import page_rows
from sandbox.table import answers
from sandbox.webhooks.news import seller_number

Row = dict[str, Any]
MOST = 50


def in_time(row: Row, span: Row, name: str) -> bool:
    asked = span.get(name, {})
    low, high = asked.get("min_unix_time_inclusive", 0), asked.get("max_unix_time_exclusive", 1 << 60)
    return bool(low <= row[name] < high)


def found_rows(call: Call, tests: dict[str, Any]) -> list[Row]:
    """Return the shop's returns that pass every filter the body names; `tests` gives each filter's value."""
    filters = call.body.get("filters", {})
    wanted = {name: filters[name] for name in tests if filters.get(name)}
    span = filters.get("time", {})
    return [
        row
        for row in call.box.store.table("return").values()
        if row["shop_id"] == call.shop["id"]
        and all(tests[name](row) in values for name, values in wanted.items())
        and in_time(row, span, "create_time")
        and in_time(row, span, "update_time")
    ]


def paged(call: Call, rows: list[Row], *, name: str, show: Any) -> Row:
    sort, page = call.body.get("sort", {}), call.body.get("pagination", {})
    size = page.get("page_size", 10)
    if not 1 <= size <= MOST:
        raise invalid("page_size", f"the value must be in [1, {MOST}]")
    query = {
        "page_size": size,
        "page_token": page.get("page_token", ""),
        "sort_order": sort.get("sort_order", "ASC"),
    }
    field = sort.get("sort_field", "CREATE_TIME").lower()
    shown, token = page_rows(rows, query, time=field, key="return_id", show=show)
    return {name: shown, "total_count": len(rows), "next_page_token": token}


@answers("POST", "/return_refund/{v}/aftersales/search", versions=("202603",))
def search_requests(call: Call) -> Row:
    """Return requests; their lines, returns and authorisations only when asked for."""
    rows = found_rows(
        call,
        {
            "aftersales_request_ids": lambda row: row["return_id"],
            "aftersales_request_statuses": request_status,
            "return_types": lambda row: row["return_type"],
            "main_order_ids": lambda row: row["order_id"],
            "buyer_ids": lambda row: row["buyer_id"],
        },
    )
    return paged(call, rows, name="aftersales_requests", show=lambda row: show_request(call, row))


def show_request(call: Call, row: Row) -> Row:
    wanted = call.body.get("whitelisted_data_fields", [])
    shown: Row = {"id": row["return_id"], "status": request_status(row)}
    if "LINE_ITEMS" in wanted:
        shown["line_items"] = show_lines(row)
    if "SKU_RETURN_REQUESTS" in wanted:
        shown["sku_return_requests"] = [show_return(row)]
    if "RETURN_MERCHANDISE_AUTHORIZATIONS" in wanted and has_rma(row):
        shown["return_merchandise_authorizations"] = [show_rma(row)]
    return shown


@answers("POST", "/return_refund/{v}/rma/search", versions=("202604",))
def search_rmas(call: Call) -> Row:
    rows = found_rows(
        call,
        {
            "rma_ids": lambda row: rma_id(row["return_id"]),
            "package_ids": lambda row: package_id(row["return_id"]),
            "statuses": rma_status,
            "aftersales_request_ids": lambda row: row["return_id"],
            "main_order_ids": lambda row: row["order_id"],
        },
    )
    rows = [row for row in rows if has_rma(row)]
    return paged(call, rows, name="return_merchandise_authorizations", show=lambda row: show_authorisation(call, row))


def show_authorisation(call: Call, row: Row) -> Row:
    wanted, shown = call.body.get("whitelisted_data_fields", []), show_rma(row)
    if "LINE_ITEMS" not in wanted:
        del shown["line_items"]
    if "SKU_RETURN_REQUESTS" in wanted:
        shown["sku_return_requests"] = [show_return(row)]
    return shown


@answers("GET", "/return_refund/{v}/review_decision", versions=("202606",))
def review_decisions(call: Call) -> Row:
    """Return for each line what may be decided, with the reasons to turn it down and what may be offered."""
    if call.query["seller_id"] not in (seller_number(call.shop), int(call.shop["id"])):
        raise Refusal(25020005, "No permission to process this order")
    case_id = call.query["return_or_cancel_id"]
    kind = "cancel" if call.box.store.get("cancel", case_id) else "return"
    row = case_of(call, kind, case_id if kind == "cancel" else return_id_of(case_id, kind="RMA"))
    waits = row.get("cancel_status") == PENDING
    fits = {"APPROVE_REQUEST_CANCEL": waits, "REJECT_REQUEST_CANCEL": waits} if kind == "cancel" else fitting(row)
    wanted = call.query.get("check_decisions") or list(fits)
    return {
        "line_items": [
            {
                "return_line_item_id": line[f"{kind}_line_item_id"],
                "decisions": [show_decision(call, name, bool(fits.get(name)), line) for name in wanted],
            }
            for line in row[f"{kind}_line_items"]
        ],
        "request_log_id": f"log{case_id}",
    }


def show_decision(call: Call, name: str, fit: bool, line: Row) -> Row:
    shown: Row = {"decision": name, "eligible": fit}
    if not fit:
        shown["ineligible_code"], shown["ineligible_reason"] = 25020003, "decision not match reverse status"
    elif name.startswith("REJECT"):
        shown["available_reject_reasons"] = reject_reasons_of(call, "cancel" if name.endswith("CANCEL") else "return")
    elif name.startswith("OFFER"):
        most = line["refund_amount"]
        least = "1" if "." not in most["refund_total"] else "0.01"
        shown["partial_refund_amount_range"] = {
            "min_amount": least,
            "max_amount": most["refund_total"],
            "currency": most["currency"],
        }
    return shown


@answers("POST", "/return_refund/{v}/returns/shipping_documents", versions=("202405",))
def upload_return_label(call: Call) -> Row:
    """Take the label or code a seller made for goods to come back on; the buyer sends them with it."""
    kind, parts = call.query.get("return_id_type", "SKU_RETURN_ORDER"), parts_of(call)
    texts = {name: parts.get(name, b"").decode("utf-8", "replace").strip() for name in PARTS}
    for name, text in texts.items():
        if not text:
            raise invalid(name, "it is required")
    carriers = {carrier.id: carrier.name for carrier in call.market.carriers()}
    if texts["return_provider_id"] not in carriers:
        raise Refusal(25001001, "An invalid request parameter was passed")
    rows = [case_of(call, "return", return_id_of(key, kind=kind)) for key in call.query["return_ids"]]
    if any(row["return_status"] != returns.SHIP for row in rows):
        raise Refusal(25020003, "decision not match reverse status")
    for row in rows:
        row.update(
            return_tracking_number=texts["tracking_number"],
            return_provider_id=texts["return_provider_id"],
            return_provider_name=carriers[texts["return_provider_id"]],
            return_method="SELLER_SHIPPED",
            return_shipping_document_type="QR_CODE" if parts.get("return_qr_code") else "SHIPPING_LABEL",
            update_time=call.box.now(),
        )
        returns.record(call.box, row, "RETURN_LABEL_UPLOADED", "SELLER", "")
        returns.announce(call.box, row)
    return {}


PARTS = ("tracking_number", "return_provider_id")
