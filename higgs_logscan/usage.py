"""What is wrong with the words of a command."""


class UsageError(Exception):
    """An option or argument that cannot be meant so, and why."""
