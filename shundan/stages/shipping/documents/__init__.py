"""Paper of the shipping stage: hand-over manifests and own labels, built purely from facts.

Each builder takes frozen dataclasses and returns the bytes of one PDF; it reads no database and no clock.
"""

from shundan.stages.shipping.documents.labels import Address, LabelFacts, render_labels
from shundan.stages.shipping.documents.manifests import ManifestFacts, ManifestParcel, render_manifest

__all__ = ["Address", "LabelFacts", "ManifestFacts", "ManifestParcel", "render_labels", "render_manifest"]
