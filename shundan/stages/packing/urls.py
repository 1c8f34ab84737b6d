"""Addresses of packing."""

from __future__ import annotations

from django.urls import path

from shundan.stages.packing.views import lists, station, waves

app_name = "packing"
urlpatterns = [
    path("packing/", lists.parcels, name="parcels"),
    path("packing/slips/", lists.slips, name="slips"),
    path("packing/invoices/", lists.invoices, name="invoices"),
    path("packing/waves/", lists.make_wave, name="make_wave"),
    path("packing/waves/<str:wave_id>/", waves.wave, name="wave"),
    path("packing/waves/<str:wave_id>/list.pdf", waves.pick_list, name="pick_list"),
    path("packing/waves/<str:wave_id>/pick/", waves.pick, name="pick"),
    path("packing/waves/<str:wave_id>/close/", waves.close_wave, name="close_wave"),
    path("packing/station/", station.station, name="station"),
    path("packing/station/scan/", station.scan, name="station_scan"),
    path("packing/station/pack/", station.pack, name="station_pack"),
    path("packing/station/short/", station.report_short, name="station_short"),
    path("packing/station/put-back/", station.put_back, name="station_put_back"),
    path("packing/station/shelve/", station.shelve, name="station_shelve"),
    path("parcels/<str:shop>/<str:parcel_id>/slip.pdf", lists.slip, name="slip"),
    path("parcels/<str:shop>/<str:parcel_id>/invoice.pdf", lists.invoice, name="invoice"),
]
