"""What imports keep in files while they run, and as long as they can be undone: entries in parts, refused rows."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from shundan.ground.lib.blobs import put_blob

PART = 500  # things stored in one slice: a transaction of about a tenth of a second


def keep(content: dict[str, Any]) -> str:
    """Keep something of an import in a file that goes when the import's erase clock runs out."""
    return put_blob(gzip.compress(json.dumps(content, ensure_ascii=False).encode(), compresslevel=1, mtime=0))


@dataclass
class Judged:
    """What was read, measured against what is stored. What is to be stored goes into parts as it comes.

    `token` makes the parts this import's own; `size` is how many entries a part holds.
    """

    token: str = ""
    size: int = PART
    tally: Counter[str] = field(default_factory=Counter)
    sample: list[dict[str, Any]] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    pending: list[dict[str, Any]] = field(default_factory=list)

    def add(self, entry: dict[str, Any]) -> None:
        """Take an entry that is to be stored."""
        self.pending.append(entry)
        if len(self.pending) >= self.size:
            self.close()

    def close(self) -> None:
        """Keep the last part."""
        if self.pending:
            self.parts.append(keep({"import": self.token, "entries": self.pending}))
            self.pending = []
