"""What tokens cost, from a table the user gives."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rag.models import Usage
from rag.errors import SuiteError
from rag.settings import read_toml

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices per million tokens, by model.

    Attributes:
        models: Model name -> price of a million tokens read, and of a million written.
    """

    models: Mapping[str, tuple[float, float]]

    def of(self, model: str, usage: Usage) -> float | None:
        """What one answer cost, in the table's currency; `None` for a model it does not list."""
        prices = self.models.get(model)
        if prices is None:
            return None
        return (usage.prompt_tokens * prices[0] + usage.completion_tokens * prices[1]) / _MILLION


def read_prices(file: Path) -> Prices:
    """A TOML file with one table a model: `["gpt-4.1-mini"]`, `input = 0.4`, `output = 1.6`.

    Raises:
        SuiteError: It cannot be read or lacks a price.
    """
    try:
        tables = read_toml(file, error=SuiteError)
        return Prices({name: (float(table["input"]), float(table["output"])) for name, table in tables.items()})
    except (SuiteError, KeyError, TypeError, ValueError) as error:
        raise SuiteError(f"price table {file}: {error}; write a table a model with `input` and `output`") from error
