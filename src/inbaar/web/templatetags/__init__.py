"""Figures, dates and addresses in templates."""
