"""One frozen set of settings, built at the entry points from the environment and `dateline.toml`, and TOML files."""

import os
import re
import tomllib
from argparse import ArgumentTypeError
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, AliasChoices, BaseModel, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from rag.errors import DatelineError, SettingsError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

Model = TypeVar("Model", bound=BaseModel)

LOCAL_EMBEDDING_MODEL = "all-MiniLM-L6-v2-int8"


FILE = "dateline.toml"
"""In the working directory."""
_PREFIX = "DATELINE_"
_OPTIONS = ("host", "port", "allow_origin", "trusted_proxy", "root_path")
"""What is an option of `app.py` alone."""
_NOT_YET = ("database_url", "chroma_url")
_OTHER_NAMES = {
    "OPENAI_API_BASE": "OPENAI_BASE_URL",
    "OPENAI_API_BASE_URL": "OPENAI_BASE_URL",
    "OPENAI_MODEL": "DATELINE_CHAT_MODEL",
    "OPENAI_MODEL_NAME": "DATELINE_CHAT_MODEL",
}
"""Variables of other programs and older clients -> ours that says the same."""


_QUOTES = ("'", '"')


def _address(given: str) -> str:
    if not re.match(r"https?://[^\s/]", given) or re.search(r"\s", given):
        raise ValueError("write an address, e.g. http://127.0.0.1:8080/v1")
    return given


def _unquoted(given: SecretStr) -> SecretStr:
    key = given.get_secret_value().strip()
    if key[:1] in _QUOTES and key[:1] == key[-1:]:
        raise ValueError("a key has no quotes around it; files of variables (docker --env-file) keep them")
    return SecretStr(key)


def _key(given: SecretStr) -> SecretStr:
    key = given.get_secret_value()
    if not re.fullmatch(r"[!-~]*", key):
        raise ValueError("a key has no spaces, line breaks or letters with accents; copy it again")
    return SecretStr(key)


Address = Annotated[str, AfterValidator(_address)]
ServerKey = Annotated[SecretStr, AfterValidator(_unquoted)]
ModelKey = Annotated[ServerKey, AfterValidator(_key)]
Count = Annotated[int, Field(ge=0)]
Place = Annotated[Path, AfterValidator(lambda path: Path(os.path.expanduser(path)))]
"""A file or folder; what sets variables for services and containers leaves `~` as it is."""
_MOST_DAYS = 36_500
_MOST_SECONDS = 86_400


def _about(default: Any, description: str, *, variable: str | None = None, **rules: Any) -> Any:
    """A setting's default, what `--help` says of it, and its variable if that has no prefix."""
    alias = AliasChoices(variable) if variable else None
    return Field(default=default, description=description, validation_alias=alias, **rules)


class Settings(BaseSettings):
    """What an operator can set; the environment wins over `dateline.toml`; each field is described for operators."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX,
        env_ignore_empty=True,
        toml_file=FILE,
        extra="forbid",
        frozen=True,
        populate_by_name=True,
    )

    data: Place = _about(Path("data"), "directory of the library: the record and both indexes")
    cache: Place = _about(Path("~/.cache/dateline"), "directory of the vector cache, shared by all libraries")
    chat_model: str = _about("gpt-4.1-mini", "language model; only used with one of the next two")
    openai_api_key: ModelKey | None = _about(None, "lets a language model write answers", variable="OPENAI_API_KEY")
    openai_base_url: Address | None = _about(
        None,
        "server of the language model, compatible with OpenAI's; lets it write answers",
        variable="OPENAI_BASE_URL",
    )
    embedding_model: str = _about(LOCAL_EMBEDDING_MODEL, "the local model, or one served at the next")
    embedding_base_url: Address | None = _about(None, "embedding server, compatible with OpenAI's")
    embedding_api_key: ModelKey | None = _about(None, "key of the embedding server")
    request_seconds: float = _about(30.0, "longest wait for a model server", gt=0, le=_MOST_SECONDS)
    sources: Place = _about(Path("sources.toml"), "the outlets, with tiers and who may be shown whole")
    contact: str | None = _about(
        None,
        "where an outlet can ask about our requests: an address or URL for the user agent",
        pattern=r"^[!-~]{3,200}$",
    )
    sites: Place | None = _about(None, "whose pages may show the widget; unset: sites.toml in the library's directory")
    intents: Place | None = _about(
        None, "more examples of what readers want; unset: intents.toml in the library's directory"
    )
    evidence_tokens: int = _about(4000, "most tokens of passages in one prompt", ge=200)
    reasoning_tokens: Count = _about(2000, "tokens that a model may think with, on top of the 400 of a reply")
    context_tokens: Count = _about(0, "what the language model reads and writes at once; 0: known by name, or not")
    daily_tokens: Count = _about(
        0, "tokens of the language model a day, beyond which answers are quotes; 0: any number"
    )
    cached_answers: Count = _about(0, "answers kept in memory for readers who ask the same; 0: none")
    unverified: Literal["mark", "drop"] = _about(
        "mark", "a model's sentence whose evidence does not hold is marked, or left out (drop)"
    )
    api_key: ServerKey | None = _about(None, "what programs must send to /v1 and /api; unset: nothing")
    requests_per_minute: Count = _about(60, "questions and other requests of one client; 0: any number")
    articles_per_minute: Count = _about(60, "article pages and shared conversations of one client; 0: any number")
    opt_outs: Literal["report", "obey"] = _about(
        "report",
        "pages whose outlets opt out of use by machines are reported, or left out (obey)",
    )
    feedback_days: int = _about(90, "how long feedback is kept whose reader agreed to that", ge=1, le=_MOST_DAYS)
    conversation_days: int = _about(
        30,
        "how long conversations are kept whose readers asked for it, after their last use; 0: none are",
        ge=0,
        le=_MOST_DAYS,
    )

    @property
    def generates(self) -> bool:
        """A language model writes the answers."""
        return bool(self.openai_base_url or (self.openai_api_key and self.openai_api_key.get_secret_value()))

    @property
    def intent_files(self) -> tuple[Path, ...]:
        """The operator's own examples of what readers want."""
        if self.intents:
            return (self.intents,)
        usual = self.data / "intents.toml"
        return (usual,) if usual.exists() else ()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then the environment, then `dateline.toml`."""
        return init_settings, env_settings, _File(settings_cls)


class _File(TomlConfigSettingsSource):
    """`dateline.toml`, read as every other TOML file."""

    def _read_file(self, file_path: Any) -> dict[str, Any]:
        return read_toml(file_path, error=SettingsError)


def variables() -> dict[str, str]:
    """Names of the environment's variables -> names of the settings."""
    names = {}
    for name, field in Settings.model_fields.items():
        alias = field.validation_alias
        names[str(alias.choices[0]) if isinstance(alias, AliasChoices) else f"{_PREFIX}{name.upper()}"] = name
    return names


