import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("gate", "0007_a_unit_is_asked_once_at_a_time"), ("org", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="demand",
            name="scope_unit",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="org.unit"
            ),
        ),
    ]
