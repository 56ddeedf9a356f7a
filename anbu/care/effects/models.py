from django.db import models

from .rules import Kind


class Template(models.Model):  # 문안
    """The words of one kind of message from one moment on. Rows are only ever added."""

    kind = models.CharField(max_length=12, choices=[(v.value, v.name) for v in Kind])
    version = models.PositiveIntegerField()
    text = models.CharField(max_length=1000)
    subject = models.CharField(max_length=40, blank=True)
    kakao = models.CharField(max_length=50, blank=True)  # what Kakao calls the same words
    ways = models.JSONField(default=list)  # in which order the providers are tried
    valid_from = models.DateTimeField()
    loaded_by = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "version"], name="one_template_per_version")
        ]
