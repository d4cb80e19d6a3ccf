"""What all errors about models have in common."""


class ModelError(Exception):
    """A model that cannot be used; the message says which, why, and what helps."""
