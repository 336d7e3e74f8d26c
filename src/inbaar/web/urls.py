"""Every address of the site."""

from django.urls import include, path

from inbaar.web.acts import DEBTOR_HOLDS, INVOICE_HOLDS
from inbaar.web.views import (
    ageing,
    bank,
    choices,
    debtor_acts,
    debtor_statements,
    debtors,
    einvoice,
    errors,
    evidence,
    imports,
    intake,
    invoice,
    invoice_acts,
    invoices,
    letters,
    mailbox,
    overview,
    pay,
    review,
    search,
)

urlpatterns = [
    path("", overview.overview, name="overview"),
    path("search/", search.search, name="search"),
    path("ageing/", ageing.ageing_page, name="ageing"),
    path("ageing/export.csv", ageing.ageing_export, name="ageing_export"),
    path("ageing/export.xlsx", ageing.ageing_export, {"form": "xlsx"}, name="ageing_workbook"),
    path("ageing/invoices/", ageing.ageing_list, name="ageing_list"),
    path("ageing/invoices/export.csv", ageing.ageing_list_export, name="ageing_list_export"),
    path(
        "ageing/invoices/export.xlsx",
        ageing.ageing_list_export,
        {"form": "xlsx"},
        name="ageing_list_workbook",
    ),
    path("language/", choices.choose_language, name="choose_language"),
    path("client/", choices.choose_client, name="choose_client"),
    path("account/", include("inbaar.web.account_urls")),
    path("pay/<str:token>/", pay.pay, name="pay"),
    path("invoices/", invoices.invoice_list, name="invoices"),
    path("invoices/export.csv", invoices.invoice_export, name="invoice_export"),
    path("invoices/export.xlsx", invoices.invoice_export, {"form": "xlsx"}, name="invoice_workbook"),
    path("invoices/<int:invoice_id>/", invoice.invoice, name="invoice"),
    path("invoices/<int:invoice_id>/e-invoice.xml", einvoice.einvoice_ubl, name="einvoice_ubl"),
    path("invoices/<int:invoice_id>/e-invoice.pdf", einvoice.einvoice_pdf, name="einvoice_pdf"),
    *(
        path(f"invoices/<int:invoice_id>/{kind}/", invoice_acts.hold, {"kind": kind}, name=f"invoice_{kind}")
        for kind in INVOICE_HOLDS
    ),
    path("invoices/<int:invoice_id>/release/<int:hold_id>/", invoice_acts.release, name="invoice_release"),
    path("invoices/<int:invoice_id>/pay-link/", pay.pay_link_new, name="invoice_pay_link"),
    path("invoices/<int:invoice_id>/start/", invoice_acts.start, name="invoice_start"),
    path("invoices/<int:invoice_id>/skip/", invoice_acts.skip, name="invoice_skip"),
    path("invoices/<int:invoice_id>/waive/", invoice_acts.waive, name="invoice_waive"),
    path("invoices/<int:invoice_id>/cancel/", invoice_acts.cancel, name="invoice_cancel"),
    path("invoices/<int:invoice_id>/evidence/", evidence.attach, name="evidence_attach"),
    path("invoices/<int:invoice_id>/evidence/ask/", evidence.ask, name="evidence_ask"),
    path("invoices/<int:invoice_id>/evidence/<int:evidence_id>/", evidence.file, name="evidence_file"),
    path(
        "invoices/<int:invoice_id>/evidence/<int:evidence_id>/remove/",
        evidence.remove,
        name="evidence_remove",
    ),
    path(
        "invoices/<int:invoice_id>/requests/<int:request_id>/withdraw/",
        evidence.withdraw,
        name="evidence_withdraw",
    ),
    path("debtors/", debtors.debtor_list, name="debtors"),
    path("debtors/export.csv", debtors.debtor_export, name="debtor_export"),
    path("debtors/export.xlsx", debtors.debtor_export, {"form": "xlsx"}, name="debtor_workbook"),
    path("debtors/<int:debtor_id>/", debtors.debtor, name="debtor"),
    path("debtors/<int:debtor_id>/edit/", debtor_acts.edit, name="debtor_edit"),
    path("debtors/<int:debtor_id>/contacts/", debtor_acts.contact_new, name="debtor_contact_new"),
    path("debtors/<int:debtor_id>/contacts/<int:contact_id>/", debtor_acts.contact, name="debtor_contact"),
    path("debtors/<int:debtor_id>/release/<int:hold_id>/", debtor_acts.release, name="debtor_release"),
    *(
        path(f"debtors/<int:debtor_id>/{kind}/", debtor_acts.hold, {"kind": kind}, name=f"debtor_{kind}")
        for kind in DEBTOR_HOLDS
    ),
    path("statements/", debtor_statements.statement_list, name="debtor_statements"),
    path("statements/new/", debtor_statements.statement_new, name="debtor_statement_new"),
    path("statements/ask/", debtor_statements.statement_ask, name="debtor_statement_ask"),
    path("statements/runs/<int:run_id>/", debtor_statements.statement_run, name="debtor_statement_run"),
    path(
        "statements/runs/<int:run_id>/stop/", debtor_statements.statement_stop, name="debtor_statement_stop"
    ),
    path("statements/<int:statement_id>/", debtor_statements.statement, name="debtor_statement"),
    path("statements/<int:statement_id>.pdf", debtor_statements.statement_pdf, name="debtor_statement_pdf"),
    path(
        "statements/<int:statement_id>.xlsx",
        debtor_statements.statement_workbook,
        name="debtor_statement_workbook",
    ),
    path("bank/", bank.bank, name="bank"),
    path("bank/accounts/", bank.account_new, name="bank_account_new"),
    path("bank/entries/<int:entry_id>/", bank.entry, name="entry"),
    path("bank/entries/<int:entry_id>/match/", bank.match, name="entry_match"),
    path("bank/entries/<int:entry_id>/ignore/", bank.ignore, name="entry_ignore"),
    path("letters/", letters.letter_list, name="letters"),
    path("letters/<int:letter_id>/", letters.letter, name="letter"),
    path("letters/<int:letter_id>/posted/", letters.letter_posted, name="letter_posted"),
    path("letters/<int:letter_id>/anew/", letters.letter_anew, name="letter_anew"),
    path("letters/<int:letter_id>.pdf", letters.letter_pdf, name="letter_pdf"),
    path("upload/", intake.upload, name="upload"),
    path("imports/<int:import_id>/", imports.import_page, name="import"),
    path("imports/<int:import_id>/check/", imports.import_check, name="import_check"),
    path("imports/<int:import_id>/file/", imports.import_file, name="import_file"),
    path("imports/<int:import_id>/take-in/", imports.import_take_in, name="import_take_in"),
    path("imports/<int:import_id>/undo/", imports.import_undo, name="import_undo"),
    path("mailbox/", mailbox.mailbox, name="mailbox"),
    path("mailbox/save/", mailbox.save, name="mailbox_save"),
    path("mailbox/try/", mailbox.try_it, name="mailbox_try"),
    path("mailbox/fetch/", mailbox.fetch_now, name="mailbox_fetch"),
    path("mailbox/senders/", mailbox.sender_new, name="mailbox_sender_new"),
    path("mailbox/senders/<int:sender_id>/remove/", mailbox.sender_remove, name="mailbox_sender_remove"),
    path("mailbox/messages/<int:message_id>/take/", mailbox.message_take, name="mailbox_take"),
    path("mailbox/messages/<int:message_id>/discard/", mailbox.message_discard, name="mailbox_discard"),
    path("documents/<int:reading_id>/", intake.document, name="document"),
    path("documents/<int:reading_id>/page/<int:number>/", review.page_image, name="document_page"),
    path("documents/<int:reading_id>/file/", intake.document_file, name="document_file"),
    path("documents/<int:reading_id>/accept/", intake.accept, name="document_accept"),
]
handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.broken
