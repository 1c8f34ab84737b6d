from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("inbox", "0002_counts_by_hour_and_of_what_was_turned_away")]

    operations = [
        migrations.AddIndex(
            "snapshot",
            models.Index(
                fields=["shop", "waits_for"], condition=Q(applied_at=None) & ~Q(waits_for=""), name="inbox_waiting"
            ),
        )
    ]
