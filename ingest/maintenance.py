"""What an operator does to a library besides feeding it: withdraw, forget, check, back up, restore."""

import tarfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rag.canonical import canonical_url
from rag.domain import Passage
from rag.errors import LibraryError
from rag.library import Library, embedded_text
from rag.record import Record
from rag.settings import Settings

_RECORD = "record.sqlite"


@dataclass(frozen=True, slots=True)
class Findings:
    """What a check found.

    Attributes:
        passages: Of current articles.
        pending: Articles that an index still lacks.
        not_by_words: Passages that the lexical index should hold and does not.
        not_by_vector: Passages that are not found by their own vectors.
    """

    passages: int
    pending: int
    not_by_words: int
    not_by_vector: int

    @property
    def whole(self) -> bool:
        """Every passage can be found."""
        return self.not_by_words == self.not_by_vector == 0


def article_ids(library: Library, *, names: Sequence[str], outlet: str | None) -> list[str]:
    """The articles that an operator means by ids, addresses or an outlet.

    Raises:
        LibraryError: A name stands for no article; nothing is then done for the others either.
    """
    found = list(library.record.ids_of_outlet(outlet)) if outlet else []
    if outlet and not found:
        raise LibraryError(f"no article of {outlet!r} in {library.folder}; outlets are matched by their exact names")
    for name in names:
        ids = library.record.ids_at(canonical_url(name)) if name.startswith(("http://", "https://")) else []
        ids = ids or ([name] if library.record.known(name) else [])
        if not ids:
            raise LibraryError(f"no article {name!r} in {library.folder}; give its address or its id")
        found += ids
    return list(dict.fromkeys(found))


def check(library: Library) -> Findings:
    """Asks both indexes for every passage that they should hold, by its id and by its own vector.

    Counting is not enough: a damaged Chroma may count right and find nothing.
    """
    record = library.record
    seen = not_by_words = not_by_vector = 0
    unworded, unembedded = {*record.missing_from("lexical")}, {*record.missing_from("vectors")}
    for article_id in record.current_ids():
        passages = record.passages_of(article_id)
        seen += len(passages)
        if article_id not in unworded:
            not_by_words += len(library.lexical.lacking(one.id for one in passages))
        if article_id not in unembedded:
            not_by_vector += sum(not _found_by_vector(library, one) for one in passages)
    return Findings(seen, len(unworded | unembedded), not_by_words, not_by_vector)


def _found_by_vector(library: Library, passage: Passage) -> bool:
    vector = library.vector_of(embedded_text(passage))
    return passage.id in {one for one, _ in library.vectors.search(vector, limit=5)}


@contextmanager
def record_of(settings: Settings) -> Iterator[Record]:
    """The record alone of a library that is there.

    Raises:
        LibraryError: There is no library.
    """
    if not (settings.data / _RECORD).exists():
        raise LibraryError(f"no library at {settings.data}; make one with `python -m ingest SOURCE`")
    record = Record(settings.data / _RECORD)
    try:
        yield record
    finally:
        record.close()


def back_up(settings: Settings, file: Path) -> None:
    """Writes the record, which everything else derives from, into a `.tar.gz`.

    Raises:
        LibraryError: There is no library.
    """
    copy = file.with_name(f"{file.name}.sqlite")
    with record_of(settings) as record:
        copy.unlink(missing_ok=True)
        record.copy_to(copy)
    draft = file.with_name(f"{file.name}.new")
    with tarfile.open(draft, "w:gz") as archive:
        archive.add(copy, _RECORD)
    draft.replace(file)
    copy.unlink()


def restore(settings: Settings, file: Path) -> None:
    """Puts a backup's record into an empty data directory; both indexes are then derived from it.

    Raises:
        LibraryError: The directory holds a library, or the file is no backup.
    """
    if (settings.data / _RECORD).exists():
        raise LibraryError(f"{settings.data} holds a library; restore into another --data directory")
    settings.data.mkdir(parents=True, exist_ok=True)
    try:
        with tarfile.open(file, "r:gz") as archive:
            held = archive.extractfile(_RECORD)
            if held is None:
                raise LibraryError(f"{file} is no backup of a library")
            (settings.data / _RECORD).write_bytes(held.read())
    except (OSError, tarfile.TarError, KeyError) as error:
        raise LibraryError(f"{file} is no backup of a library: {error}") from error
    record = Record(settings.data / _RECORD)
    record.mark_nothing_indexed()
    record.close()
