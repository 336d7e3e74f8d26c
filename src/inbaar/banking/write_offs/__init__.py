"""Writing off: what one person may give up alone, and what waits for a second."""
