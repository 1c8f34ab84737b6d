from typing import Any

from django.db import migrations
from django.utils import timezone


def note_counted_lines(apps: Any, schema_editor: Any) -> None:
    """Lines that have an expectation were counted."""
    counted = apps.get_model("stock", "Expectation").objects.values("line")
    apps.get_model("orders", "Line").objects.filter(expected_at=None, pk__in=counted).update(expected_at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [("stock", "0002_openings"), ("orders", "0004_lines_to_expect")]

    operations = [migrations.RunPython(note_counted_lines, migrations.RunPython.noop)]
