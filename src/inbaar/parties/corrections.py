"""Correcting by hand what is known of a debtor and of whom to write to. An invoice never overwrites it."""

from dataclasses import astuple, dataclass, fields

from inbaar.kit.bulk import fetch, run
from inbaar.kit.errors import Refusal, Refused
from inbaar.parties.rules import FORMS_OF, Capacity, LegalForm, Size

_COLUMNS = (
    "name, number, capacity, legal_form, size, street, postcode, city, country, language, payment_term_days"
)


@dataclass(frozen=True, slots=True)
class DebtorFacts:
    """What a person may say of a debtor; in the order of the columns."""

    name: str
    number: str
    capacity: Capacity
    legal_form: LegalForm
    size: Size
    street: str
    postcode: str
    city: str
    country: str
    language: str
    payment_term_days: int | None = None


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """Somebody to write to, and the part he plays."""

    role: str
    name: str
    email: str
    phone: str


def debtor_facts(client_id: int, debtor_id: int, *, lock: bool = False) -> DebtorFacts | None:
    """What is known of a debtor in scope, or None."""
    rows = fetch(
        f"SELECT {_COLUMNS} FROM parties_debtor WHERE client_id = %s AND id = %s{' FOR UPDATE' if lock else ''}",  # noqa: S608
        [client_id, debtor_id],
    )
    if not rows:
        return None
    name, number, capacity, form, size, *rest = rows[0]
    return DebtorFacts(name, number, Capacity(capacity), LegalForm(form), Size(size), *rest)


def correct_debtor(client_id: int, debtor_id: int, facts: DebtorFacts) -> dict[str, tuple[str, str]]:
    """Write what a person says of a debtor; gives what changed: field, before, after. Needs the client's scope.

    Refuses a debtor without a name, and a legal form that does not go with the capacity.
    """
    before = debtor_facts(client_id, debtor_id, lock=True)
    if before is None:
        raise Refused(
            Refusal("debtor-unknown", "only a debtor of this client is corrected", f"debtor {debtor_id}", "a known one",
                    "never")
        )  # fmt: skip
    _require_sense(facts)
    changes = {
        field.name: (_as_text(getattr(before, field.name)), _as_text(getattr(facts, field.name)))
        for field in fields(DebtorFacts)
        if getattr(before, field.name) != getattr(facts, field.name)
    }
    if changes:
        run(
            f"UPDATE parties_debtor SET ({_COLUMNS}) = ROW(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) "  # noqa: S608
            "WHERE client_id = %s AND id = %s",
            [*map(str, astuple(facts)[:-1]), facts.payment_term_days, client_id, debtor_id],
        )
    return changes


def _as_text(value: object) -> str:
    return "" if value is None else str(value)


def _require_sense(facts: DebtorFacts) -> None:
    if not facts.name.strip():
        raise Refused(
            Refusal(
                "debtor-name",
                "a letter names the one it is for",
                "no name",
                "a name",
                next_step="fill in the name",
            )
        )
    if facts.legal_form not in FORMS_OF[facts.capacity]:
        raise Refused(
            Refusal(
                code="form-of-capacity",
                rule="the legal form goes with the capacity",
                fact=f"{facts.legal_form} as {facts.capacity}",
                limit=", ".join(sorted(FORMS_OF[facts.capacity])),
                next_step="choose another legal form or another capacity",
            )
        )


def add_contact(client_id: int, debtor_id: int, contact: ContactFacts) -> None:
    """Add somebody to write to. Refuses an address that has this part already. Needs the client's scope."""
    made = run(
        """
        INSERT INTO parties_contact (client_id, debtor_id, role, name, email, phone) VALUES (%s, %s, %s, %s, %s, %s)
        ON CONFLICT DO NOTHING
        """,
        [client_id, debtor_id, *astuple(contact)],
    )
    if not made:
        raise Refused(_taken(contact))


def change_contact(
    client_id: int, debtor_id: int, contact_id: int, contact: ContactFacts
) -> ContactFacts | None:
    """Change name, address and phone of a contact; his part stays. Gives how he was, or None if there is no such one.

    Refuses an address that has this part already. Needs the client's scope.
    """
    rows = fetch(
        "SELECT role, name, email, phone FROM parties_contact WHERE client_id = %s AND debtor_id = %s AND id = %s FOR UPDATE",
        [client_id, debtor_id, contact_id],
    )
    if not rows:
        return None
    before = ContactFacts(*rows[0])
    if fetch(
        "SELECT 1 FROM parties_contact WHERE client_id = %s AND debtor_id = %s AND role = %s AND email = %s AND id <> %s",
        [client_id, debtor_id, before.role, contact.email, contact_id],
    ):
        raise Refused(_taken(contact))
    run(
        "UPDATE parties_contact SET name = %s, email = %s, phone = %s WHERE client_id = %s AND id = %s",
        [contact.name, contact.email, contact.phone, client_id, contact_id],
    )
    return before


def remove_contact(client_id: int, debtor_id: int, contact_id: int) -> ContactFacts | None:
    """Forget a contact; gives who it was, or None if there is no such one. Needs the client's scope."""
    rows = fetch(
        "DELETE FROM parties_contact WHERE client_id = %s AND debtor_id = %s AND id = %s RETURNING role, name, email, phone",
        [client_id, debtor_id, contact_id],
    )
    return ContactFacts(*rows[0]) if rows else None


def _taken(contact: ContactFacts) -> Refusal:
    return Refusal(
        code="contact-twice",
        rule="an address has a part once",
        fact=contact.email or contact.name,
        limit="another address",
        next_step="change the contact that is there",
    )
