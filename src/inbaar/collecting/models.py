"""Which letter announces which direct debit. What it says is the letter's; whether it left in time is read off its delivery."""

from typing import Any, ClassVar

from django.db.models import Index, UniqueConstraint

from inbaar.banking.debits.models import DirectDebit
from inbaar.kit.fields import ScopedForeignKey
from inbaar.kit.models import DependentModel
from inbaar.kit.tables import client_table
from inbaar.letters.models import Letter


class DebitNotice(DependentModel):
    """That a letter announces a debit. Only ever added: a notice that did not leave in time is followed by another."""

    debit = ScopedForeignKey(DirectDebit)
    letter = ScopedForeignKey(Letter)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            UniqueConstraint(fields=["client", "letter"], name="debit_notice_once"),
            *client_table("collecting_debitnotice"),
        ]
        indexes: ClassVar[list[Index]] = [Index(fields=["client", "debit"], name="debit_notice_by_debit")]
