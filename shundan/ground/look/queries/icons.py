"""Icons as inline SVG from the icon package's archive, read once each."""

from __future__ import annotations

from functools import lru_cache

import lucide
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe


@lru_cache(maxsize=512)
def icon(name: str, size: int = 16, label: str = "") -> SafeString:
    """Draw an icon by its name; decorative unless it has a label. An unknown name is a plain square."""
    try:
        drawn = lucide._render_icon(name, size, **{"class": "icon", "stroke-width": "1.75", "focusable": "false"})
    except lucide.IconDoesNotExist:
        return icon("square", size, label)
    # The archive ships with the package, so its markup is ours; the label is escaped.
    attribute = format_html(' role="img" aria-label="{}"', label) if label else ' aria-hidden="true"'
    return mark_safe(drawn.replace("<svg", "<svg" + attribute, 1))
