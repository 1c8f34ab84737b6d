"""People and addresses, invented: real towns, streets and names that nobody has to recognise."""

from __future__ import annotations

import random
from typing import Any

from sandbox.markets import Market

TOWNS: dict[str, list[tuple[str, ...]]] = {
    "US": [
        ("California", "Alameda County", "Oakland", "94607"),
        ("Texas", "Travis County", "Austin", "78702"),
        ("Ohio", "Franklin County", "Columbus", "43215"),
        ("Georgia", "DeKalb County", "Decatur", "30030"),
        ("Oregon", "Lane County", "Eugene", "97401"),
        ("Illinois", "Kane County", "Aurora", "60505"),
        ("Florida", "Hillsborough County", "Tampa", "33602"),
        ("Colorado", "Larimer County", "Fort Collins", "80521"),
        ("New York", "Monroe County", "Rochester", "14604"),
        ("Arizona", "Pima County", "Tucson", "85701"),
    ],
    "GB": [
        ("England", "Greater Manchester", "Manchester", "M4 5JD"),
        ("England", "West Yorkshire", "Leeds", "LS6 2QT"),
        ("Scotland", "Fife", "Dunfermline", "KY12 7HR"),
        ("Wales", "Gwent", "Newport", "NP20 1EG"),
        ("England", "Kent", "Maidstone", "ME14 1XX"),
        ("England", "Devon", "Exeter", "EX4 3SR"),
        ("England", "Norfolk", "Norwich", "NR3 1AU"),
        ("Scotland", "Lanarkshire", "Hamilton", "ML3 6BU"),
    ],
    "ID": [
        ("Jawa Barat", "Kota Bandung", "Coblong", "Dago", "40135"),
        ("DKI Jakarta", "Jakarta Selatan", "Tebet", "Tebet Timur", "12820"),
        ("Jawa Timur", "Kota Surabaya", "Gubeng", "Airlangga", "60286"),
        ("Bali", "Kota Denpasar", "Denpasar Barat", "Padangsambian", "80117"),
        ("Jawa Tengah", "Kota Semarang", "Banyumanik", "Srondol Kulon", "50263"),
        ("Sumatera Utara", "Kota Medan", "Medan Baru", "Darat", "20153"),
        ("DI Yogyakarta", "Kabupaten Sleman", "Depok", "Caturtunggal", "55281"),
    ],
}
STREETS = {
    "US": [
        "Juniper Hollow Rd",
        "Kingfisher Ave",
        "Copper Kettle Ln",
        "Old Orchard St",
        "Saltgrass Dr",
        "Moonstone Ct",
    ],
    "GB": [
        "Teasel Lane",
        "Cobbler's Row",
        "Hartwell Terrace",
        "Fernbank Road",
        "Lantern Street",
        "Swallow Close",
    ],
    "ID": [
        "Jl. Kemuning Raya",
        "Jl. Cendana Putih",
        "Jl. Melati Senja",
        "Gg. Kenanga Dalam",
        "Jl. Rajawali Timur",
    ],
}
FIRST = {
    "US": [
        "Marlowe",
        "Imani",
        "Teodora",
        "Calder",
        "Wren",
        "Lucinda",
        "Osric",
        "Delphine",
        "Rhett",
        "Noelani",
        "Amias",
        "Perla",
    ],
    "GB": [
        "Isolde",
        "Tamsin",
        "Alasdair",
        "Bronagh",
        "Cuthbert",
        "Gethin",
        "Maeve",
        "Lorcan",
        "Elspeth",
        "Orla",
    ],
    "ID": ["Sekar", "Bayu", "Laras", "Tirta", "Wulan", "Damar", "Intan", "Gilang", "Kirana", "Raka"],
}
LAST = {
    "US": [
        "Ashgrove",
        "Tillman-Reyes",
        "Okonjo",
        "Featherling",
        "Vasquez-Moor",
        "Pennywick",
        "Abernale",
        "Stormont",
    ],
    "GB": ["Thornbury", "Mcallinder", "Pryce-Hale", "Wetherby", "Ockham", "Dunmorrow", "Lathbridge"],
    "ID": ["Prasetyaning", "Wicaksana", "Lestariwati", "Nugraharto", "Anggrainiwati", "Sukmawijaya"],
}


