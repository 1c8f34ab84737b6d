"""Addresses of shipping."""

from __future__ import annotations

from django.urls import path

from shundan.stages.shipping.views import labels, manifests, numbers, terms

app_name = "shipping"
urlpatterns = [
    path("shipping/", labels.labels, name="labels"),
    path("shipping/print/", labels.print_labels, name="print"),
    path("shipping/retry/", labels.retry_labels, name="retry"),
    path("shipping/manifests/", manifests.manifests, name="manifests"),
    path("shipping/manifests/open/", manifests.open_manifest, name="open_manifest"),
    path("shipping/manifests/<str:manifest_id>/", manifests.manifest, name="manifest"),
    path("shipping/manifests/<str:manifest_id>/scan/", manifests.scan, name="scan_out"),
    path("shipping/manifests/<str:manifest_id>/take-out/", manifests.take_out, name="take_out"),
    path("shipping/manifests/<str:manifest_id>/close/", manifests.close, name="close_manifest"),
    path("shipping/manifests/<str:manifest_id>/manifest.pdf", manifests.paper, name="manifest_paper"),
    path("parcels/<str:shop>/<str:parcel_id>/label/", terms.change_label, name="change"),
    path("parcels/<str:shop>/<str:parcel_id>/seller/", labels.ship_by_seller, name="seller"),
    path("parcels/<str:shop>/<str:parcel_id>/number/", numbers.edit_tracking, name="number"),
    path("parcels/<str:shop>/<str:parcel_id>/take-back/", labels.take_back, name="take_back"),
]
