"""The installation's own secret: made once, kept in the data folder, readable by its owner only."""

import os
import secrets
from pathlib import Path


def secret_key(folder: Path) -> str:
    """The key that signs sessions and links: INBAAR_SECRET_KEY, or the one in the data folder, made at first use."""
    given = os.environ.get("INBAAR_SECRET_KEY", "")
    if given:
        return given
    path = folder / "secret-key"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        partial = folder / f".secret-key.{os.getpid()}"
        partial.touch(mode=0o600)
        partial.write_text(secrets.token_urlsafe(50), encoding="ascii")
        try:
            # A hard link fails where another program was first; then its key is the key.
            os.link(partial, path)
        except FileExistsError:
            pass
        finally:
            partial.unlink()
    return path.read_text(encoding="ascii")
