"""What can go wrong with the database, each with what to do about it."""


class StorageError(RuntimeError):
    """Something about the database that a person must set right; one line, without secrets."""


class DatabaseAddressError(StorageError, ValueError):
    """A database URL that cannot be used."""


class DatabaseUnreachableError(StorageError):
    """The server is away, does not let us in, or cannot work just now: full, out of memory, read-only."""


class SchemaMismatchError(StorageError):
    """The schema is not the one that this version of Postkorb works with."""


class DataRefusedError(StorageError):
    """The database does not take a value, whoever tries and how often; nothing of the transaction was written."""


class TypedViewError(StorageError, ValueError):
    """A document type whose typed view cannot be made."""
