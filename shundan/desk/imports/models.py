from __future__ import annotations

from django.db import models


class KeptRow(models.Model):
    """One row of a file that no stage acts on yet, as the file told it; it finds its order by shop and order id."""

    shop = models.ForeignKey("shops.Shop", models.PROTECT)
    kind = models.CharField(max_length=16)  # returns, settlement, income, unsettled, affiliate, tracking, …
    row_key = models.CharField(max_length=160)  # what makes the row this row in every file that tells it
    order_id = models.CharField(max_length=32, blank=True)
    outside_id = models.CharField(max_length=80, blank=True)  # of the return, statement, content, parcel or product
    sku = models.CharField(max_length=80, blank=True)
    status = models.CharField(max_length=80, blank=True)
    told_at = models.DateTimeField(null=True)  # requested, settled, created: the row's own moment
    amount_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    payload = models.JSONField(default=list)  # [[place, column, cell], …] of the filled cells that name nobody
    personal = models.JSONField(default=list)  # the same, of the cells that may name a person
    content_hash = models.CharField(max_length=64)
    file_name = models.CharField(max_length=120)
    file_row = models.IntegerField()
    import_key = models.BigIntegerField()  # the import that told it last
    before = models.JSONField(default=dict)  # what an earlier import had told, so that the last one can be undone
    stored_at = models.DateTimeField()  # wall
    erased_at = models.DateTimeField(null=True)  # when its personal cells were erased

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shop", "kind", "row_key"], name="one_kept_row_per_key")]
        indexes = [
            models.Index(fields=["shop", "order_id"], name="imports_rows_of_order"),
            models.Index(fields=["kind", "-id"], name="imports_rows_of_kind"),
            models.Index(fields=["import_key"], name="imports_rows_of_import"),
            models.Index(fields=["stored_at"], condition=models.Q(erased_at=None), name="imports_rows_to_erase"),
        ]


class Mapping(models.Model):
    """What a person said about files with these columns, in whatever order: their kind, and each column's meaning."""

    fingerprint = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=16)
    header = models.JSONField()  # the names as the first file wrote them
    columns = models.JSONField()  # folded name -> our field
    file_name = models.CharField(max_length=120, blank=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=96)
