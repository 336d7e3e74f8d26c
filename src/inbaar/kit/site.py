"""Where this installation is reached from outside."""

import os


def site_address() -> str:
    """The address this installation is reached at from outside (INBAAR_ORIGINS), or nothing where it has none."""
    return os.environ.get("INBAAR_ORIGINS", "").split(",")[0].strip().rstrip("/")
