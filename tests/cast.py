"""The people, shops and orders that everybody's tests use; all of them invented."""

from __future__ import annotations

from datetime import UTC, datetime

from shundan.core.actors import Who
from shundan.core.rights import Role

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # noon in Dongguan

OWNER = Who("person", "1", "page", role=Role.OWNER, name="林店主")
CLERK = Who("person", "2", "page", role=Role.CLERK, name="Chen the clerk")
PACKER = Who("person", "3", "page", role=Role.PACKER, name="Bao the packer")
SERVICE = Who("person", "4", "page", role=Role.SERVICE, name="Su in service")
ACCOUNTANT = Who("person", "5", "page", role=Role.ACCOUNTANT, name="An the accountant")
VIEWER = Who("person", "6", "page", role=Role.VIEWER, name="Wei who looks")
EVERYBODY = (OWNER, CLERK, PACKER, SERVICE, ACCOUNTANT, VIEWER)

# platform shop id, name, region
US = ("7490000000000000001", "Lantern Home US", "US")
GB = ("7490000000000000002", "Lantern Home UK", "GB")
ID = ("7490000000000000003", "Rumah Lentera", "ID")

FULL_ADDRESS = {
    "name": "Mia Example", "phone": "+15550100123", "region": "US", "postal_code": "97201", "state": "OR",
    "city": "Portland", "lines": ["12 Example Avenue"],
}  # fmt: skip
