from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [('voice', '0002_surveys')]

    operations = []
