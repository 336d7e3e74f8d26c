"""Lists of invoices from bookkeeping: CSV, Excel and auditfiles, read as a stream, mapped, and judged line by line. Pure."""
