"""The catalogue of what readers are told: one TOML file a language, with the same keys in each. Pure."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal

__all__ = ["ENGLISH", "LANGUAGES", "Catalogue", "Language", "Text", "in_language"]

Language = Literal["en", "uk", "ar", "de", "fr", "es"]
ENGLISH: Language = "en"
LANGUAGES: tuple[Language, ...] = get_args(Language)
"""Codes (BCP 47) of the languages that readers' interfaces are in."""
_LOCALES: Mapping[str, str] = {ENGLISH: "en_GB"}
"""Whose rules for dates and numbers are meant, where the language alone does not say."""
_DAYS: Mapping[str, str] = {ENGLISH: "d MMMM y", "uk": "d MMMM y"}
"""Patterns of days where CLDR's long one has another order, or ends with an abbreviation that reads as a full stop."""
_FOR_WIDGET = "widget"


@dataclass(frozen=True, slots=True)
class Text:
    """A message before it is in a language, e.g. of an error.

    Attributes:
        key: Of the catalogue.
        values: For its placeholders.
    """

    key: str
    values: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        return in_language()(self.key, **self.values)


class Catalogue:
    """The messages in one language; calling it gives one as text.

    Args:
        language: Of `LANGUAGES`.

    Attributes:
        language: The same.
        name: Of the language, in the language.
        direction: `ltr` or `rtl`.
    """

    def __init__(self, language: str) -> None:
        self.language = language
        self._locale = Locale.parse(_LOCALES.get(language, language))
        self.name = (Locale.parse(language).display_name or language).capitalize()
        self.direction = self._locale.text_direction
        file = Path(__file__).parent / f"{language}.toml"
        self.sections: Mapping[str, Mapping[str, Any]] = tomllib.loads(file.read_text(encoding="utf-8"))
        self._messages = {key: message for section in self.sections.values() for key, message in section.items()}

    def __call__(self, key: str, **values: Any) -> str:
        """Return a message.

        Args:
            key: Of the catalogue.
            values: For its placeholders; numbers and days are written as the language does.

        Raises:
            KeyError: There is no such message, or a placeholder has no value.
        """
        message = self._messages[key]
        template, forms = (message, {}) if isinstance(message, str) else (message["text"], message)
        return str(template).format_map({name: self._shown(value, forms.get(name)) for name, value in values.items()})

    def listed(self, key: str) -> tuple[str, ...]:
        """Return a message of several parts, e.g. the heads of a table's columns."""
        return tuple(self._messages[key])

    def capitalized(self, key: str) -> str:
        """Return a message as it stands alone, where it is written as it stands within a sentence."""
        text = self(key)
        return text[0].upper() + text[1:]

    def quoted(self, text: str) -> str:
        """Return a text in quotation marks."""
        return self("quoted", text=text)

    def any_of(self, texts: Iterable[str]) -> str:
        """Return texts in quotation marks, of which any may be meant: `“a” or “b”`."""
        return format_list([self.quoted(text) for text in texts], style="or", locale=self._locale)

    def day(self, day: date) -> str:
        """Return a day as it is spoken, e.g. `12 June 2022`."""
        return format_date(day, format=_DAYS.get(self.language, "long"), locale=self._locale)

    def number(self, number: int) -> str:
        """Return a number with its thousands marked, e.g. `1,204`."""
        return format_decimal(number, locale=self._locale)

    def for_widget(self) -> Mapping[str, Any]:
        """Return the messages that the widget's page shows, by key."""
        return self.sections[_FOR_WIDGET]

    def _shown(self, value: Any, forms: Mapping[str, str] | None) -> str:
        match value:
            case int() if forms:
                return forms[self._locale.plural_form(value)].format(n=self.number(value))
            case int():
                return self.number(value)
            case datetime() | date():
                return self.day(value)
            case Text():
                return self(value.key, **value.values)
        return str(value)


@cache
def in_language(language: str = ENGLISH) -> Catalogue:
    """Return the catalogue of a language, read once."""
    return Catalogue(language)
