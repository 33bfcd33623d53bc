"""One frozen set of settings, built at the entry points from the environment and `dateline.toml`, and TOML files."""

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AliasChoices, BaseModel, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from rag.errors import DatelineError, SettingsError

Model = TypeVar("Model", bound=BaseModel)

LOCAL_EMBEDDING_MODEL = "all-MiniLM-L6-v2-int8"


class Settings(BaseSettings):
    """What an operator can set; the environment wins over `dateline.toml`.

    Attributes:
        data: Directory of the library: the record and both indexes.
        cache: Directory of the vector cache, shared by all libraries.
        chat_model: Name of the language model; only used with a key or a base URL.
        openai_api_key: Turns the generating answerer on.
        openai_base_url: A server compatible with OpenAI's; turns it on too.
        embedding_model: The local model's name, or a model served at `embedding_base_url`; its `model_name`, too.
        embedding_base_url: An OpenAI-compatible embedding server; unset means the local model.
        request_seconds: Longest wait for one request to a model server.
        sources: The outlets' `sources.toml`, with tiers and who may be shown whole; used if it is there.
        contact: Where an outlet can ask about our requests: an address or URL that goes into the user agent.
        sites: The `sites.toml` that says whose pages may show the widget; unset means the one in `data`, if any.
        intents: More examples of what readers want (`rag/query/examples.toml`); unset means `intents.toml` in `data`.
        evidence_tokens: Most tokens of passages in one prompt.
        unverified: What becomes of a model's sentence whose evidence does not hold: marked, or left out.
        api_key: What programs must send to `/v1` and `/api`; unset lets all in that reach the server.
        requests_per_minute: Questions, searches and other requests that one client may make; 0 means any number.
        articles_per_minute: Pages of articles that one client may open; 0 means any number.
        feedback_days: How long feedback is kept whose reader agreed to that.
    """

    model_config = SettingsConfigDict(
        env_prefix="DATELINE_", toml_file="dateline.toml", extra="forbid", frozen=True, populate_by_name=True
    )

    data: Path = Path("data")
    cache: Path = Path("~/.cache/dateline")
    chat_model: str = "gpt-4.1-mini"
    openai_api_key: Annotated[SecretStr | None, Field(validation_alias=AliasChoices("OPENAI_API_KEY"))] = None
    openai_base_url: Annotated[str | None, Field(validation_alias=AliasChoices("OPENAI_BASE_URL"))] = None
    embedding_model: str = LOCAL_EMBEDDING_MODEL
    embedding_base_url: str | None = None
    embedding_api_key: SecretStr | None = None
    request_seconds: Annotated[float, Field(gt=0)] = 30.0
    sources: Path = Path("sources.toml")
    contact: Annotated[str | None, Field(pattern=r"^[!-~]{3,200}$")] = None
    sites: Path | None = None
    intents: Path | None = None
    evidence_tokens: Annotated[int, Field(ge=200)] = 4000
    unverified: Literal["mark", "drop"] = "mark"
    api_key: SecretStr | None = None
    requests_per_minute: Annotated[int, Field(ge=0)] = 60
    articles_per_minute: Annotated[int, Field(ge=0)] = 60
    feedback_days: Annotated[int, Field(ge=1)] = 90

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
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def load_settings(data: Path | None = None) -> Settings:
    """Settings of this process; `data` is the command line's `--data`.

    Raises:
        SettingsError: A value is wrong or a name in `dateline.toml` is unknown.
    """
    try:
        return Settings() if data is None else Settings(data=data)
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise SettingsError(f"settings: {problems}") from error


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
