"""One small CSV export of each bank, the same two movements in each: a payment of an invoice, and the rent.

121.00 came in on 2 March 2026 from Jansen for 2026-0042, 40.00 went out on 3 March; the account held 1000.00 before.
"""

IBAN = "NL91ABNA0417164300"
PAYER = "NL20INGB0001234567"
LANDLORD = "NL02RABO0123456789"

RABOBANK = (
    '"IBAN/BBAN","Munt","BIC","Volgnr","Datum","Rentedatum","Bedrag","Saldo na trn","Tegenrekening IBAN/BBAN",'
    '"Naam tegenpartij","Naam uiteindelijke partij","Naam initiërende partij","BIC tegenpartij","Code","Batch ID",'
    '"Transactiereferentie","Machtigingskenmerk","Incassant ID","Betalingskenmerk","Omschrijving-1","Omschrijving-2",'
    '"Omschrijving-3","Reden retour","Oorspr bedrag","Oorspr munt","Koers"\r\n'
    f'"{IBAN}","EUR","RABONL2U","000000000000000017","2026-03-02","2026-03-02","+121,00","+1121,00","{PAYER}",'
    '"Jansen Bouw B.V.","","","INGBNL2A","cb","","E-0042","","","","Factuur 2026-0042"," ","","","","",""\r\n'
    f'"{IBAN}","EUR","RABONL2U","000000000000000018","2026-03-03","2026-03-03","-40,00","+1081,00","{LANDLORD}",'
    '"Verhuur B.V.","","","RABONL2U","bg","","","","","","Huur maart"," ","","","","",""\r\n'
)
ING = (
    '"Datum";"Naam / Omschrijving";"Rekening";"Tegenrekening";"Code";"Af Bij";"Bedrag (EUR)";"Mutatiesoort";'
    '"Mededelingen";"Saldo na mutatie";"Tag"\r\n'
    f'"20260303";"Verhuur B.V.";"{IBAN}";"{LANDLORD}";"GT";"Af";"40,00";"Online bankieren";'
    f'"Naam: Verhuur B.V. Omschrijving: Huur maart IBAN: {LANDLORD} Valutadatum: 03-03-2026";"1081,00";""\r\n'
    f'"20260302";"Jansen Bouw B.V.";"{IBAN}";"{PAYER}";"OV";"Bij";"121,00";"Overschrijving";'
    f'"Naam: Jansen Bouw B.V. Omschrijving: Factuur 2026-0042 IBAN: {PAYER} Kenmerk: E-0042 '
    'Valutadatum: 02-03-2026";"1121,00";""\r\n'
)
ING_ENGLISH = (
    '"Date";"Name / Description";"Account";"Counterparty";"Code";"Debit/credit";"Amount (EUR)";"Transaction type";'
    '"Notifications";"Resulting balance";"Tag"\r\n'
    f'"20260303";"Verhuur B.V.";"{IBAN}";"{LANDLORD}";"GT";"Debit";"40,00";"Online Banking";'
    f'"Name: Verhuur B.V. Description: Huur maart IBAN: {LANDLORD} Value date: 03-03-2026";"1081,00";""\r\n'
    f'"20260302";"Jansen Bouw B.V.";"{IBAN}";"{PAYER}";"OV";"Credit";"121,00";"Transfer";'
    f'"Name: Jansen Bouw B.V. Description: Factuur 2026-0042 IBAN: {PAYER} Reference: E-0042 '
    'Value date: 02-03-2026";"1121,00";""\r\n'
)
ING_OLD = (
    '"Datum","Naam / Omschrijving","Rekening","Tegenrekening","Code","Af Bij","Bedrag (EUR)","MutatieSoort","Mededelingen"\n'
    f'"20260303","Verhuur B.V.","{IBAN}","{LANDLORD}","GT","Af","40,00","Internetbankieren",'
    f'"Naam: Verhuur B.V. Omschrijving: Huur maart IBAN: {LANDLORD}"\n'
    f'"20260302","Jansen Bouw B.V.","{IBAN}","{PAYER}","OV","Bij","121,00","Overschrijving",'
    f'"Naam: Jansen Bouw B.V. Omschrijving: Factuur 2026-0042 IBAN: {PAYER} Kenmerk: E-0042"\n'
)
ABN = (
    "417164300\tEUR\t20260302\t1000,00\t1121,00\t20260302\t121,00\t"
    f"/TRTP/SEPA OVERBOEKING/IBAN/{PAYER}/BIC/INGBNL2A/NAME/Jansen Bouw B.V./REMI/Factuur 2026-0042/EREF/E-0042\r\n"
    "417164300\tEUR\t20260303\t1121,00\t1081,00\t20260303\t-40,00\t"
    f"{'SEPA Overboeking':33}{'IBAN: ' + LANDLORD:32}{'BIC: RABONL2U':33}{'Naam: Verhuur B.V.':32}"
    f"{'Omschrijving: Huur maart':33}\r\n"
)
KNAB = (
    "KNAB EXPORT;;;;;;;;;;;;;;;;\n"
    "Rekeningnummer;Transactiedatum;Valutacode;CreditDebet;Bedrag;Tegenrekeningnummer;Tegenrekeninghouder;Valutadatum;"
    "Betaalwijze;Omschrijving;Type betaling;Machtigingsnummer;Incassant ID;Adres;Referentie;Boekdatum;\n"
    f'"{IBAN}";"02-03-2026";"EUR";"C";"121,00";"{PAYER}";"Jansen Bouw B.V.";"02-03-2026";"Ontvangen betaling";'
    '"Factuur 2026-0042";"Overboeking";"";"";"";"C6C02BTR0000000S";"02-03-2026";\n'
    f'"{IBAN}";"03-03-2026";"EUR";"D";"40,00";"{LANDLORD}";"Verhuur B.V.";"03-03-2026";"Overboeking";'
    '"Huur maart";"Overboeking";"";"";"";"C6C03BTR0000000S";"03-03-2026";\n'
)
BUNQ = (
    '"Date";"Interest Date";"Amount";"Account";"Counterparty";"Name";"Description"\n'
    f'"2026-03-03";"2026-03-03";"-40,00";"{IBAN}";"{LANDLORD}";"Verhuur B.V.";"Huur maart"\n'
    f'"2026-03-02";"2026-03-02";"121,00";"{IBAN}";"{PAYER}";"Jansen Bouw B.V.";"Factuur 2026-0042"\n'
)
TRIODOS_IBAN = "NL60TRIO0212345678"
TRIODOS = (
    f'"02-03-2026","{TRIODOS_IBAN}","121,00","Credit","Jansen Bouw B.V.","{PAYER}","ET","Factuur 2026-0042","1.121,00"\n'
    f'"03-03-2026","{TRIODOS_IBAN}","40,00","Debet","Verhuur B.V.","{LANDLORD}","ET","Huur maart","1.081,00"\n'
)
ASN = (
    f"02-03-2026,{IBAN},{PAYER},Jansen Bouw B.V.,,,,EUR,1000.00,EUR,121.00,02-03-2026,02-03-2026,9710,OVB,"
    "00000017,'','Factuur 2026-0042',3\n"
    f"03-03-2026,{IBAN},{LANDLORD},Verhuur B.V.,,,,EUR,1121.00,EUR,-40.00,03-03-2026,03-03-2026,8810,OVB,"
    "00000018,'','Huur maart',3\n"
)
BANK_TABLES = (RABOBANK, ING, ING_ENGLISH, ING_OLD, ABN, KNAB, BUNQ, TRIODOS, ASN)
