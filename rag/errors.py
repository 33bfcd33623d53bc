"""Every error that Dateline raises on purpose.

    DatelineError
    ├── SettingsError           a setting is missing or wrong
    ├── LibraryError            the data directory cannot be used
    │   ├── LibraryVersionError     another version of Dateline made it
    │   ├── LibraryModelError       another embedding model made its vectors
    │   ├── LibraryBusyError        another process is writing to it
    │   └── StorageError            its files cannot be written, e.g. on a full disk
    ├── RefusedArticle          one input cannot become an article (the reason says why)
    ├── EmbeddingError          the embedding model failed or cannot be loaded
    ├── GenerationError         the language model failed; the answer is then quoted instead
    ├── QuestionError           the question cannot be asked (empty, too long, bad date)
    └── SuiteError              an evaluation suite is not in the format

"No answer" is a status of `Answer`, never an exception. Vendor exceptions are translated into
these once, in the module that talks to the vendor.
"""


class DatelineError(Exception):
    """Base of all; the message tells the user what to do next."""


class SettingsError(DatelineError):
    """A setting is missing or wrong."""


class LibraryError(DatelineError):
    """The data directory cannot be used."""


class LibraryVersionError(LibraryError):
    """The data directory was made by another version."""


class LibraryModelError(LibraryError):
    """The library's vectors come from another embedding model."""


class LibraryBusyError(LibraryError):
    """Another process holds the library's write lock."""


class StorageError(LibraryError):
    """The data directory's files cannot be written."""


class RefusedArticle(DatelineError):  # noqa: N818 - a refusal is an outcome, named as the report names it
    """One input cannot become an article."""


class EmbeddingError(DatelineError):
    """The embedding model failed or cannot be loaded."""


class GenerationError(DatelineError):
    """The language model failed."""


class QuestionError(DatelineError):
    """The question cannot be asked as it stands."""


class SuiteError(DatelineError):
    """An evaluation suite is not in the format."""
