"""Text that people look for, made safe for LIKE."""


def escaped(text: str) -> str:
    """The text with LIKE's own signs made plain."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
