"""A model's answer as far as it was read and checked."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from rag.answering.base import CheckedClaim
from rag.answering.generative.sides import Sides, conflict_of
from rag.answering.verification import recited
from rag.messages import Catalogue
from rag.models import Citation, Status, TextDelta, Usage


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the answer's text: a claim, or what is no claim (`checked` is `None`)."""

    lead: str
    text: str
    checked: CheckedClaim | None = None


@dataclass(slots=True)
class PartialAnswer:
    """The answer as far as it was read.

    Attributes:
        words: In the reader's language.
        pieces: In the order of the draft.
        citations: Of all claims so far.
        declined: It begins with a decline.
        open: It says of some part of the question that the sources do not answer it.
        left_out: Sentences that were not released.
        unread: Sentences that were neither a claim with evidence nor told to be a decline.
        sides: Of each thing on which outlets differ.
        usage: Of all requests so far.
    """

    words: Catalogue
    pieces: list[Piece] = field(default_factory=list)
    citations: tuple[Citation, ...] = ()
    declined: bool = False
    refused: bool = False
    open: bool = False
    left_out: int = 0
    unread: list[str] = field(default_factory=list)
    sides: Sequence[Sides] = ()
    usage: Usage = field(default_factory=Usage)

    def restart(self) -> None:
        """Forget what was read: it was reasoning."""
        self.pieces, self.citations, self.unread = [], (), []
        self.declined = self.refused = self.open = False

    @property
    def claims(self) -> list[CheckedClaim]:
        """The claims among the pieces, in order."""
        return [piece.checked for piece in self.pieces if piece.checked]

    @property
    def text(self) -> str:
        """The whole as the reader sees it."""
        return "".join(
            piece.lead + (shown(piece.checked, self.words) if piece.checked else piece.text) for piece in self.pieces
        )

    @property
    def status(self) -> Status:
        """Whether the question is answered, in part, or not at all."""
        return "not_found" if self.declined else "partial" if self.open else "answered"

    @property
    def conflicts(self) -> tuple[tuple[int, ...], ...]:
        """Markers of the citations that give different answers, one tuple a thing."""
        return tuple(filter(None, (conflict_of(sides, self.claims, self.citations) for sides in self.sides)))

    def add(self, lead: str, text: str, checked: CheckedClaim | None = None) -> TextDelta:
        """Add a piece; the first one has no space or line break before it."""
        new = checked.citations[len(self.citations) :] if checked else ()
        self.citations += new
        self.pieces.append(Piece(lead if self.pieces else lead.lstrip(), text, checked))
        written = shown(checked, self.words) if checked else text
        return TextDelta(self.pieces[-1].lead + written, new, (checked.claim,) if checked else ())

    def put(self, changed: Sequence[CheckedClaim]) -> None:
        """Put claims in the places of those that were there, in order."""
        claims = iter(changed)
        self.pieces = [replace(piece, checked=next(claims)) if piece.checked else piece for piece in self.pieces]


def shown(checked: CheckedClaim, words: Catalogue) -> str:
    """Return a claim as the reader sees it; one that is not verified says so in words."""
    return checked.text if checked.claim.support == "verified" else f"{checked.text} ({words('not_verified')})"


def leave_out_unverified(partial: PartialAnswer) -> None:
    """Keep what is verified and what is no claim; markers count anew."""
    pieces, citations = list(partial.pieces), partial.citations
    partial.pieces, partial.citations = [], ()
    for piece in pieces:
        if piece.checked is None:
            partial.add(piece.lead, piece.text)
        elif piece.checked.claim.support == "verified":
            cited = [citations[marker - 1] for marker in piece.checked.claim.markers]
            partial.add(piece.lead, piece.text, recited(piece.checked, cited, partial.citations))
        else:
            partial.left_out += 1
    if partial.pieces and partial.pieces[0].text == partial.words("others_differ"):  # other than what was left out
        partial.pieces = [replace(partial.pieces[1], lead=""), *partial.pieces[2:]]
    if not partial.claims and not partial.declined:
        partial.pieces = []