def invent_buyer(market: Market, luck: random.Random, *, number: int) -> dict[str, Any]:
    """Return a buyer with a name, a nickname and one address of this market."""
    region = market.region
    first, last = luck.choice(FIRST[region]), luck.choice(LAST[region])
    return {
        "region": region,
        "first_name": first,
        "last_name": last,
        "name": f"{first} {last}",
        "nickname": f"{first.lower()}{luck.randint(10, 99)}",
        "username": f"{first.lower()}.{last.lower()[:5]}{number}",
        "phone": phone_of(market, luck),
        "email": f"v{number:06d}@scs.sandbox.example",
        "address": invent_address(market, luck),
    }


def phone_of(market: Market, luck: random.Random) -> str:
    return f"({market.dial}){luck.randint(200, 989)}555{luck.randint(0, 9999):04d}"


def invent_address(market: Market, luck: random.Random) -> dict[str, Any]:
    *places, postal = luck.choice(TOWNS[market.region])
    street = luck.choice(STREETS[market.region])
    number = luck.randint(2, 480)
    line1 = f"{street} No. {number}" if market.region == "ID" else f"{number} {street}"
    line2 = luck.choice(["", "", "", f"Apt {luck.randint(1, 40)}"]) if market.region == "US" else ""
    return {"line1": line1, "line2": line2, "places": list(places), "postal_code": postal}


def platform_address(market: Market, person: dict[str, Any], address: dict[str, Any]) -> dict[str, Any]:
    """Return name and address in the platform's order shape."""
    places = address["places"]
    detail = ", ".join(part for part in (address["line1"], address["line2"]) if part)
    spoken = ", ".join(part for part in (detail, *reversed(places), address["postal_code"], market.country) if part)
    shape = {
        "full_address": spoken,
        "phone_number": person["phone"],
        "name": person["name"],
        "first_name": person["first_name"],
        "last_name": person["last_name"],
        "first_name_local_script": "",
        "last_name_local_script": "",
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
    if market.region == "GB":
        shape["post_town"] = places[-1] if places else ""
    if market.region == "US":
        shape["delivery_preferences"] = {"drop_off_location": ""}
    return shape


def stars(text: str) -> str:
    return "".join("*" if sign.isalnum() else sign for sign in text)


def keep_edges(text: str) -> str:
    return text if len(text) < 3 else f"{text[0]}{'*' * (len(text) - 2)}{text[-1]}"


def mask_all(address: dict[str, Any]) -> dict[str, Any]:
    """Return the address as it looks when the platform keeps the buyer to itself."""
    hidden = dict(address)
    for field in (
        "full_address",
        "phone_number",
        "name",
        "first_name",
        "last_name",
        "postal_code",
        "address_line1",
        "address_line2",
        "address_detail",
        "post_town",
    ):
        if field in hidden:
            hidden[field] = stars(hidden[field])
    hidden["phone_number"] = mask_phone(address["phone_number"])
    hidden["full_address"] = stars(address["address_detail"]) + ", " + address["region_code"]
    hidden["district_info"] = [
        {**level, "address_name": stars(level["address_name"])} if level["address_level"] in ("L3", "L4") else level
        for level in address["district_info"]
    ]
    if "delivery_preferences" in hidden:
        hidden["delivery_preferences"] = {"drop_off_location": ""}
    return hidden


def mask_person(address: dict[str, Any]) -> dict[str, Any]:
    """Return the address with name and phone masked: what a platform-shipped parcel's seller may see."""
    return {
        **address,
        "name": " ".join(keep_edges(part) for part in address["name"].split()),
        "first_name": keep_edges(address["first_name"]),
        "last_name": keep_edges(address["last_name"]),
        "phone_number": mask_phone(address["phone_number"]),
    }


def mask_phone(phone: str) -> str:
    """Return (+1)213-***-1234 for (+1)2135551234."""
    dial, _, rest = phone.partition(")")
    return f"{dial}){rest[:3]}-***-{rest[-4:]}" if rest else stars(phone)
