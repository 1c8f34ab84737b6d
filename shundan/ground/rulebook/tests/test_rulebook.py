from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from shundan.core.clocks import DeadlineKind
from shundan.core.facts import OrderFacts, OrderType, PaymentFacts
from shundan.core.states import FulfilledBy
from shundan.ground.rulebook.actions import (
    PERSON,
    PLATFORM,
    DeadlineDraft,
    drop_deadlines,
    mark_missed,
    meet_deadlines,
    set_deadlines,
)
from shundan.ground.rulebook.models import Deadline
from shundan.ground.rulebook.queries import (
    deadlines_of,
    find_rule,
    forecast_order_deadlines,
    is_working_day,
    rule_text,
    rules_in_force,
    rules_of,
    soonest,
)
from shundan.ground.rulebook.queries.rules import FOLDER, MARKETS
from shundan.ground.shops.actions import ShopDraft, store_shop

T0 = datetime(2026, 11, 16, 20, 0, tzinfo=UTC)  # Monday noon in Los Angeles


@dataclass
class Shop:
    region: str
    zone: str
    seller_type: str = "CROSS_BORDER"
    ships_from: str = ""


US, GB, ID = Shop("US", "America/Los_Angeles"), Shop("GB", "Europe/London"), Shop("ID", "Asia/Jakarta", "LOCAL")
PH = Shop("PH", "Asia/Manila")


def facts(placed_at: datetime = T0, **more) -> OrderFacts:
    more = {"paid_at": placed_at, **more}
    kind = more.pop("order_type", OrderType.NORMAL)
    return OrderFacts(
        "1", "AWAITING_SHIPMENT", kind, FulfilledBy.US, placed_at, placed_at, PaymentFacts("USD"), (), **more
    )


def test_every_rule_has_an_id_a_source_and_a_certainty():
    rules = [rule for market in MARKETS for rule in rules_of(market)]
    assert len(rules) == 370
    assert len({rule.id for rule in rules}) == 370
    assert all(rule.source and rule.certainty in ("official", "reported", "uncertain") for rule in rules)
    assert all(find_rule(rule.id) is rule for rule in rules)


def test_every_forecast_names_a_rule_of_its_own_market_and_a_clock():
    for recipe in json.loads((FOLDER / "forecasts.json").read_text("utf-8")):
        rule = find_rule(recipe["rule"])
        assert rule is not None
        assert rule.market == recipe["market"]
        assert recipe["kind"] in set(DeadlineKind)
        assert len({"working_days", "hours", "calendar_days"} & recipe.keys()) == 1


def test_of_rival_rules_the_official_one_comes_first_and_old_ones_do_not_hold():
    found = rules_in_force("US", "dispatch_sla", on=date(2026, 11, 23))
    assert "us-dispatch_sla-002" not in [rule.id for rule in found]
    before = [rule.id for rule in rules_in_force("US", "dispatch_sla", on=date(2026, 1, 20))]
    assert "us-dispatch_sla-002" in before


def test_a_rule_is_told_in_a_sentence_with_its_source():
    text = rule_text("us-dispatch_sla_first_scan-001")
    assert "2" in text
    assert rule_text("no-such-rule") == ""


@pytest.mark.parametrize(
    ("market", "day", "works"),
    [
        ("US", date(2026, 11, 26), False),  # Thanksgiving
        ("US", date(2026, 11, 27), True),
        ("US", date(2026, 11, 28), False),
        ("VN", date(2026, 11, 28), True),  # Saturdays count there
        ("VN", date(2026, 11, 29), False),
        ("GB", date(2026, 12, 25), False),
        ("BR", date(2026, 11, 20), False),
        ("BR", date(2026, 2, 17), False),
        ("XX", date(2026, 11, 26), True),
    ],
)
def test_working_days_follow_the_markets_calendar(market, day, works):
    assert is_working_day(market, day) is works


@pytest.mark.parametrize(("ships_from", "due"), [
    ("", 9), ("São Paulo/Cajamar", 10), ("Sao Paulo/Sao Paulo", 10), ("Bahia/Salvador", 9),
])  # fmt: skip
def test_holidays_of_the_warehouses_state_are_no_working_days_in_brazil(ships_from, due):
    tuesday = datetime(2026, 7, 7, 15, 0, tzinfo=UTC)  # the ninth is São Paulo's own day
    brazil = Shop("BR", "America/Sao_Paulo", "LOCAL", ships_from)
    scan = forecast_order_deadlines(facts(tuesday), brazil)["first_scan_by"][0]
    assert scan == datetime(2026, 7, due + 1, 2, 59, 59, tzinfo=UTC)


def test_holidays_of_the_warehouses_city_count_there_alone():
    assert not is_working_day("BR", date(2027, 1, 25), "São Paulo/São Paulo")
    assert is_working_day("BR", date(2027, 1, 25), "São Paulo/Cajamar")


def test_a_us_order_is_due_at_the_carrier_after_two_working_days_of_los_angeles():
    found = forecast_order_deadlines(facts(), US)
    assert found["first_scan_by"] == (datetime(2026, 11, 19, 7, 59, 59, tzinfo=UTC), "us-dispatch_sla_first_scan-001")
    assert found["cancel_window"][0] == T0 + timedelta(hours=1)


def test_thanksgiving_is_no_working_day():
    tuesday = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
    assert forecast_order_deadlines(facts(tuesday), US)["first_scan_by"][0] == datetime(
        2026, 11, 28, 7, 59, 59, tzinfo=UTC
    )


