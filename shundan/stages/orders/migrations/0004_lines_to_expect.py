from typing import Any

from django.db import migrations, models
from django.db.models import OuterRef, Q, Subquery

OPEN = ["WAITING", "RECEIVED", "HELD", "APPROVED", "RESERVED", "FULFILLING"]


def settle_the_past(apps: Any, schema_editor: Any) -> None:
    """Lines of orders that left, ended or never were ours need no counting."""
    Line, Order = apps.get_model("orders", "Line"), apps.get_model("orders", "Order")
    stored_at = Order.objects.filter(pk=OuterRef("order_id")).values("stored_at")
    past = Line.objects.exclude(Q(order__order_state__in=OPEN) & Q(order__fulfilled_by="US"))
    Line.objects.filter(pk__in=past.values("pk")).update(expected_at=Subquery(stored_at))


class Migration(migrations.Migration):
    dependencies = [("orders", "0003_find_by_tracking"), ("shops", "0001_initial")]

    operations = [
        migrations.AddField("line", "expected_at", models.DateTimeField(null=True)),
        migrations.RunPython(settle_the_past, migrations.RunPython.noop),
        migrations.AddIndex(
            "line",
            models.Index(
                fields=["id"],
                condition=Q(expected_at=None, quantity__gt=models.F("cancelled")),
                name="orders_lines_to_expect",
            ),
        ),
    ]
