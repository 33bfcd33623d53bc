"""Every error that Dateline raises on purpose.

    DatelineError
    ├── SettingsError           a setting is missing or wrong
    ├── LibraryError            the data directory cannot be used
    │   ├── LibraryVersionError     another version of Dateline made it
    │   ├── LibraryModelError       another embedding model made its vectors
    │   ├── LibraryBusyError        another process is writing to it
    │   ├── StorageError            its files cannot be read or written, e.g. on a full disk
    │   └── UnstorableError         the database cannot hold a value, e.g. a number that is too large
    ├── RefusedArticle          one input cannot become an article (the reason says why)
    ├── FetchError              an address gave no content (status, and whether a later try may)
    │   └── RefusedAddress          it may not be fetched at all: not http(s), not public, robots.txt
    ├── SourcesError            sources.toml cannot be used
    ├── EmbeddingError          the embedding model failed or cannot be loaded
    ├── GenerationError         the language model failed; the answer is then quoted instead
    ├── FeedbackError           feedback cannot be kept
    ├── ConversationError       a conversation cannot be kept
    ├── QuestionError           the question cannot be asked (empty, too long, bad date)
    └── SuiteError              an evaluation suite is not in the format

"No answer" is a status of `Answer`, never an exception. Vendor exceptions are translated into
these once, in the module that talks to the vendor.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from rag.messages import Catalogue, Text

ModelFault = Literal["failed", "server", "key", "model", "request", "length", "filter", "budget"]
"""Why a language model gave no whole answer: it failed in some other way, its server does not answer or is no model
server, refuses the key, has no model of that name, or does not accept the request (a parameter, a prompt that is too
long); the reply reached the limit of tokens, or was stopped by a filter; the day's budget is used up."""


class DatelineError(Exception):
    """Base of all; the message tells the user what to do next.

    Args:
        message: Of the catalogue, where a reader may see it; read as a text, the error is in English.
    """

    def __init__(self, message: str | Text = "") -> None:
        super().__init__(str(message))
        self._message = message

    def told_in(self, words: Catalogue) -> str:
        """Return the message in the language of a catalogue; in English where the catalogue has none."""
        return words(self._message.key, **self._message.values) if isinstance(self._message, Text) else self._message


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
    """The data directory's files cannot be read or written."""


class UnstorableError(LibraryError):
    """The database cannot hold a value of an article."""


class RefusedArticle(DatelineError):  # noqa: N818 - a refusal is an outcome, named as the report names it
    """One input cannot become an article."""


class FetchError(DatelineError):
    """An address gave no content.

    Attributes:
        status: The server's answer; `None` where it gave none.
        transient: A later try may succeed.
        retry_after: Seconds that the server asks to be left alone; `None` where it does not say.
    """

    def __init__(
        self, message: str, *, status: int | None = None, transient: bool = False, retry_after: float | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.transient = transient
        self.retry_after = retry_after


class RefusedAddress(FetchError):  # noqa: N818 - a refusal is an outcome, as `RefusedArticle`
    """An address may not be fetched."""


class SourcesError(DatelineError):
    """`sources.toml` cannot be used."""


class EmbeddingError(DatelineError):
    """The embedding model failed or cannot be loaded."""


class ReaderError(DatelineError):
    """The span reader's weights are missing or are not the pinned ones."""


class GenerationError(DatelineError):
    """The language model failed.

    Attributes:
        fault: In which way.
    """

    def __init__(self, message: str, *, fault: ModelFault = "failed") -> None:
        super().__init__(message)
        self.fault: ModelFault = fault


class FeedbackError(DatelineError):
    """Feedback cannot be kept."""


class ConversationError(DatelineError):
    """A conversation cannot be kept."""


class QuestionError(DatelineError):
    """The question cannot be asked as it stands.

    Attributes:
        subject: What of it is wrong, as the catalogue calls it, e.g. `start_date`; empty where that is not one thing.
    """

    def __init__(self, message: str | Text, *, subject: str = "") -> None:
        super().__init__(message)
        self.subject = subject


class SuiteError(DatelineError):
    """An evaluation suite is not in the format."""


@contextmanager
def vendor_errors(error_type: type[DatelineError], subject: str) -> Iterator[None]:
    """Translate whatever a call to an exchangeable model raises into one of our errors.

    Wrap nothing but the vendor's call: each vendor has exceptions of its own, with no base in common.

    Args:
        error_type: What to raise instead.
        subject: The model, as the message names it.

    Raises:
        DatelineError: Of that type; our own errors pass unchanged.
    """
    try:
        yield
    except DatelineError:
        raise
    except Exception as error:
        raise error_type(f"{subject}: {type(error).__name__}: {error}") from error
