from django.db import migrations


class Migration(migrations.Migration):

    initial = True

    dependencies = [('org', '0001_initial')]

    operations = []
