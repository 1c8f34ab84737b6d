"""Writes of shops: stored when connected or when a file names a new one; paused and resumed by people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shundan.core.actors import Who
from shundan.ground.shops.models import Shop

# region -> (zone of the shop's days, currency)
MARKETS: dict[str, tuple[str, str]] = {
    "US": ("America/Los_Angeles", "USD"), "GB": ("Europe/London", "GBP"), "DE": ("Europe/Berlin", "EUR"),
    "FR": ("Europe/Paris", "EUR"), "IT": ("Europe/Rome", "EUR"), "ES": ("Europe/Madrid", "EUR"),
    "IE": ("Europe/Dublin", "EUR"), "ID": ("Asia/Jakarta", "IDR"), "TH": ("Asia/Bangkok", "THB"),
    "VN": ("Asia/Ho_Chi_Minh", "VND"), "MY": ("Asia/Kuala_Lumpur", "MYR"), "PH": ("Asia/Manila", "PHP"),
    "SG": ("Asia/Singapore", "SGD"), "JP": ("Asia/Tokyo", "JPY"), "MX": ("America/Mexico_City", "MXN"),
    "BR": ("America/Sao_Paulo", "BRL"),
}  # fmt: skip


@dataclass(frozen=True)
class ShopDraft:
    shop_id: str
    name: str
    region: str
    seller_type: str = "CROSS_BORDER"
    channel: str = "tiktok"
    connected_at: datetime | None = None


def store_shop(draft: ShopDraft, *, now: datetime) -> Shop:
    """Store a shop by its platform id, or bring what is known of it up to date."""
    zone, currency = MARKETS.get(draft.region, ("UTC", "USD"))
    shop, _ = Shop.objects.get_or_create(
        shop_id=draft.shop_id,
        defaults={
            "channel": draft.channel,
            "name": draft.name,
            "region": draft.region,
            "zone": zone,
            "currency": currency,
            "seller_type": draft.seller_type,
            "connected_at": draft.connected_at,
            "created_at": now,
        },  # fmt: skip
    )
    if draft.connected_at:
        Shop.objects.filter(pk=shop.pk).update(
            channel=draft.channel, name=draft.name, seller_type=draft.seller_type, connected_at=draft.connected_at
        )
        shop.refresh_from_db()
    return shop


def note_ships_from(shop_key: int, place: str) -> None:
    """Keep where a shop's goods leave from, "state/city": holidays of that place move its deadlines."""
    Shop.objects.filter(pk=shop_key).exclude(ships_from=place[:120]).update(ships_from=place[:120])


def pause_shop(shop: Shop, *, by: Who, now: datetime) -> None:
    """Stop steps from sending anything for this shop; news is still taken in."""
    Shop.objects.filter(pk=shop.pk, paused_at=None).update(paused_at=now)


def resume_shop(shop: Shop, *, by: Who, now: datetime) -> None:
    Shop.objects.filter(pk=shop.pk).update(paused_at=None)
