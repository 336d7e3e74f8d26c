"""In what capacity somebody buys, read from what an invoice tells. Pure; used when a debtor is first seen.

Capacity decides the law: trade interest and the formal notice for a business, the 14-day letter for a consumer.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache


class Capacity(StrEnum):
    """As what a debtor owes."""

    CONSUMER = "consumer"
    BUSINESS = "business"
    GOVERNMENT = "government"


class LegalForm(StrEnum):
    """The legal forms that make a difference to a rule."""

    PRIVATE_PERSON = "private_person"
    SOLE_TRADER = "sole_trader"
    PARTNERSHIP = "partnership"
    COMPANY = "company"
    ASSOCIATION = "association"
    GOVERNMENT = "government"
    UNKNOWN = "unknown"


class Size(StrEnum):
    """Size in the sense of article 2:397 BW, as far as it is known."""

    SMALL = "small"
    LARGE = "large"
    UNKNOWN = "unknown"


NATURAL_PERSONS = frozenset({LegalForm.PRIVATE_PERSON, LegalForm.SOLE_TRADER, LegalForm.PARTNERSHIP})

# The legal forms that go with a capacity; a sole trader is a natural person and yet a business (DUN-10).
FORMS_OF = {
    Capacity.CONSUMER: frozenset({LegalForm.PRIVATE_PERSON, LegalForm.UNKNOWN}),
    Capacity.GOVERNMENT: frozenset({LegalForm.GOVERNMENT, LegalForm.UNKNOWN}),
    Capacity.BUSINESS: frozenset(LegalForm) - {LegalForm.PRIVATE_PERSON, LegalForm.GOVERNMENT},
}

_FORMS: tuple[tuple[LegalForm, re.Pattern[str]], ...] = (
    (LegalForm.GOVERNMENT, re.compile(r"^(gemeente|provincie|ministerie|waterschap|rijkswaterstaat|de staat)\b")),
    (LegalForm.PARTNERSHIP, re.compile(r"\b(v\.?o\.?f|c\.?v|maatschap|ohg|kg|gbr|snc)\b\.?$|^(maatschap|vof)\b")),
    (
        LegalForm.COMPANY,
        re.compile(r"\b(b\.?v|n\.?v|gmbh|ag|ltd|limited|inc|llc|plc|s\.?a|s\.?a\.?r\.?l|bvba|srl|aps|ab|oy)\b\.?$"),
    ),
    (LegalForm.ASSOCIATION, re.compile(r"^(stichting|vereniging)\b|\b(e\.?v|co[oö]peratie(\s+u\.?a)?)\b\.?$")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Identity:
    """What is known of a party when it is first seen, and the key by which it is recognised the next time."""

    capacity: Capacity
    legal_form: LegalForm
    key: str
    reason: str


def legal_form_of(name: str) -> LegalForm:
    """The legal form a name shows by itself.

    >>> legal_form_of("Bakkerij De Korenaar B.V.")
    <LegalForm.COMPANY: 'company'>
    >>> legal_form_of("J. Jansen")
    <LegalForm.UNKNOWN: 'unknown'>
    """
    plain = " ".join(name.lower().split())
    return next((form for form, pattern in _FORMS if pattern.search(plain)), LegalForm.UNKNOWN)


@lru_cache(maxsize=4096)  # it is asked several times for each invoice of a batch
def identity_of(
    *, name: str, kvk: str | None, vat: str | None, legal_id: str | None, postcode: str
) -> Identity:
    """Capacity and key of the customer on an invoice.

    Somebody without a KvK number, a VAT id, another register number or a company's name is treated as a consumer:
    a business that gets the consumer's letter loses nothing, a consumer who gets the business's letter is wronged and
    the costs are lost (6:96 lid 6 BW).
    """
    form = legal_form_of(name)
    key = next(
        (f"{kind}:{plain(value)}" for kind, value in (("kvk", kvk), ("vat", vat), ("id", legal_id)) if value),
        f"name:{plain(name)}:{plain(postcode)}",
    )[:80]
    if form is LegalForm.GOVERNMENT:
        return Identity(Capacity.GOVERNMENT, form, key, "the name is that of a government body")
    if kvk or vat or legal_id:
        return Identity(Capacity.BUSINESS, form, key, "the invoice names a register number or VAT id")
    if form is not LegalForm.UNKNOWN:
        return Identity(Capacity.BUSINESS, form, key, f"the name shows a {form.value}")
    return Identity(
        Capacity.CONSUMER,
        LegalForm.PRIVATE_PERSON,
        key,
        "no register number, VAT id or company name on the invoice",
    )


def plain(text: str) -> str:
    """A name or number as it is compared: small letters and figures, nothing else.

    >>> plain("Bakkerij 't Hoekje B.V.")
    'bakkerijthoekjebv'
    """
    return re.sub(r"[^0-9a-z]", "", text.lower())
