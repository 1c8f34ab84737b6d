"""Return and refund."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from shundan.edges.channels.tiktok.client import File, call, pages
from shundan.edges.channels.tiktok.groups.answers import Batch, Reached, Row, batch, rows_of, said


def search_cancellations(shop: Reached, **filters: object) -> Iterator[Row]:
    """Yield cancellations; filters as the platform names them: cancel_ids, order_ids, update_time_ge …"""
    return pages(shop, "cancellation.search", "cancellations", query={"page_size": 50}, body=said(**filters))


def search_returns(shop: Reached, **filters: object) -> Iterator[Row]:
    """Yield refunds, returns and replacements; filters as the platform names them: return_ids, order_ids …"""
    return pages(shop, "return.search", "return_orders", query={"page_size": 50}, body=said(**filters))


def eligibility(shop: Reached, order_id: str, *, by: str = "SELLER", kinds: Sequence[str] = ()) -> list[Row]:
    """Return per SKU which of CANCEL, REFUND, RETURN_AND_REFUND may be opened now, and why not."""
    query = {"initiate_aftersale_user": by} | said(request_types=list(kinds))
    told = call(shop, "order.aftersale_eligibility", path={"order_id": order_id}, query=query)
    return rows_of(told, "sku_eligibility")


def decision_eligibility(
    shop: Reached, case_id: str, *, decisions: Sequence[str] = (), locale: str = "en-US"
) -> list[Row]:
    """Return which decisions a case takes now, each with the reasons it may be refused with."""
    query = {"return_or_cancel_id": case_id, "locale": locale} | said(check_decisions=list(decisions))
    return rows_of(call(shop, "decision.eligibility", query=query), "decisions")


def review_decisions(shop: Reached, case_id: str, *, seller_id: str, locale: str = "en-US") -> list[Row]:
    """Return per line which decisions a case takes now, with the range of a partial refund."""
    query = {"seller_id": seller_id, "return_or_cancel_id": case_id, "locale": locale}
    return rows_of(call(shop, "decision.review", query=query), "line_items")


def reject_reasons(shop: Reached, case_id: str, *, locale: str = "en-US") -> list[Row]:
    """Return the reasons a case may be refused with: [{name, text}]."""
    return rows_of(call(shop, "reject_reasons", query={"return_or_cancel_id": case_id, "locale": locale}), "reasons")


def records(shop: Reached, return_id: str, *, locale: str = "en-US") -> list[Row]:
    """Return what happened to a return, with pictures and notes."""
    return rows_of(call(shop, "return.records", path={"return_id": return_id}, query={"locale": locale}), "records")


def calculate_refund(
    shop: Reached, order_id: str, *, kind: str, reason: str, skus: Sequence[Row] = (), line_ids: Sequence[str] = ()
) -> Row:
    """Return what a cancellation or return would pay back: {refund_total, refund_subtotal, refund_tax, …}."""
    body = {"order_id": order_id, "request_type": kind, "reason_name": reason}
    more = said(skus=list(skus), order_line_item_ids=list(line_ids))
    return dict(call(shop, "refund.calculate", body={**body, **more}).get("order_refund_amount") or {})


def create_return(shop: Reached, body: Row, *, key: str) -> Row:
    """Open a refund or return for the buyer; returns {return_id, return_status}."""
    return call(shop, "return.create", query={"idempotency_key": key}, body=body)


def upload_return_papers(
    shop: Reached, return_ids: Sequence[str], *, tracking_number: str, provider_id: str, label: File | None = None
) -> None:
    """Give the buyer the label with which the goods come back."""
    fields = {"tracking_number": tracking_number, "return_provider_id": provider_id}
    file = replace(label, field="return_shipping_label") if label else None
    call(shop, "return.upload_papers", query={"return_ids": list(return_ids)}, body=fields, file=file)


def search_requests(shop: Reached, filters: Row, *, page_token: str = "", page_size: int = 50) -> Row:
    """Return one page of after-sales requests with lines and authorisations: {aftersales_requests, next_page_token}."""
    fields = ["LINE_ITEMS", "SKU_RETURN_REQUESTS", "RETURN_MERCHANDISE_AUTHORIZATIONS"]
    body = {"filters": filters, "whitelisted_data_fields": fields, "pagination": _page(page_size, page_token)}
    return call(shop, "aftersales.search", body=body)


def search_authorisations(shop: Reached, filters: Row, *, page_token: str = "", page_size: int = 50) -> Row:
    """Return one page of return merchandise authorisations: {return_merchandise_authorizations, next_page_token}."""
    fields = ["LINE_ITEMS", "SKU_RETURN_REQUESTS"]
    body = {"filters": filters, "whitelisted_data_fields": fields, "pagination": _page(page_size, page_token)}
    return call(shop, "rma.search", body=body)


def _page(size: int, token: str) -> Row:
    return {"page_size": size} | said(page_token=token)


def review_requests(shop: Reached, decisions: Sequence[Row]) -> Batch:
    """Answer after-sales requests line by line: [{request_id, line_item_decisions, idempotency_key}]."""
    return batch(call(shop, "aftersales.review", body={"aftersales_request_decisions": list(decisions)}), "request_id")
