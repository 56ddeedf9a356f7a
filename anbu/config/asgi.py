import os

from django.conf import settings
from django.core.asgi import get_asgi_application

from anbu.desks.api.body_limit import BodyLimit

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anbu.config.settings")
application = BodyLimit(
    get_asgi_application(), most=settings.DATA_UPLOAD_MAX_MEMORY_SIZE, below="/api/"
)
