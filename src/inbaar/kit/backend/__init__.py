"""The database engine of Inbaar: Django's PostgreSQL with foreign keys over several columns."""
