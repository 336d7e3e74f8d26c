"""How fast each room is, beside what its bare work costs. Run by `python3 dev.py bench`; see measuring.py."""
