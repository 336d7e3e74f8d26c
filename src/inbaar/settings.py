"""Django's settings. Read from the environment; every default is safe for one machine."""

import os
from pathlib import Path
from typing import Any

from inbaar.kit.database import data_folder, django_databases
from inbaar.kit.secret import secret_key

BASE = Path(__file__).resolve().parent

SECRET_KEY = secret_key(data_folder())
DEBUG = os.environ.get("INBAAR_DEBUG") == "1"
ALLOWED_HOSTS = os.environ.get("INBAAR_HOSTS", "localhost,127.0.0.1,[::1],testserver").split(",")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "procrastinate.contrib.django",
    "inbaar.kit",
    "inbaar.parties",
    "inbaar.ledger",
    "inbaar.receivables",
    "inbaar.intake",
    "inbaar.banking",
    "inbaar.letters",
    "inbaar.dunning",
    "inbaar.web",
]
MIDDLEWARE: list[str] = []
ROOT_URLCONF = "inbaar.web.urls"
DATABASES = django_databases()
AUTH_USER_MODEL = "parties.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES: list[dict[str, Any]] = []

LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", "Nederlands"), ("en", "English")]
TIME_ZONE = "Europe/Amsterdam"
USE_TZ = True
STATIC_URL = "static/"
STATIC_ROOT = data_folder() / "static"
