"""Reading an invoice from what its pages print, for a PDF that carries no e-invoice.

One way through: the words of the pages (`layout`), the labels among them (`labels`, `near`), what the document is
(`purpose`), candidates and their checks per field (`dates`, `sums`, `references`, `identities`, `blocks`, `parties`), and the
invoice with what is left to a person (`invoice`). Nothing here opens a file: the child process gives the words.
"""
