"""Suites: questions with gold answers, and the corpus they are asked of."""

import gzip
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from evals.datasets.tables import TABLES, mapped, read_table
from evals.match_rule import normalised
from ingest.formats.files import KNOWN_SUFFIXES
from rag.dates import parse_as_of
from rag.errors import QuestionError, SuiteError
from rag.models import Message, Role
from rag.settings import read_toml

Knowable = Literal["unknowable", "answerable"]

_DESCRIPTION = "suite.toml"
_HALF_CHARACTER = re.compile(r"[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Case:
    """One question with what is known about its right answer.

    Attributes:
        answers: Accepted variants; any one will do.
        as_of: Nothing published later may be used; `None` means up to the corpus's newest.
        choices: Of a multiple-choice question, in order; else empty.
        answerable: False where declining is the right answer.
        required: Strings that must all stand in the answer.
        evidence: Gold articles, by URL or id.
        history: Turns before the question, oldest first.
        knowable: Which row of a time-travel table it belongs to, `None` outside of one.
    """

    id: str
    question: str
    answers: tuple[str, ...] = ()
    as_of: datetime | None = None
    choices: tuple[str, ...] = ()
    answerable: bool = True
    required: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    history: tuple[Message, ...] = ()
    tags: tuple[str, ...] = ()
    knowable: Knowable | None = None


@dataclass(frozen=True, slots=True)
class Suite:
    """A folder with questions and, mostly, the corpus that they are asked of.

    Attributes:
        corpus: File or folder of articles; `None` asks the library at `--data`.
        questions_file: Where the cases come from.
    """

    folder: Path
    name: str
    description: str
    source: str
    licence: str
    corpus: Path | None
    questions_file: Path
    cases: tuple[Case, ...]


class Identified(Protocol):
    """What a line of a suite is read as."""

    @property
    def id(self) -> str:
        """Only one line of the suite has it."""


Row = TypeVar("Row", bound=Identified)


class _Turn(BaseModel):
    role: Role
    content: str


class _Question(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True, str_strip_whitespace=True)

    id: str = Field(min_length=1)
    question: str = Field(min_length=1)
    answers: list[str] = []
    as_of: str | None = None
    choices: list[str] = []
    answerable: bool = True
    required: list[str] = []
    evidence_urls: list[str] = []
    history: list[_Turn] = []
    tags: list[str] = []


_Column = Annotated[str, Field(pattern=f"^({'|'.join(_Question.model_fields)})$")]


class _Description(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)

    name: str = Field(pattern=r"^[\w.\-]+$")
    description: str = ""
    source: str = ""
    licence: str = ""
    corpus: str | None = None
    questions: str | None = None
    columns: dict[_Column, str] = {}

    @model_validator(mode="before")
    @classmethod
    def _misspelt(cls, fields: dict[str, Any]) -> dict[str, Any]:
        """Refuses what is nearly a name of the format: without its corpus, a suite is asked of another library."""
        for name in fields.keys() - cls.model_fields.keys():
            if nearest := get_close_matches(name, cls.model_fields, n=1):
                raise ValueError(f"{name} is not of the format; did you mean {nearest[0]}?")
        return fields


def load_suite(folder: Path) -> Suite:
    """The suite in a folder.

    Raises:
        SuiteError: It is not in the format; the message lists every problem with its file and line.
    """
    return read_suite(folder, default="questions.jsonl", what="question", read=_case)[0]


def read_suite(
    folder: Path, *, default: str, what: str, read: Callable[[dict[str, Any]], Row]
) -> tuple[Suite, tuple[Row, ...]]:
    """The suite in a folder, and what its lines are read as.

    Args:
        folder: Holds `suite.toml`.
        default: Name of the file with the lines, unless `suite.toml` names another as `questions`.
        what: One of the lines, in the words of a problem.
        read: Makes something of a line's JSON object, or raises `QuestionError` or `ValidationError`.

    Raises:
        SuiteError: It is not in the format; the message lists every problem with its file and line.
    """
    description, problems = _description(folder)
    if description is None:
        raise _not_in_format(folder, problems)
    questions = folder / (description.questions or default)
    corpus = folder / description.corpus if description.corpus else None
    if corpus is not None:
        problems += _corpus_problems(corpus)
    rows: dict[str, Row] = {}
    for line, row in _read_rows(questions, description.columns, problems, read, what):
        if row.id in rows:
            problems.append(f"{questions.name} line {line}: id {row.id!r} was used before")
        rows[row.id] = row
    if not rows and not problems:
        problems.append(f"{questions.name}: holds no {what}")
    if problems:
        raise _not_in_format(folder, problems)
    suite = Suite(
        folder=folder,
        name=description.name,
        description=description.description,
        source=description.source,
        licence=description.licence,
        corpus=corpus,
        questions_file=questions,
        cases=tuple(row for row in rows.values() if isinstance(row, Case)),
    )
    return suite, tuple(rows.values())


def _not_in_format(folder: Path, problems: Sequence[str]) -> SuiteError:
    count = f"{len(problems)} problem{'s' if len(problems) > 1 else ''}"
    return SuiteError("\n  ".join([f"{folder} is not in the suite format ({count}):", *problems]))


def _description(folder: Path) -> tuple[_Description | None, list[str]]:
    try:
        fields = read_toml(folder / _DESCRIPTION, error=SuiteError, name=_DESCRIPTION)
        return _Description.model_validate(fields), []
    except SuiteError as error:
        return None, [str(error)]
    except ValidationError as error:
        return None, list(_invalid(_DESCRIPTION, error))


def _corpus_problems(corpus: Path) -> list[str]:
    if not corpus.exists():
        return [f"{_DESCRIPTION}: corpus: there is no {corpus.name}"]
    suffix = Path(corpus.stem).suffix if corpus.suffix.lower() == ".gz" else corpus.suffix
    if corpus.is_file() and suffix.lower() not in KNOWN_SUFFIXES:
        return [f"{_DESCRIPTION}: corpus: {corpus.name} is not a kind of file that ingest reads"]
    return []


def _read_rows(
    file: Path, columns: Mapping[str, str], problems: list[str], read: Callable[[dict[str, Any]], Row], what: str
) -> Iterator[tuple[int, Row]]:
    """What the rows are read as, with their numbers; what is wrong with the others is added to the problems."""
    is_table = file.suffix.lower() in TABLES
    for line, given in _table(file, problems) if is_table else _lines(file, problems):
        place = f"{file.name} {'row' if file.suffix.lower() == '.json' else 'line'} {line}"
        try:
            fields = given if isinstance(given, dict) else _object(given, what)
            yield line, read(mapped(fields, columns, line) if is_table or columns else fields)
        except ValidationError as error:
            problems.extend(_invalid(place, error))
        except (ValueError, RecursionError) as error:
            problems.append(f"{place}: invalid JSON: {error}")
        except QuestionError as error:
            problems.append(f"{place}: {error}")


def _object(line: str, what: str) -> dict[str, Any]:
    """The JSON object of a line.

    Raises:
        ValueError: It is not JSON.
        QuestionError: It is no object, or cannot be written down again.
    """
    fields = json.loads(line)
    if not isinstance(fields, dict):
        raise QuestionError(f"a {what} is a JSON object, this is a {type(fields).__name__}")
    if _HALF_CHARACTER.search(json.dumps(fields, ensure_ascii=False)):
        raise QuestionError("it holds half a character (a lone surrogate such as \\ud83d)")
    return fields


def _table(file: Path, problems: list[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        yield from read_table(file)
    except (OSError, UnicodeDecodeError) as error:
        problems.append(_not_read(file, error))
    except SuiteError as error:
        problems.append(f"{file.name}: {error}")


def _lines(file: Path, problems: list[str]) -> Iterator[tuple[int, str]]:
    try:
        with (
            gzip.open(file, "rt", encoding="utf-8-sig")
            if file.suffix == ".gz"
            else file.open(encoding="utf-8-sig") as lines
        ):
            yield from ((number, line) for number, line in enumerate(lines, 1) if line.strip())
    except (OSError, EOFError, UnicodeDecodeError) as error:
        problems.append(_not_read(file, error))


def _not_read(file: Path, error: OSError | EOFError | UnicodeDecodeError) -> str:
    if isinstance(error, UnicodeDecodeError):
        return f"{file.name}: is no text in UTF-8; save it as CSV, TSV, JSON or JSON lines in UTF-8"
    return f"{file.name}: cannot be read: {getattr(error, 'strerror', None) or error}"


def _case(fields: dict[str, Any]) -> Case:
    if "question" not in fields:
        raise QuestionError(f"no `question`; there are {', '.join(fields)[:300]}; [columns] in suite.toml names others")
    row = _Question.model_validate({name: value for name, value in fields.items() if value is not None})
    if row.answerable and not (row.answers or row.required or row.evidence_urls):
        raise QuestionError('no `answers`; if none is right, say `"answerable": false`')
    unmatched = {
        name: [text for text in getattr(row, name) if not normalised(text)] for name in ("answers", "required")
    }
    if len(unmatched["answers"]) < len(
        row.answers
    ):  # beside an answer that can be matched, one that cannot does no harm
        unmatched["answers"] = []
    for name, texts in unmatched.items():
        if texts:
            raise QuestionError(f"{name}: {texts[0]!r} can match nothing: punctuation and a, an, the are left out")
    return Case(
        id=row.id,
        question=row.question,
        answers=tuple(row.answers),
        as_of=parse_as_of(row.as_of) if row.as_of else None,
        choices=tuple(row.choices),
        answerable=row.answerable,
        required=tuple(row.required),
        evidence=tuple(dict.fromkeys(row.evidence_urls)),
        history=tuple(Message(turn.role, turn.content) for turn in row.history),
        tags=tuple(row.tags),
    )


def _invalid(place: str, error: ValidationError) -> Iterable[str]:
    for problem in error.errors():
        yield f"{place}: {'.'.join(map(str, problem['loc']))}: {problem['msg']}"