def test_a_pre_order_counts_from_its_release():
    release = datetime(2026, 12, 7, 20, 0, tzinfo=UTC)
    found = forecast_order_deadlines(facts(order_type=OrderType.PRE_ORDER, release_at=release), US)
    assert found["first_scan_by"] == (datetime(2026, 12, 10, 7, 59, 59, tzinfo=UTC), "us-dispatch_sla_first_scan-007")
    assert "first_scan_by" not in forecast_order_deadlines(facts(order_type=OrderType.PRE_ORDER), US)


def test_the_cut_off_of_indonesia_decides_the_day():
    before = forecast_order_deadlines(facts(datetime(2026, 11, 16, 4, 0, tzinfo=UTC)), ID)
    after = forecast_order_deadlines(facts(datetime(2026, 11, 16, 6, 0, tzinfo=UTC)), ID)
    assert before["first_scan_by"][0] == datetime(2026, 11, 16, 16, 59, 59, tzinfo=UTC)
    assert after["first_scan_by"][0] == datetime(2026, 11, 17, 16, 59, 59, tzinfo=UTC)


def test_what_is_not_delivered_in_time_is_cancelled_only_once_it_is_on_its_way():
    sent = {"shipping_by_platform": False}
    assert "auto_cancel" not in forecast_order_deadlines(facts(**sent), ID)
    due = forecast_order_deadlines(replace(facts(**sent), platform_status="IN_TRANSIT"), ID)["auto_cancel"]
    assert due == (datetime(2026, 12, 2, 16, 59, 59, tzinfo=UTC), "id-auto_cancel_seller_shipped_not_delivered-183")
    assert "auto_cancel" in forecast_order_deadlines(facts(), US)
    assert "auto_cancel" not in forecast_order_deadlines(replace(facts(), platform_status="IN_TRANSIT"), US)


def test_shipping_and_origin_choose_the_rule():
    assert "deliver_by" in forecast_order_deadlines(facts(shipping_by_platform=False), GB)
    assert "deliver_by" not in forecast_order_deadlines(facts(), GB)
    assert forecast_order_deadlines(facts(), PH)["ship_by"] == (T0 + timedelta(hours=48), "ph-rts_cross_border-279")
    local = Shop("PH", "Asia/Manila", "LOCAL")
    assert forecast_order_deadlines(facts(), local) == {}


def test_a_fast_order_is_not_reckoned_by_the_rules_of_standard_shipping():
    assert "first_scan_by" in forecast_order_deadlines(facts(), ID)
    assert forecast_order_deadlines(facts(is_fast=True), ID) == {}
    assert set(forecast_order_deadlines(facts(is_fast=True), US)) == {"cancel_window"}


def test_a_market_without_rules_forecasts_nothing():
    assert forecast_order_deadlines(facts(), Shop("MX", "America/Mexico_City")) == {}


# Clocks


@pytest.fixture
def shop(db):
    return store_shop(ShopDraft("7490000000000000001", "Shop", "US"), now=T0)


def draft(shop, hours: float = 5, key: int = 1, kind: str = "ship_by", **more) -> DeadlineDraft:
    return DeadlineDraft(shop.pk, "order", key, kind, T0 + timedelta(hours=hours), **more)


def test_what_the_platform_told_is_never_replaced_by_what_the_rulebook_reckons(shop):
    set_deadlines([draft(shop, 5)])
    set_deadlines([draft(shop, 7, source=PERSON)])
    assert set_deadlines([draft(shop, 5)]) == 0
    set_deadlines([draft(shop, 9, source=PLATFORM)])
    assert set_deadlines([draft(shop, 5, source=PERSON)]) == 0
    row = Deadline.objects.get()
    assert (row.due_at, row.source) == (T0 + timedelta(hours=9), "platform")


def test_a_clock_is_met_late_dropped_and_set_anew(shop):
    set_deadlines([draft(shop, 1), draft(shop, 2, kind="first_scan_by"), draft(shop, 3, kind="cancel_window")])
    assert soonest("order", [1]) == {1: (T0 + timedelta(hours=1), "ship_by")}
    assert meet_deadlines([("order", 1, "ship_by")], at=T0 + timedelta(hours=2)) == 1
    assert meet_deadlines([("order", 1, "ship_by")], at=T0 + timedelta(hours=3)) == 0
    assert Deadline.objects.get(kind="ship_by").missed_at == T0 + timedelta(hours=1)
    assert soonest("order", [1]) == {1: (T0 + timedelta(hours=2), "first_scan_by")}
    assert drop_deadlines([("order", 1)], at=T0) == 2
    assert soonest("order", [1]) == {}
    assert set_deadlines([draft(shop, 2, kind="first_scan_by")]) == 1
    assert soonest("order", [1]) == {1: (T0 + timedelta(hours=2), "first_scan_by")}


def test_a_clock_is_missed_at_the_moment_it_was_due_and_no_longer_when_it_moves_on(shop):
    set_deadlines([draft(shop, 1), draft(shop, 9, key=2)])
    assert mark_missed(now=T0 + timedelta(hours=2)) == 1
    assert mark_missed(now=T0 + timedelta(hours=2)) == 0
    [clock] = deadlines_of("order", [1])[1]
    assert (clock.missed_at, clock.is_open) == (T0 + timedelta(hours=1), True)
    set_deadlines([draft(shop, 8, source=PLATFORM)])
    assert deadlines_of("order", [1])[1][0].missed_at is None
