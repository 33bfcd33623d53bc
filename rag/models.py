"""The domain: frozen values that every stage takes and returns."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from rag.dates import NewsDate
from rag.messages import ENGLISH, Text

Kind = Literal["news", "opinion", "analysis", "live", "correction"]
DateConfidence = Literal["stated", "derived", "none"]
Status = Literal["answered", "partial", "not_found"]
Support = Literal["verified", "unverified"]
CheckedBy = Literal["quote", "entailment", "model", "words", ""]
"""What decided whether a claim is verified; words alone never verify one."""
Role = Literal["user", "assistant"]
Intent = Literal[
    "question",
    "greeting",
    "thanks",
    "abilities",
    "date",
    "unclear",
    "news",
    "summary",
    "more",
    "development",
    "article",
    "source",
    "speaker",
    "others",
    "outlet",
    "disagreement",
    "correction",
    "opinion",
    "shorter",
    "list",
    "language",
]
"""What a reader wants; `question` is a fact."""
Form = Literal["", "shorter", "list"]
"""How an answer is to be written."""
Purpose = Literal["follow_up", "draft", "judgement", "rewriting"]
"""What a language model is asked for: a follow-up written out, an answer, a judgement of it, refused sentences anew."""
MAX_QUESTION_CHARACTERS = 4000
"""Longest question that is answered."""


QUOTES, PHRASES = "quotes", "phrases"
"""What stands for the model of an answer that no language model wrote."""


@dataclass(frozen=True, slots=True)
class Article:
    """One article as its outlet published it.

    Attributes:
        id: Stable identity: the record's own id, else derived from its URL or file.
        text: The text that passages and quotes point into.
        published_at: `None` where no date was found; the time of ingest is never used instead.
        date_confidence: `stated` by the source, `derived` from its page or URL, or `none`.
        version: 1 for the first text seen under this id, then counting up.
        correction: The notice in which the outlet says that it corrected the article.
        corrected_at: The date that the notice gives itself; `None` where it gives none.
        headline_only: Its text is behind a paywall; found by title, never quoted.
        fetched_from: Where it was read, if that is not `url`: the address fetched, the file of a saved page, or
            file and line of what has neither id nor address.
    """

    id: str
    title: str
    text: str
    url: str | None = None
    canonical_url: str | None = None
    source: str | None = None
    authors: tuple[str, ...] = ()
    published_at: NewsDate | None = None
    updated_at: NewsDate | None = None
    fetched_at: datetime | None = None
    date_confidence: DateConfidence = "none"
    section: str | None = None
    kind: Kind = "news"
    language: str | None = None
    version: int = 1
    digest: str = ""
    cluster_id: str | None = None
    correction: str | None = None
    corrected_at: NewsDate | None = None
    headline_only: bool = False
    fetched_from: str | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of an article's text: `article.text[start:end]`, in characters."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Passage:
    """Whole sentences of one article: `article.text[start:end] == text`.

    An article of which only the headline is known has one passage, without text or sentences.

    Attributes:
        sentences: Spans of the sentences, in characters of the article's text.
    """

    id: str
    article: Article
    text: str
    start: int
    end: int
    sentences: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class ScoreBreakdown:
    """The parts of a passage's score.

    Attributes:
        lexical: BM25 score, 0 where the words did not find it.
        vector: Cosine similarity, `None` where the vectors did not find it.
        time: Factor of the time prior, in (0, 1].
    """

    lexical: float = 0.0
    vector: float | None = None
    time: float = 1.0


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a query; `rank` counts from 1.

    Attributes:
        copies: Articles whose near-identical passage was left out in favour of this one.
        parts: Of a question that asks several things, those for which it was found.
    """

    passage: Passage
    score: float
    rank: int
    why: ScoreBreakdown = field(default_factory=ScoreBreakdown)
    copies: tuple[Article, ...] = ()
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation.

    Attributes:
        articles: Those that an answer rests on, where they were looked for.
    """

    role: Role
    content: str
    articles: tuple[Article, ...] = ()


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time, both ends included; aware UTC."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Filters:
    """Conditions that a passage's article must meet; empty means any article.

    Attributes:
        sources: One of these outlets.
        start: Published at this moment or later; undated articles then stay out.
        end: Published at this moment or earlier.
        kinds: Of one of these kinds.
        sections: In one of these sections, as the outlets spell them.
        articles: One of these, by id.
    """

    sources: tuple[str, ...] = ()
    start: datetime | None = None
    end: datetime | None = None
    kinds: tuple[Kind, ...] = ()
    sections: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens that a language model read and wrote; zero where none was asked.

    Attributes:
        requests: Those that the sums are of, in order, each by its purpose; empty for a single one without a name.
    """

    prompt_tokens: int = 0
    completion_tokens: int = 0
    requests: tuple[tuple[Purpose, "Usage"], ...] = ()

    def of(self, purpose: Purpose) -> "Usage":
        """Return the same as that of one request with a name."""
        return replace(self, requests=((purpose, replace(self, requests=())),))

    def __add__(self, other: "Usage") -> "Usage":
        """Return the sum, with the requests of both."""
        return Usage(
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.requests + other.requests,
        )


