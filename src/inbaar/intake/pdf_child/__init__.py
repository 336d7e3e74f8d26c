"""The program that opens PDFs, run as a child process by `readers.pdf`: it may crash, hang or swell without harm.

It imports nothing else of the product, so it starts at once. A question is one line of JSON (`size`, `ask`, and the
largest attachment to take) and the PDF after it; the answer is one line of JSON and, for attachments, the files after
each other. It ends when its input does.
"""
