"""The database's URL: one driver, no secrets in errors."""

from typing import Final

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from services.storage.errors import DatabaseAddressError

DRIVER: Final = "postgresql+asyncpg"
SCHEMES: Final = ("postgresql", "postgres", DRIVER)
_QUERY: Final = {"sslmode": "ssl"} | {
    name: name for name in ("host", "port", "ssl", "target_session_attrs", "prepared_statement_cache_size")
}
"""What may stand behind a URL's `?`, as libpq calls it, and as our driver does."""
EXAMPLE: Final = "postgresql://user:password@host:5432/database"


def read_address(url: str) -> URL:
    """Read a URL as people write it and turn it to our driver; its `repr` hides the password.

    Raises
    ------
    DatabaseAddressError
        If it is no URL of PostgreSQL, names no database, or has parameters that are not known. The message never
        repeats the URL.
    """
    try:
        address = make_url(url.strip())
    except (ArgumentError, ValueError):
        message = f"the database URL cannot be read; it should look like {EXAMPLE}"
        raise DatabaseAddressError(message) from None
    if address.drivername not in SCHEMES:
        message = f"the database URL begins with {address.drivername}://; it should look like {EXAMPLE}"
        raise DatabaseAddressError(message)
    if not address.database:
        message = f"the database URL names no database; it should look like {EXAMPLE}"
        raise DatabaseAddressError(message)
    if unknown := sorted(address.query.keys() - _QUERY.keys()):
        message = f"the database URL has {', '.join(unknown)}; what it may have is {', '.join(_QUERY)}"
        raise DatabaseAddressError(message)
    if {"ssl", "sslmode"} <= address.query.keys():
        message = "the database URL has ssl and sslmode; leave one out"
        raise DatabaseAddressError(message)
    return address.set(drivername=DRIVER, query={_QUERY[name]: value for name, value in address.query.items()})


def without_password(url: str) -> str:
    """Give a URL that may be shown."""
    return read_address(url).render_as_string(hide_password=True)
