"""The pages of money open whatever is known."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from shundan.ground.shops.models import Shop
from shundan.stages.money.models import Rate

pytestmark = pytest.mark.django_db
WITHOUT_RATE = re.compile(rb"No rate yet: [A-Z, ]*NZD")


def test_rates_open_with_a_missing_rate_and_with_none_missing() -> None:
    client = Client()
    client.force_login(get_user_model().objects.create(username="li-min", role="owner"))
    Shop.objects.create(
        shop_id="7496000000000000001",
        name="Luma",
        region="US",
        zone="America/Los_Angeles",
        currency="NZD",
        created_at=timezone.now(),
    )
    missing = client.get("/money/rates/", headers={"accept-language": "en"})
    assert missing.status_code == 200 and WITHOUT_RATE.search(missing.content)
    Rate.objects.create(
        day=date(2026, 11, 1), currency="NZD", home="CNY", rate=Decimal("7.10"), at=timezone.now(), by="x"
    )
    known = client.get("/money/rates/", headers={"accept-language": "en"})
    assert known.status_code == 200 and not WITHOUT_RATE.search(known.content)
