"""The sequence that numbers every row of a client, and the operator class exclusion constraints need."""

from django.db import migrations


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.RunSQL("CREATE SEQUENCE inbaar_id AS bigint", "DROP SEQUENCE inbaar_id"),
        migrations.RunSQL("CREATE EXTENSION IF NOT EXISTS btree_gist", migrations.RunSQL.noop),
    ]
