"""Secrets of others that must be kept and used again, such as the password of a mailbox: sealed before they are stored.

The key is made from the installation's own secret, which lies outside the database: a copy of the database alone opens
nothing. A seal is bound to what it is for, so it cannot be moved to another row, server or user and opened there.
"""

import base64
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE_BYTES = 12


class SealBroken(Exception):
    """What was sealed cannot be opened: another secret of the installation, another purpose, or changed text."""


def seal(text: str, purpose: str, secret: str) -> str:
    """The text, readable again only with the same secret and for the same purpose. Never the same twice."""
    nonce = os.urandom(_NONCE_BYTES)
    sealed = AESGCM(_key(secret)).encrypt(nonce, text.encode(), purpose.encode())
    return base64.urlsafe_b64encode(nonce + sealed).decode("ascii")


def unseal(sealed: str, purpose: str, secret: str) -> str:
    """The text that was sealed, or `SealBroken`.

    >>> unseal(seal("geheim", "mailbox 1", "secret"), "mailbox 1", "secret")
    'geheim'
    """
    try:
        raw = base64.urlsafe_b64decode(sealed)
        return AESGCM(_key(secret)).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], purpose.encode()).decode()
    except (InvalidTag, ValueError):
        raise SealBroken(purpose) from None


def _key(secret: str) -> bytes:
    """A key of its own for sealing: the secret itself signs sessions and is used for nothing else."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"inbaar sealing 1").derive(secret.encode())
