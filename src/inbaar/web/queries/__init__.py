"""What the pages read: each a fixed number of statements, however much there is to show."""
