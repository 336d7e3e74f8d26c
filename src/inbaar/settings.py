"""Django's settings. Read from the environment; every default is safe for one machine."""

import os
from pathlib import Path
from typing import Any

import fontpkg_ibm_plex_sans  # type: ignore[import-untyped]
from csp.constants import NONE, SELF

from inbaar.kit.database import data_folder, django_databases
from inbaar.kit.secret import secret_key
from inbaar.letters.smtp import mail_port

BASE = Path(__file__).resolve().parent

SECRET_KEY = secret_key(data_folder())
DEBUG = os.environ.get("INBAAR_DEBUG") == "1"
ALLOWED_HOSTS = os.environ.get("INBAAR_HOSTS", "localhost,127.0.0.1,[::1],testserver").split(",")
# Where a proxy speaks https before this program: its addresses, such as https://inbaar.example.nl
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("INBAAR_ORIGINS", "").split(",") if origin]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "procrastinate.contrib.django",
    "inbaar.kit",
    "inbaar.parties",
    "inbaar.ledger",
    "inbaar.receivables",
    "inbaar.intake",
    "inbaar.banking",
    "inbaar.banking.online",
    "inbaar.banking.batches",
    "inbaar.banking.transfers",
    "inbaar.banking.debits",
    "inbaar.banking.write_offs",
    "inbaar.letters",
    "inbaar.dunning",
    "inbaar.debtor_statements",
    "inbaar.collecting",
    "inbaar.mandates",
    "inbaar.register",
    "inbaar.debtor_page",
    "inbaar.arrangements",
    "inbaar.mailbox",
    # Before allauth, so that its pages are found in our own frame.
    "inbaar.web",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_htmx",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "inbaar.web.middleware.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    # Last, because it runs the view inside the client's transaction.
    "inbaar.web.middleware.ClientMiddleware",
]
ROOT_URLCONF = "inbaar.web.urls"
WSGI_APPLICATION = "inbaar.web.wsgi.application"
DATABASES = django_databases()
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "inbaar.web.context.frame",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "inbaar.web.templatetags.figures",
            ],
        },
    }
]

# Who may enter
AUTH_USER_MODEL = "parties.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator", "OPTIONS": {"user_attributes": ("email", "name")}},
]  # fmt: skip
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "overview"
ACCOUNT_ADAPTER = "inbaar.web.accounts.ClosedDoor"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = None
# Wrong passwords are counted by axes, in the database, so that every worker and a restart knows of them.
ACCOUNT_RATE_LIMITS = {"login_failed": False}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Inbaar"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "inbaar.web.accounts.typed_email"
AXES_LOCKOUT_CALLABLE = "inbaar.web.views.errors.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

# A lost password is mended over the same mail server as the letters; without one, nothing is sent.
EMAIL_HOST = os.environ.get("INBAAR_SMTP_HOST", "")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'dummy'}.EmailBackend"
EMAIL_PORT = mail_port()
EMAIL_USE_TLS = os.environ.get("INBAAR_SMTP_SECURITY", "starttls") == "starttls"
EMAIL_USE_SSL = os.environ.get("INBAAR_SMTP_SECURITY", "") == "tls"
EMAIL_HOST_USER = os.environ.get("INBAAR_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("INBAAR_SMTP_PASSWORD", "")
EMAIL_TIMEOUT = 30
DEFAULT_FROM_EMAIL = os.environ.get("INBAAR_FROM", EMAIL_HOST_USER or "inbaar@localhost")

# What a browser may do with a page. INBAAR_PLAIN_HTTP=1 is for a program that serves one machine on a loopback address.
ENCRYPTED = not DEBUG and os.environ.get("INBAAR_PLAIN_HTTP") != "1"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = ENCRYPTED
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 60 * 60
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if CSRF_TRUSTED_ORIGINS else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "inbaar.web.views.errors.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # the square code of a one-time password
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
# Uploads: see inbaar.web.views.upload, which says these limits on the page.
DATA_UPLOAD_MAX_NUMBER_FILES = 500
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", "Nederlands"), ("en", "English")]
LOCALE_PATHS = [BASE / "web" / "locale_accounts"]  # over the Dutch that the account pages come with
LANGUAGE_COOKIE_NAME = "inbaar_language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60
TIME_ZONE = "Europe/Amsterdam"
USE_TZ = True

# Static files are served from the packages they come in; their address changes with their content.
STATIC_URL = "static/"
STATICFILES_DIRS = [("fonts", Path(fontpkg_ibm_plex_sans.ROOT) / "files")]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "inbaar.web.assets.VersionedFiles"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 0 if DEBUG else 365 * 24 * 60 * 60
