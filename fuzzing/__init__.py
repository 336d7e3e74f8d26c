"""Every reader against damaged files: seeded, in child processes with limits. Run by `python3 dev.py fuzz`."""
