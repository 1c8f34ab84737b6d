"""Who acts: a person, a token, a step, or the outside. Passed as `by=` wherever something changes."""

from __future__ import annotations

from dataclasses import dataclass

from shundan.core.errors import NotAllowed
from shundan.core.rights import Right, Role, may


@dataclass(frozen=True)
class Who:
    """`kind`: person, token, step, platform, buyer or carrier. `via`: page, api, step, webhook, sweep, file.

    `shop_keys` and `warehouses` limit the scope; None means all.
    """

    kind: str
    key: str
    via: str = ""
    role: str = ""
    name: str = ""
    shop_keys: frozenset[int] | None = None
    warehouses: frozenset[str] | None = None

    def may(self, right: Right) -> bool:
        """Return whether this role has the right; steps and outside parties act by their own rules."""
        return may(self.role, right)

    def needs(self, right: Right) -> None:
        """Raise NotAllowed unless this role has the right."""
        if not self.may(right):
            raise NotAllowed(
                f"The role {self.role or self.kind} may not {right.value}.",
                remedy="Ask the owner for a role that has this right.",
            )

    @property
    def named(self) -> str:
        """Who acted, as rows keep it: "person:3"."""
        return f"{self.kind}:{self.key}"[:96]

    def sees_shop(self, shop_key: int) -> bool:
        return self.shop_keys is None or shop_key in self.shop_keys

    def sees_warehouse(self, code: str) -> bool:
        return self.warehouses is None or code in self.warehouses


def step(name: str) -> Who:
    """Return the worker running the step `name`."""
    return Who("step", name, "step")


PLATFORM = Who("platform", "tiktok", "webhook")
SYSTEM = Who("step", "system", "step", role=Role.OWNER)
