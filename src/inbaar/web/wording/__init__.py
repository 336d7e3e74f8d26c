"""States, steps, reasons and refusals in words, Dutch and English. English is the text in the code."""
