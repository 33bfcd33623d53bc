"""Whether a model server answers and takes the key: asked once, when the web server starts."""

import httpx
from pydantic import SecretStr

from rag.errors import SettingsError

OPENAI_URL = "https://api.openai.com/v1"
"""Where OpenAI's own models are."""
_SECONDS = 5.0


def problem_of(base_url: str | None, key: SecretStr | None, *, model: str, settings: str) -> str:
    """Return what is doubtful about a model server; empty if nothing is, or the server cannot tell.

    Args:
        base_url: Of a server compatible with OpenAI's; `None` means OpenAI's own.
        key: That it is sent.
        model: That it will be asked for.
        settings: Names of the settings to look at, as a message names them.

    Raises:
        SettingsError: The server refuses the key.
    """
    url = f"{(base_url or OPENAI_URL).rstrip('/')}/models"
    headers = {"authorization": f"Bearer {key.get_secret_value()}"} if key else {}
    try:
        response = httpx.get(url, headers=headers, timeout=_SECONDS, follow_redirects=True)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return f"no model server answers at {url} ({error or type(error).__name__}); check {settings}"
    if response.status_code in (401, 403):
        raise SettingsError(f"the model server at {url} refuses the key ({response.status_code}); check {settings}")
    if response.status_code == 404:
        return f"there is no list of models at {url} (404); check whether {settings} ends as it should, mostly in /v1"
    models = _names(response)
    if models and model not in models:
        return f"the model server at {url} does not offer {model!r}, but {', '.join(models[:5])}; check {settings}"
    return ""


def _names(response: httpx.Response) -> list[str]:
    """The models that are listed; none if this is no list of models."""
    try:
        return [str(each["id"]) for each in response.json()["data"]]
    except (ValueError, KeyError, TypeError):
        return []
