"""The user who may look at the demonstration's administrations."""

import secrets

from inbaar.parties.opening import let_in

DEMO_EMAIL = "demo@inbaar.example"


def show_to_demo_user(client_ids: list[int]) -> str:
    """Give the demonstration's user these administrations and a new password; gives the password."""
    password = secrets.token_urlsafe(9)
    let_in(DEMO_EMAIL, password, client_ids, renew=True, name="Demonstratie")
    return password
