"""People and addresses, invented: real towns, streets and names that nobody has to recognise (places.json)."""

from __future__ import annotations

import random
import unicodedata
from pathlib import Path
from typing import Any

import orjson

from sandbox.markets import Market

PLACES: dict[str, dict[str, Any]] = orjson.loads(Path(__file__).with_name("places.json").read_bytes())
FLATS = {"US": "Apt {door}", "GB": "Flat {door}", "SG": "", "BR": "Apto {door}", "MX": "Int. {door}"}
HIDDEN = [
    "full_address",
    "phone_number",
    "name",
    "first_name",
    "last_name",
    "first_name_local_script",
    "last_name_local_script",
    "postal_code",
    "address_line1",
    "address_line2",
    "address_line3",
    "address_line4",
    "address_detail",
    "post_town",
]


def invent_buyer(market: Market, luck: random.Random, *, number: int) -> dict[str, Any]:
    """Return a buyer with a name, a nickname, a character and one address of this market."""
    names = PLACES[market.region]
    chosen, family = luck.randrange(len(names["first"])), luck.randrange(len(names["last"]))
    first, last = names["first"][chosen], names["last"][family]
    spoken = plain(names.get("latin", names["first"])[chosen])
    person = {
        "region": market.region,
        "first_name": first,
        "last_name": last,
        "name": f"{last} {first}" if market.family_first else f"{first} {last}",
        "nickname": f"{spoken}{luck.randint(10, 99)}",
        "username": f"{spoken}.{plain(last)[:5] or 'shop'}{number}",
        "phone": phone_of(market, luck),
        "email": f"v{number:06d}@scs.sandbox.example",
        "address": invent_address(market, luck),
    }
    if market.local_script:
        person["local_script"] = [names["kana_first"][chosen], names["kana_last"][family]]
    if market.tax_number:
        person["tax_number"] = invent_cpf(luck)
    return person


def plain(words: str) -> str:
    """Return a name in small Latin letters, as it may stand in a user name."""
    flat = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return "".join(sign for sign in flat if sign.isalnum())


def phone_of(market: Market, luck: random.Random) -> str:
    return f"({market.dial})" + "".join(str(luck.randint(2, 9)) if sign == "#" else sign for sign in market.phone)


def invent_cpf(luck: random.Random) -> str:
    """Return eleven digits whose last two check the others."""
    digits = [luck.randint(0, 9) for _ in range(9)]
    for _ in range(2):
        rest = sum(digit * weight for digit, weight in zip(digits, range(len(digits) + 1, 1, -1), strict=True)) % 11
        digits.append(0 if rest < 2 else 11 - rest)
    return "".join(map(str, digits))


def invent_address(market: Market, luck: random.Random) -> dict[str, Any]:
    names = PLACES[market.region]
    *places, postal = luck.choice(names["towns"])
    number, door = luck.randint(2, 480), luck.randint(1, 40)
    line1 = market.street.format(number=number, street=luck.choice(names["streets"]), door=door)
    line2 = FLATS.get(market.region, "").format(door=door) if luck.random() < 0.25 else ""
    return {"line1": line1, "line2": line2, "places": list(places), "postal_code": postal}


def platform_address(market: Market, person: dict[str, Any], address: dict[str, Any]) -> dict[str, Any]:
    """Return name and address in the platform's order shape; parts a market does not know are left out."""
    places = address["places"]
    detail = ", ".join(part for part in (address["line1"], address["line2"]) if part)
    spoken = ", ".join(part for part in (detail, *reversed(places), address["postal_code"], market.country) if part)
    shape = {
        "full_address": spoken,
        "phone_number": person["phone"],
        "name": person["name"],
        "region_code": market.region,
        "postal_code": address["postal_code"],
        "address_line1": address["line1"],
        "address_line2": address["line2"],
        "address_line3": "",
        "address_line4": "",
        "address_detail": detail,
        "district_info": [
            {
                "address_level": f"L{level}",
                "address_level_name": label,
                "address_name": name,
                "iso_code": market.region if not level else "",
            }
            for level, (label, name) in enumerate(zip(market.levels, [market.country, *places], strict=False))
        ],
    }
    if market.name_parts:
        shape["first_name"], shape["last_name"] = person["first_name"], person["last_name"]
    if market.local_script:
        shape["first_name_local_script"], shape["last_name_local_script"] = person["local_script"]
    if market.post_town:
        shape["post_town"] = places[-1] if places else ""
    if market.region == "US":
        shape["delivery_preferences"] = {"drop_off_location": ""}
    if market.address_lines > 2 and places:
        shape["address_line3"], shape["address_line4"] = places[-1], f"{places[-2]} - {places[0]}"
    return shape


def stars(text: str) -> str:
    return "".join("*" if sign.isalnum() or unicodedata.category(sign)[0] == "M" else sign for sign in text)


def keep_edges(text: str) -> str:
    return text if len(text) < 3 else f"{text[0]}{'*' * (len(text) - 2)}{text[-1]}"


def mask(address: dict[str, Any], how: str) -> dict[str, Any]:
    """Return the address as far as the platform shows it: stars, empty, person (name and phone hidden), or all."""
    ways = {"stars": mask_all, "empty": empty_all, "person": mask_person}
    return ways[how](address) if how else address


def mask_all(address: dict[str, Any]) -> dict[str, Any]:
    """Return the address as it looks when the platform keeps the buyer to itself."""
    hidden = {key: stars(value) if key in HIDDEN else value for key, value in address.items()}
    hidden["phone_number"] = mask_phone(address["phone_number"])
    hidden["full_address"] = stars(address["address_detail"]) + ", " + address["region_code"]
    hidden["district_info"] = [
        {**level, "address_name": stars(level["address_name"])} if level["address_level"] in ("L3", "L4") else level
        for level in address["district_info"]
    ]
    if "delivery_preferences" in hidden:
        hidden["delivery_preferences"] = {"drop_off_location": ""}
    return hidden


def empty_all(address: dict[str, Any]) -> dict[str, Any]:
    """Return the address with its values left empty; only the market is known."""
    hidden = {key: "" if key in HIDDEN else value for key, value in address.items()}
    hidden["district_info"] = [
        level if level["address_level"] == "L0" else {**level, "address_name": ""} for level in address["district_info"]
    ]
    return hidden


def mask_person(address: dict[str, Any]) -> dict[str, Any]:
    """Return the address with name and phone masked: what a platform-shipped parcel's seller may see."""
    named = [key for key in address if key.startswith(("first_name", "last_name"))]
    return {
        **address,
        "name": " ".join(keep_edges(part) for part in address["name"].split()),
        **{key: keep_edges(address[key]) for key in named},
        "phone_number": mask_phone(address["phone_number"]),
    }


def mask_phone(phone: str) -> str:
    """Return (+1)213-***-1234 for (+1)2135551234."""
    dial, _, rest = phone.partition(")")
    return f"{dial}){rest[:3]}-***-{rest[-4:]}" if rest else stars(phone)
