"""The pages: each asks its queries, chooses words and renders. Nothing is decided here."""