@dataclass(frozen=True, slots=True)
class Query:
    """What is searched for, after the question was understood.

    Attributes:
        question: Standalone: what the conversation adds is written out.
        as_of: Latest publication time of what is found; `None` means now.
        asked: The question as the reader wrote it, surely misspelt words respelled.
        filters: Conditions on articles: as the reader set them, or as the question asks.
        window: The time that the question mentions; articles of that time are preferred.
        mentioned: Outlets that the question names without asking what they say; they are preferred.
        newest: Newer articles are preferred; not for a question about how something began.
        parts: The questions in it, each standing alone, where it asks several things.
        intent: Kind of request.
        otherwise: What the request is met as where no passage answers it; empty for a decline.
        form: How the reader wants the answer written.
        understood_by: Whether rules or a model wrote a follow-up out.
        notes: What the reader must know about how the question was understood.
        carried: Names that the conversation adds; they stand in parentheses behind the question and its parts.
        leans: Its words point back, so that it says nothing without the conversation.
        wordings: What it may mean after the conversation, each standing alone, the likeliest first.
        warning: What comes before the answer; its words count towards the answer's length.
        read_as: The question that a misspelt one was taken for; empty where no word was respelled.
        readings: Questions that it may have meant instead, between which only the reader can decide.
        story: Articles by id that the last answers rest on, for a question that may leave its subject to them.
        usage: Tokens of writing a follow-up out.
        language: That the reader's interface is in; the answer's own words are in it, quotes stay as they are.
        in_language: The language that the reader asks for, or writes in, where that is not the interface's; else empty.
    """

    question: str
    as_of: datetime | None = None
    asked: str = ""
    filters: Filters = field(default_factory=Filters)
    window: Window | None = None
    mentioned: tuple[str, ...] = ()
    newest: bool = True
    parts: tuple[str, ...] = ()
    otherwise: Intent | Literal[""] = ""
    form: Form = ""
    understood_by: Literal["rules", "model"] = "rules"
    intent: Intent = "question"
    notes: tuple[Text, ...] = ()
    carried: tuple[str, ...] = ()
    leans: bool = False
    wordings: tuple[str, ...] = ()
    warning: str = ""
    read_as: str = ""
    readings: tuple[str, ...] = ()
    story: tuple[str, ...] = ()
    usage: Usage = field(default_factory=Usage, compare=False)
    language: str = ENGLISH
    in_language: str = ""


@dataclass(frozen=True, slots=True)
class Citation:
    """Evidence for a claim: `passage.article.text[start:end] == quote`, always."""

    marker: int
    passage: Passage
    quote: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of an answer, its markers removed, and whether its evidence holds.

    Attributes:
        answering: Words of the text that answer the question, as written; to be marked for the reader.
        checked_by: What decided on the support; empty where nothing did, as for a claim without evidence.
    """

    text: str
    markers: tuple[int, ...]
    support: Support
    answering: tuple[str, ...] = ()
    checked_by: CheckedBy = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the reader gets.

    Attributes:
        text: The answer with its markers, e.g. `... on Tuesday. [1]`.
        as_of: The moment up to which articles were considered.
        newest_source: Publication date of the newest cited article.
        confidence: How sure the answerer is that the passages answer the question, in [0, 1].
        model: `quotes` or the language model's name.
        stale: The passages found are older than the time asked about; the text begins by saying so.
        usage: Of all requests that this answer led to, each with its purpose.
        conflicts: Markers of the citations that give different values for one thing, one tuple a thing.
        notes: What the reader must know about how this came to be, e.g. a model that was down.
        timings_ms: Stage name -> milliseconds.
        read_as: The question that a misspelt one was taken for, as the text says first; else empty.
        readings: Questions that it may have meant instead; to be offered.
    """

    question: str
    text: str
    status: Status
    claims: tuple[Claim, ...]
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    as_of: datetime
    newest_source: NewsDate | None
    confidence: float
    model: str
    usage: Usage = field(default_factory=Usage)
    stale: bool = False
    conflicts: tuple[tuple[int, ...], ...] = ()
    notes: tuple[str, ...] = ()
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    read_as: str = ""
    readings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GeneratedAnswer:
    """An answerer's result: the checked answer, before the engine dates and times it.

    Attributes:
        ranking: Ids of the passages that were read for what answers, the likeliest first; empty if none were.
    """

    claims: tuple[Claim, ...]
    citations: tuple[Citation, ...]
    status: Status
    text: str
    confidence: float
    model: str
    usage: Usage = field(default_factory=Usage)
    conflicts: tuple[tuple[int, ...], ...] = ()
    notes: tuple[str, ...] = ()
    ranking: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """A step of answering, in words for the reader."""

    text: str


@dataclass(frozen=True, slots=True)
class TextDelta:
    """A checked piece of the answer's text, with the claims in it, and the citations that are new."""

    text: str
    citations: tuple[Citation, ...] = ()
    claims: tuple[Claim, ...] = ()


AnswerEvent = Progress | TextDelta | Answer