def settings_help() -> str:
    """Every setting with its variable and default, for `--help`."""
    lines = [f"settings, from the environment or {FILE} in the working directory (the environment wins):"]
    for variable, name in variables().items():
        field = Settings.model_fields[name]
        default = "" if field.default is None else f" (default: {field.default})"
        lines.append(f"  {variable:<29} {field.description}{default}")
    return "\n".join(lines)


def at_least_one(text: str) -> int:
    """A number that an option of a command counts with, for `argparse`."""
    number = int(text)
    if number < 1:
        raise ArgumentTypeError("must be at least 1")
    return number


def load_settings(data: Path | None = None) -> Settings:
    """Settings of this process; `data` is the command line's `--data`.

    Raises:
        SettingsError: A value is wrong, a name is unknown, or `dateline.toml` cannot be read; in one line. A name is
            unknown, too, if another program's variable says what ours would: a key and texts would go elsewhere.
    """
    unknown = sorted(
        name for name in os.environ if name.upper().startswith(_PREFIX) and name.upper() not in variables()
    )
    if unknown:
        raise SettingsError("; ".join(_unknown(name, variables()) for name in unknown))
    try:
        settings = Settings() if data is None else Settings(data=data)
    except ValidationError as error:
        raise SettingsError("; ".join(map(_problem, error.errors()))) from error
    if Path(FILE).is_dir():
        raise SettingsError(f"{FILE} is a folder; Docker makes one where a file that is mounted does not exist")
    if unread := [name for name, ours in _OTHER_NAMES.items() if os.environ.get(name) and _is_missing(settings, ours)]:
        raise SettingsError("; ".join(f"{name} is not read; set {_OTHER_NAMES[name]} instead" for name in unread))
    return settings


def _is_missing(settings: Settings, variable: str) -> bool:
    """Whether a setting of the language model is left to its default, and matters."""
    name = variables()[variable]
    return name not in settings.model_fields_set and (settings.generates or name != "chat_model")


def _unknown(name: str, known: Iterable[str]) -> str:
    """The message about an unknown name, with what was perhaps meant."""
    end = _end(name)
    if end in _NOT_YET:
        return f"{name} is not supported yet; record and indexes are in the library's directory ({_PREFIX}DATA)"
    if end in _OPTIONS:
        return f"{name} is no setting; app.py has --{end.replace('_', '-')}"
    by_end = {_end(each): each for each in known}
    nearest = [by_end[each] for each in get_close_matches(end, by_end, n=1)]
    return f"{name} is no setting; did you mean {nearest[0]}?" if nearest else f"{name} is no setting; see --help"


def _end(name: str) -> str:
    """A setting's name as `dateline.toml` has it."""
    return name.lower().removeprefix(_PREFIX.lower())


def _problem(error: "ErrorDetails") -> str:
    """What is wrong with one setting, and where it was set; a secret is not shown."""
    given = str(error["loc"][0])
    name = variables().get(given, given)
    if error["type"] == "extra_forbidden":
        return f"{FILE}: {_unknown(given, Settings.model_fields)}"
    variable = next(variable for variable, setting in variables().items() if setting == name)
    place = variable if os.environ.get(variable) else f"{FILE}: {name}"
    shown = "" if name.endswith("_key") else f" {str(error['input'])[:100]!r}"
    return f"{place}{shown}: {error['msg'].removeprefix('Value error, ')}"


def read_toml(file: Path, *, error: type[DatelineError], name: str = "") -> dict[str, Any]:
    """Return the tables of a TOML file.

    Args:
        file: In UTF-8, with a byte order mark or without.
        error: Raised with what is wrong.
        name: How its message calls the file; by default by its path.

    Raises:
        DatelineError: As `error`: the file cannot be read, or is not TOML.
    """
    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
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
