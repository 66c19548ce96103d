"""The commands of `ufm`, one a file: its options, its document and its table."""

WRONG_INPUT, INTERRUPTED = 2, 130  # exit statuses beside those of the verdicts
MAX_LINE = 400  # a message has at most so many characters


def one_line(message: str) -> str:
    """The message in one line, cut where it is very long."""
    line = " ".join(message.split())
    return line if len(line) <= MAX_LINE else line[: MAX_LINE - 3] + "..."
