"""Text from outside, made fit to be shown and kept: used by the commands and by the doors files come in by."""


def printable(text: str) -> str:
    """The text with `?` for what cannot be printed: it cannot steer a terminal, break a line or fail to be stored.

    >>> printable("a\\x1b[2J b\\n")
    'a?[2J b?'
    """
    return text if text.isprintable() else "".join(letter if letter.isprintable() else "?" for letter in text)
