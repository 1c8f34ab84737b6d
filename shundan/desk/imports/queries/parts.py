"""What imports and exports keep in files while they run, and as long as they can be undone."""

from __future__ import annotations

import gzip
import json
from typing import Any

from shundan.ground.lib.blobs import get_blob


def kept(name: str) -> dict[str, Any]:
    """Return what was kept under a name; raise NotFound once it was erased."""
    found: dict[str, Any] = json.loads(gzip.decompress(get_blob(name)))
    return found
