"""Addresses of static files that change with their content, so that a browser may keep each for a year."""

import hashlib
from functools import cache

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage


@cache
def _version(name: str) -> str:
    path = finders.find(name)
    if not isinstance(path, str):
        return ""
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()[:12]


class VersionedFiles(StaticFilesStorage):
    """Static files as they lie in their packages, with a fingerprint behind the question mark."""

    def url(self, name: str | None, *args: object, **kwargs: object) -> str:
        """The file's address with its fingerprint."""
        address = super().url(name)
        version = _version(name or "")
        return f"{address}?v={version}" if version else address
