"""What an operator does to a library besides feeding it: withdraw, forget, check."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from ingest.dedup.clusters import cluster_new
from rag.errors import LibraryError
from rag.indexes.embedding import embedded_text
from rag.library.kept_answers import without_articles
from rag.library.library import Library, holds_library
from rag.library.writer import LibraryWriter
from rag.models import Passage
from rag.settings import Settings
from rag.store import LibraryRecord, article_store_from
from rag.store.conversations import CONVERSATIONS_FILE, ConversationStore
from rag.store.feedback import FEEDBACK_FILE, FeedbackStore
from rag.text import WordRuns


@dataclass(frozen=True, slots=True)
class Findings:
    """What a check found.

    Attributes:
        passages: Of current articles.
        pending: Articles that an index still lacks.
        not_by_words: Passages that the lexical index should hold and does not.
        not_by_vector: Passages that are not found by their own vectors.
        surplus_by_words: Passages that the lexical index holds and the record does not, or not as current.
        surplus_by_vector: The same of the vector index.
    """

    passages: int
    pending: int
    not_by_words: int
    not_by_vector: int
    surplus_by_words: int
    surplus_by_vector: int

    @property
    def whole(self) -> bool:
        """Every passage can be found, and no other."""
        return not (self.not_by_words or self.not_by_vector or self.has_surplus)

    @property
    def has_surplus(self) -> bool:
        """The indexes hold what the record does not."""
        return bool(self.surplus_by_words or self.surplus_by_vector)


def article_ids(library: Library, *, names: Sequence[str], outlet: str | None) -> list[str]:
    """The articles that an operator means by ids, addresses or an outlet; none for one that was forgotten already.

    Raises:
        LibraryError: A name stands for no article; nothing is then done for the others either.
    """
    meant = list(library.record.ids_of_outlet(outlet)) if outlet else []
    if outlet and not meant:
        raise LibraryError(f"no article of {outlet!r} in {library.folder}{_outlets_alike(library, outlet)}")
    forgotten = library.record.blocklist
    for name in names:
        # An id first: that of a live blog's entry is an address, too, at which the whole blog is.
        if library.record.stored_version(name):
            meant.append(name)
            continue
        ids = [] if forgotten.holding_ids([name]) else _ids_at(library, name)
        if not ids and not forgotten.knows(name):
            raise LibraryError(f"no article {name!r} in {library.folder}; give its address or its id")
        meant += ids
    return list(dict.fromkeys(meant))


def _outlets_alike(library: Library, outlet: str) -> str:
    """The outlet whose name was perhaps meant, as a question."""
    names = {name.casefold(): name for name in library.record.outlet_names()}
    alike = get_close_matches(outlet.casefold(), names, n=1, cutoff=0.7)
    return f"; did you mean {names[alike[0]]!r}?" if alike else "; outlets are matched by their exact names"


def forget(library: Library, writer: LibraryWriter, ids: Sequence[str], *, feedback_days: int) -> None:
    """Delete articles from all stores; `LibraryWriter.index_vectors` then derives the vectors of the others again."""
    # What readers left first: what repeats an article can be told only while that is there.
    texts = WordRuns(version.text for article_id in ids for version in library.record.versions(article_id))
    if (library.folder / FEEDBACK_FILE).exists():
        feedback = FeedbackStore(library.folder / FEEDBACK_FILE, days=feedback_days)
        feedback.erase_repeating(texts)
        feedback.close()
    _forget_in_conversations(library.folder, ids, texts)
    writer.forget(ids)
    # Again: a reader who went on meanwhile had the conversation kept as the page still held it.
    _forget_in_conversations(library.folder, ids, texts)
    cluster_new(writer.record.fingerprints)


def _forget_in_conversations(folder: Path, ids: Sequence[str], texts: WordRuns) -> None:
    if (folder / CONVERSATIONS_FILE).exists():
        with closing(ConversationStore(folder / CONVERSATIONS_FILE, days=0)) as conversations:
            gone = frozenset(ids)
            conversations.rewrite(lambda turn: without_articles(turn, gone, texts))


def _ids_at(library: Library, name: str) -> list[str]:
    try:
        return library.record.ids_at(name)
    except ValueError:  # no address, so an id
        return []


def check(library: Library) -> Findings:
    """Asks both indexes for every passage that they should hold, by its id and by its own vector, and for all others.

    Counting is not enough: a damaged Chroma may count right and find nothing.
    """
    record = library.record
    current = set[str]()
    not_by_words = not_by_vector = 0
    unworded, unembedded = {*record.missing_from("lexical")}, {*record.missing_from("vectors")}
    for article_id in record.current_ids():
        passages = record.passages_of(article_id)
        if article_id not in unworded:
            not_by_words += len(library.lexical.missing_ids(passage.id for passage in passages))
        if article_id not in unembedded:
            not_by_vector += sum(not _found_by_vector(library, passage) for passage in passages)
        current.update(passage.id for passage in passages)
    surplus = len(library.lexical.ids() - current), len(library.vectors.ids() - current)
    return Findings(len(current), len(unworded | unembedded), not_by_words, not_by_vector, *surplus)


def _found_by_vector(library: Library, passage: Passage) -> bool:
    vector = library.vector_of(embedded_text(passage))
    return passage.id in {passage_id for passage_id, _ in library.vectors.search(vector, limit=5)}


@contextmanager
def record_of(settings: Settings) -> Iterator[LibraryRecord]:
    """The record alone of a library that is there.

    Raises:
        LibraryError: There is no library.
    """
    if not holds_library(settings.data):
        raise LibraryError(f"no library at {settings.data}; make one with `python -m ingest SOURCE`")
    record = article_store_from(settings)
    try:
        yield record
    finally:
        record.close()
