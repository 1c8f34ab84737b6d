"""What a caller of the platform's paths can be told: one exception, and the codes the gateway itself uses."""

from __future__ import annotations


class Refusal(Exception):
    """An answer that is not a success: the platform's code, its message and its HTTP status."""

    def __init__(self, code: int, message: str, *, http: int = 200, detail: dict | None = None) -> None:
        super().__init__(f"{code} {message}")
        self.code = code
        self.message = message
        self.http = http
        self.detail = detail


class ControlRefusal(Exception):
    """A control call that cannot be done, said in one sentence, with its HTTP status."""

    def __init__(self, message: str, *, http: int = 422) -> None:
        super().__init__(message)
        self.message = message
        self.http = http


def unknown_path(*, retired: bool = False) -> Refusal:
    """Refuse a path nobody knows, or one that is known in other versions only (`retired`)."""
    if retired:
        return Refusal(36009014, "Invalid API version name: this path is not served in this version.", http=400)
    return Refusal(36009009, "Invalid path. Check that the path and its version exist.", http=404)


def wrong_method() -> Refusal:
    return Refusal(36009010, "Invalid request method for this path.", http=405)


def bad_app_key() -> Refusal:
    return Refusal(36009004, "The 'app_key' parameter is missing or invalid.", http=400)


def bad_signature() -> Refusal:
    return Refusal(106001, "Invalid signature. The 'sign' parameter does not match this request.", http=401)


def bad_timestamp() -> Refusal:
    return Refusal(36009004, "The 'timestamp' parameter is missing or outside the accepted window.", http=400)


# What no call is answered for any more, by how the shop stands.
CLOSED = {
    "shop_closed": (36009043, "The shop is deactivated or closed."),
    "seller_deactivated": (36009044, "The seller is deactivated."),
}


def foreign_caller(caller: str) -> Refusal:
    return Refusal(36009033, f"The IP address {caller} is not in the app's allow list.", http=403)


def missing_token() -> Refusal:
    return Refusal(36009004, "The 'x-tts-access-token' header is missing or the access token is invalid.", http=401)


def expired_token() -> Refusal:
    return Refusal(105002, "Expired credentials. The access token has expired; refresh it.", http=401)


def missing_scope(scope: str) -> Refusal:
    return Refusal(105005, f"Access denied. The app or the token lacks the scope '{scope}'.", http=403)


def missing_cipher() -> Refusal:
    return Refusal(106013, "The 'shop_cipher' parameter is required and has not been provided.", http=400)


def foreign_cipher() -> Refusal:
    return Refusal(101000, "The access token and the 'shop_cipher' do not match.", http=401)


def unexpected_cipher() -> Refusal:
    return Refusal(36009004, "Unexpected identifier: this path does not take 'shop_cipher'.", http=400)


def invalid(name: str, why: str) -> Refusal:
    return Refusal(36009004, f"Invalid parameter '{name}': {why}.", http=400)


def required(name: str) -> Refusal:
    return Refusal(36009004, f"{pascal(name)} is a required field and has not been provided.", http=400)


def pascal(name: str) -> str:
    """Return a field's name the way the gateway writes it: order_id becomes OrderId."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))
