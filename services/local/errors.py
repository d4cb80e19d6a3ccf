"""What goes wrong on this machine."""


class LocalError(RuntimeError):
    """Something on this machine is missing or in the way; the message says what, where, and what to do next."""
