"""What steps 2 and 3 raise when a document cannot be read."""

from schemas.events import ErrorCode, Step


class IntakeError(Exception):
    """A document that cannot be accepted or parsed; others are unharmed.

    Parameters
    ----------
    step
        Where it happened.
    code
        From the closed list.
    message
        One sentence for people: what, why, what next. It never carries the document's text.
    retryable
        Whether handing in the same bytes again may help.
    """

    def __init__(self, step: Step, code: ErrorCode, message: str, *, retryable: bool = False) -> None:
        super().__init__(message)
        self.step = step
        self.code = code
        self.message = message
        self.retryable = retryable
