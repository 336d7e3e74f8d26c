"""The debtor's own page: what is owed and why, and what he says of it, each with its hold, its term and its receipt."""
