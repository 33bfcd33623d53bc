"""Reading TOML files that operators and evaluators write."""

import tomllib
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from rag.errors import DatelineError

Model = TypeVar("Model", bound=BaseModel)


def read_toml(file: Path, *, error: type[DatelineError], name: str = "") -> dict[str, Any]:
    """Return the tables of a TOML file.

    Args:
        file: In UTF-8.
        error: Raised with what is wrong.
        name: How its message calls the file; by default by its path.

    Raises:
        DatelineError: As `error`: the file cannot be read, or is not TOML.
    """
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as cause:
        raise error(f"{name or file}: {cause.strerror}") from cause
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as cause:
        raise error(f"{name or file} is not TOML: {cause}") from cause


def load_toml(file: Path, model: type[Model], *, error: type[DatelineError]) -> Model:
    """Return the content of a TOML file as a model.

    Args:
        file: In UTF-8.
        model: What it must be valid for.
        error: Raised with what is wrong, and where.

    Raises:
        DatelineError: As `error`: the file cannot be read, is not TOML, or is not valid.
    """
    try:
        return model.model_validate(read_toml(file, error=error))
    except ValidationError as cause:
        problems = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in cause.errors())
        raise error(f"{file}: {problems}") from cause
