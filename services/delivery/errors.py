"""What goes wrong with the broker."""


class BrokerError(RuntimeError):
    """The broker cannot be reached or refuses; one line that says what to look at."""
