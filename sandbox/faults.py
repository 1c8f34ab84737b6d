"""What goes wrong on purpose: one table of faults with their ranges, the two presets, and how often each struck."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.errors import ControlRefusal
from sandbox.table import served

if TYPE_CHECKING:
    from sandbox.box import Box

Faults = dict[str, dict[str, Any]]
SHARE = (0.0, 1.0)
RANGES: dict[str, dict[str, tuple[float, float] | None]] = {  # None: no number
    "webhooks": {
        "duplicate": SHARE,  # sent twice in a row
        "drop": SHARE,  # never sent, and nobody is told
        "reorder": SHARE,  # held back for up to three wall seconds, so that later ones overtake it
        "delay": (0, 3600),  # wall seconds, for each
        "replay": SHARE,  # the same body once more, one to five story days later
    },
    "api": {
        "error_rate": SHARE,  # 500 before anything is done
        "timeout_after_commit": SHARE,  # done, and then the connection breaks
        "rate_limit": (0, 3600),  # calls a second, 0 = off
        "expire_tokens": None,  # true = all of them, now
        "expire_rate": SHARE,  # the token of a call expires before the call, so that batches break in the middle
        "slow": SHARE,  # the answer is done and comes `slow_seconds` later
        "slow_seconds": (0, 120),
        "truncate": SHARE,  # the JSON ends in the middle; or a page is shorter than asked and has a next one
        "new_fields": SHARE,  # fields nobody knows, in every object
        "new_values": SHARE,  # words nobody knows, in fields that hold one of a list
        "clock_skew": (-3600, 3600),  # seconds the platform's clock is ahead: Date header and timestamp window
        "retire": None,  # a list: versions and paths that are answered as if nobody served them
    },
    "actors": {
        "second_tool": SHARE,  # of released orders: another app acts on them within hours
        "seller": SHARE,  # of released orders: the seller acts in Seller Center within hours
    },
}
OFF: dict[str, Any] = {"expire_tokens": False, "slow_seconds": 5.0, "retire": []}
NUMBERS = {name for ranges in RANGES.values() for name, limits in ranges.items() if limits}
NO_FAULTS: Faults = {group: {name: OFF.get(name, 0.0) for name in names} for group, names in RANGES.items()}
HOSTILE: Faults = {
    "webhooks": {"duplicate": 0.2, "drop": 0.1, "reorder": 0.3, "delay": 1.0, "replay": 0.05},
    "api": {
        **NO_FAULTS["api"], "error_rate": 0.03, "timeout_after_commit": 0.02, "rate_limit": 60.0, "expire_rate": 0.002,
        "slow": 0.02, "slow_seconds": 4.0, "truncate": 0.02, "new_fields": 0.1, "new_values": 0.02, "clock_skew": 20.0,
    },
    "actors": {"second_tool": 0.03, "seller": 0.03},
}  # fmt: skip
PRESETS: dict[str, Faults] = {"calm": NO_FAULTS, "hostile": HOSTILE}


def read_faults(given: dict[str, Any]) -> Faults:
    """Return the whole setting a control call asks for: a preset, or calm, with the named faults in place of its own.

    Raises ControlRefusal for a preset, group or fault nobody knows, and for a number out of range.
    """
    preset = str(given.get("preset") or "calm")
    if preset not in PRESETS:
        raise ControlRefusal(f"preset must be one of {', '.join(PRESETS)}.")
    if unknown := set(given) - set(RANGES) - {"preset"}:
        raise ControlRefusal(f"Unknown group of faults: {min(unknown)}.")
    faults: Faults = {}
    for group, ranges in RANGES.items():
        part = {} if given.get(group) is None else given[group]
        if not isinstance(part, dict):
            raise ControlRefusal(f"{group} must be an object.")
        if unknown := set(part) - set(ranges):
            raise ControlRefusal(f"Unknown fault: {group}.{min(unknown)}.")
        faults[group] = dict(PRESETS[preset][group])
        for name, value in part.items():
            if limits := ranges[name]:
                faults[group][name] = in_range(name, value, limits)
            elif name == "retire":
                faults[group][name] = retired(value)
    return faults


def retired(value: Any) -> list[str]:
    """Return the versions (`202507`) and paths (`/order/202507/orders`) that are no longer served."""
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        raise ControlRefusal("retire must be a list of versions and paths.")
    if unknown := next((entry for entry in value if entry not in served()), None):
        raise ControlRefusal(
            f"retire names {unknown}, which is not served: say a version such as 202507 or a path of "
            "ENDPOINTS.md such as /order/202507/orders."
        )
    return sorted(set(value))


def in_range(name: str, value: Any, limits: tuple[float, float]) -> float:
    low, high = limits
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
        raise ControlRefusal(f"{name} must be a number from {low:g} to {high:g}.")
    return float(value)


def whole_faults(stored: dict[str, Any] | None) -> Faults:
    """Return a setting with every fault in it, also when it was stored by an older sandbox."""
    return {group: {**names, **(stored or {}).get(group, {})} for group, names in NO_FAULTS.items()}


def strike(box: Box, fault: str) -> None:
    """Count that a fault struck; the count is kept with the next commit."""
    row = box.store.get("meta", "struck") or {}
    row[fault] = row.get(fault, 0) + 1
    box.store.put("meta", "struck", row)


def plan_others(box: Box, order: dict[str, Any]) -> None:
    """Decide, when an order is released, whether somebody else will act on it, and when."""
    for who, share in box.faults["actors"].items():
        luck = box.luck("others", who, order["id"])
        if share and not box.hush and luck.random() < share:
            box.agenda.add("others_act", due=box.clock.now() + luck.uniform(0.05, 8) * 3600, order=order["id"], who=who)


def show_faults(box: Box) -> dict[str, Any]:
    """Return the setting and how often each fault struck since it was set."""
    return {**box.faults, "struck": dict(sorted((box.store.get("meta", "struck") or {}).items()))}


def set_faults(box: Box, faults: Faults) -> None:
    """Replace the whole setting; the counts begin anew."""
    box.store.put("meta", "faults", faults)
    box.store.put("meta", "struck", {})
    box.faults = whole_faults(faults)
