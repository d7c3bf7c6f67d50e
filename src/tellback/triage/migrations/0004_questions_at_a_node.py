from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('triage', '0003_held_answers'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='question',
            index=models.Index(condition=models.Q(('answered_at', None)), fields=['workspace', 'policy', 'node', 'asked_at'], name='questions_at_a_node'),
        ),
    ]
