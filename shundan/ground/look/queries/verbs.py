"""Words of the journal: what was done, and by whom."""

from __future__ import annotations

from typing import Any

from django.core.cache import cache
from django.utils.functional import Promise
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from shundan.ground.staff.queries import names_of_actors

VERBS: dict[str, str | Promise] = {
    "store": _("arrived"), "update": _("news from the platform"), "RECEIVE": _("received"), "HOLD": _("held"),
    "UNHOLD": _("no longer held"), "APPROVE": _("approved"), "RESERVE": _("units reserved"),
    "RELEASE": _("units released"), "PLAN": _("parcels planned"), "plan": _("parcel planned"),
    "UNPLAN": _("parcels called off"), "SHIP": _("shipped"), "DELIVER": _("delivered"), "COMPLETE": _("completed"),
    "CANCEL": _("cancelled"), "WATCH": _("only watched from now on"), "ADOPT": _("taken over"),
    "REQUEST": _("label asked for"), "LABEL": _("label arrived"), "REJECT": _("label refused"),
    "PACK": _("parcel packed"),
    "UNPACK": _("unpacked"), "HAND_OVER": _("handed over"), "TAKE_BACK": _("taken back"),
    "SCAN": _("first scan by the carrier"), "FAIL": _("delivery failed"), "RETURN": _("came back"),
    "LOSE": _("lost"), "FIND": _("found again"), "VOID": _("voided"), "OFFER": _("a part was offered"),
    "AGREE": _("agreed"), "REFUSE": _("refused"), "ESCALATE": _("the platform decides"), "WITHDRAW": _("withdrawn"),
    "REOPEN": _("opened again"), "CLOSE": _("case closed"), "CONNECT": _("connected"), "open_hold": _("hold opened"),
    "close_hold": _("hold closed"), "open_stop": _("stopped"), "close_stop": _("stop lifted"),
    "waive": _("check waived"),
    "note": _("note written"), "add_note": _("note written"), "change_address": _("address corrected"),
    "look_at_address": _("looked at the address"), "look": _("looked at the address"),
    "write_to_buyer": _("wrote to the buyer"), "open_case": _("case opened"),
    "approve_cancellation": _("cancellation agreed to"), "reject_cancellation": _("cancellation refused"),
    "approve_return": _("return agreed to"), "reject_return": _("return refused"),
    "answer_refused": _("the platform refused our answer"), "receive_goods": _("goods came back"),
    "inspect_goods": _("goods inspected"), "left_off_shelf": _("not put on the shelf: count it by hand"),
    "name_cause": _("cause named"), "rate": _("rated by the buyer"), "note_problem": _("problem noted"),
    "print_label": _("label printed"), "print_slip": _("packing slip printed"), "print_invoice": _("invoice printed"),
    "scan_out": _("scanned out"), "close_manifest": _("manifest closed"), "open_manifest": _("manifest opened"),
    "open_trouble": _("trouble noticed"), "close_trouble": _("trouble closed"),
    "push_stock": _("stock told to the shop"), "stock_refused": _("the shop did not take the stock"),
    "opening_count": _("opening count"), "receive_units": _("units received"), "count_bin": _("bin counted"),
    "link_sku": _("SKU linked"), "link_listing": _("listing linked"), "log_in": _("signed in"),
    "log_out": _("signed out"), "set_password": _("password set"), "create_person": _("person added"),
    "issue_login_link": _("login link made"), "issue_token": _("token issued"), "revoke_token": _("token revoked"),
    "set_role": _("role changed"), "set_scope": _("scope changed"), "set_rate": _("rate set"),
    "store_template": _("template kept"), "settle_rating": _("rating settled"), "cancel": _("cancelled by us"),
    "cancel_order": _("cancellation sent"), "block_buyer": _("buyer blocked"), "unblock_buyer": _("buyer unblocked"),
    "fall_behind": _("fell behind"), "catch_up": _("caught up"), "heal_gap": _("a gap in an hour has healed"),
    "reset_blanks": _("filled blanks are blank again"), "import_done": _("file imported"),
    "import_cancelled": _("import cancelled"), "import_undone": _("import undone"),
    "explain_columns": _("columns explained"), "forget_columns": _("columns forgotten"),
    "export_orders": _("orders exported"),
    "retry_want": _("fetched again"), "retry_arrival": _("read again"), "retry_snag": _("tried again"),
    "see_surprise": _("surprise seen"),
    "begin_connect": _("connecting begun"), "store_app": _("app kept"), "pause_shop": _("sending paused"),
    "resume_shop": _("sending again"), "pause_history": _("history paused"), "resume_history": _("history goes on"),
    "extend_history": _("history goes further back"), "forget_versions": _("newest versions asked for again"),
    "keep_warehouse": _("warehouse kept"), "keep_thresholds": _("checks changed"), "add_carrier": _("carrier added"),
    "retire_template": _("template retired"), "close_problem": _("problem closed"),
    "erase_personal": _("personal data erased"), "shelve": _("put on the shelf for stopped parcels"),
    "retry_label": _("label asked for again"), "change_label": _("label asked for again on other terms"),
    "edit_tracking": _("another number given"), "number_taken": _("the platform took the other number"),
    "number_refused": _("the platform refused the other number"),
    "surprise": _("something unexpected"),
    "link_warehouse": _("warehouse linked"), "store_rates": _("rates set"), "drop_call": _("call called off"),
}  # fmt: skip
_KINDS: dict[str, str | Promise] = {
    "step": _("automatic"),
    "platform": _("platform"),
    "buyer": _("buyer"),
    "carrier": _("carrier"),
    "person": _("person"),
    "token": _("program"),
}


def verb_text(verb: str) -> str:
    """Return what was done in words; an unknown verb is shown as it stands."""
    return str(VERBS.get(verb, verb.replace("_", " ")))


def actor_text(entry: Any) -> str:
    """Return who did it: a person's or program's name, the step, or the outside party."""
    kind, key = entry.by_kind, entry.by_key
    if kind in ("person", "token"):
        names = cache.get_or_set("actor-names", names_of_actors, 30) or {}
        return names.get(f"{kind}:{key}", f"{now_('somebody who left')} ({key})")
    word = str(_KINDS.get(kind, kind))
    return f"{word} · {key}" if kind == "step" else word
