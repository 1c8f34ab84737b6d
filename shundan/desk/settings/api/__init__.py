"""Settings for programs, in the pages' words.

shops.py       shops: how they are connected, pausing them, how far their history is
connecting.py  our apps, the consents of sellers, connecting the shops that a consent opens
staff.py       who works here, and tokens
"""

from __future__ import annotations

from ninja import Router

from shundan.desk.settings.api import connecting, shops, staff

router = Router(tags=["settings"])
for part in (shops, connecting, staff):
    router.add_router("", part.router)
