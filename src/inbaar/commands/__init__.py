"""The commands that work on the database: one module each."""
