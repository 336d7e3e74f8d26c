"""The part of XPath 2.0 in which the published rules of e-invoices are written, over a light tree of the document.

`grammar` reads an expression, `compiling` makes it a function, `values` holds how XPath compares and counts. What is
outside this part is refused when a rule set is loaded, never passed over while an invoice is judged.
"""
