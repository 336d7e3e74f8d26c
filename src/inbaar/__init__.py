"""Inbaar: everything that can happen to an invoice between sending it and having the money."""
