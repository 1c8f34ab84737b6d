"""Parts of the page about the world itself: further shops, how many buyers come, a live that begins."""

from __future__ import annotations

from sandbox.box import Box
from sandbox.markets import CROSS_BORDER, LOCAL, REGIONS, market_of
from sandbox.pages.parts import choice, field, form, section
from sandbox.pages.words import say
from sandbox.world.traffic import MOST, running_burst, traffic_of


def world_part(box: Box, lang: str) -> str:
    """Show forms that open a shop, set the traffic, and let a live begin."""
    row = traffic_of(box)
    burst = running_burst(box, row)
    regions = [(region, f"{region} {market_of(region).country}") for region in REGIONS]
    kinds = [(LOCAL, say(lang, "local")), (CROSS_BORDER, say(lang, "cross_border"))]
    shops = [("any", say(lang, "any")), *((shop["id"], shop["name"]) for shop in box.shops())]
    running = f'<p class="mute">{say(lang, "live_runs")}: {burst["per_hour"]:g}</p>' if burst else ""
    return section(
        say(lang, "world"),
        form(
            lang,
            "shops",
            choice("region", say(lang, "market"), regions) + choice("kind", say(lang, "kind"), kinds),
            button=say(lang, "open_shop"),
        )
        + form(
            lang,
            "traffic",
            field("orders_per_hour", say(lang, "orders_per_hour"), f"{row['per_hour']:g}", kind="number"),
            button=say(lang, "set"),
        )
        + running
        + form(
            lang,
            "live",
            choice("shop", say(lang, "shop"), shops)
            + field("per_hour", say(lang, "orders_per_hour"), f"{MOST:g}", kind="number", low=1)
            + field("minutes", say(lang, "minutes"), 30, kind="number", low=1),
            button=say(lang, "begin_live"),
        ),
    )
