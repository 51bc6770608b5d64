"""The exceptions that difang raises, for our own mistakes, the caller's, and the machine's.

::

    DifangError
    ├── UsageError            the caller's input: a verb exits with 2
    │   ├── InvalidSeed       a file under seeds/ (or a publisher's TOML) breaks its schema
    │   └── UnknownPublisher  no publisher has that id
    └── WarehouseError        the warehouse cannot be opened, written or read
        ├── WarehouseBusy     another writer held the lake for longer than the retries allow
        └── WarehouseMemory   it takes more memory than DuckDB may hold

A page that cannot become an article is no exception: it is a `Rejected` record with a reason.
Each message is one sentence that a person can act on: what, where, the allowed values, the next step.
"""


class DifangError(Exception):
    """Any failure that difang itself names; its text is fit to be shown to a person."""


class UsageError(DifangError):
    """The caller asked for something that cannot be: a bad option, path, date or identifier."""


class InvalidSeed(UsageError):
    """A file that people edit (a publisher, a lexicon) does not follow its schema."""


class UnknownPublisher(UsageError):
    """No publisher is declared under the given id."""


class WarehouseError(DifangError):
    """The warehouse cannot do what was asked of it."""


class WarehouseBusy(WarehouseError):
    """Another writer kept the warehouse locked beyond the configured patience; nothing was written."""


class WarehouseMemory(WarehouseError):
    """What was asked takes more memory than DuckDB may hold; nothing was written."""
