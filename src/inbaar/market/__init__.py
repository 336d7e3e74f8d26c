"""A simulated market that speaks the real formats: a small business, its debtors, their mail and the bank.

Doors: `market.Market` (files, statements and messages day by day, letters in, the truth to compare with),
`postbox.Postbox` (the same letters by SMTP), `portfolio` (many invoices and bank entries for benchmarks).
"""
