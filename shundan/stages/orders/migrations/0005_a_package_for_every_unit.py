from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

AT_ONCE = 2000


def spell_out(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """A line told its packages once each; now it tells one per unit. Of split lines the next news tells which."""
    Line = apps.get_model("orders", "Line")
    rows = Line.objects.filter(quantity__gt=1).exclude(package_ids=[]).only("package_ids", "quantity").order_by("pk")
    after = 0
    while batch := list(rows.filter(pk__gt=after)[:AT_ONCE]):
        after = batch[-1].pk
        single = [line for line in batch if len(line.package_ids) == 1]
        for line in single:
            line.package_ids = line.package_ids * line.quantity
        Line.objects.bulk_update(single, ["package_ids"])


class Migration(migrations.Migration):
    dependencies = [("orders", "0004_lines_to_expect")]
    operations = [migrations.RunPython(spell_out, migrations.RunPython.noop)]
