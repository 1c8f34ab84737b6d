from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from shundan.core.causes import FIRST_CAUSES


def plant(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    Cause = apps.get_model("orders", "Cause")
    Cause.objects.bulk_create(
        [
            Cause(key=key, parent_key=parent, name_en=english, name_zh=chinese)
            for key, (parent, english, chinese) in FIRST_CAUSES.items()
        ],
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_initial")]
    operations = [migrations.RunPython(plant, migrations.RunPython.noop)]
