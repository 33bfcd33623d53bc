"""Whether a model server answers and takes the key: asked once, when the web server starts."""

from dataclasses import dataclass
from difflib import get_close_matches

import httpx
from pydantic import SecretStr

from rag.errors import SettingsError

OPENAI_URL = "https://api.openai.com/v1"
"""Where OpenAI's own models are."""
LOOPBACK_DIRECTLY: dict[str, httpx.BaseTransport | None] = {
    f"all://{host}": None for host in ("127.0.0.1", "localhost", "[::1]")
}
"""`mounts` of an httpx client: a proxy of the environment (HTTP_PROXY) cannot reach a server on this machine."""
_SECONDS = 5.0
_SHOWN = 5
"""Models of a server."""


@dataclass(frozen=True, slots=True)
class SettingNames:
    """How an operator sets a model server, for messages.

    Attributes:
        url: Name of the setting of its address.
        key: Of its key.
        model: Of the model.
    """

    url: str
    key: str
    model: str


def problem_of(base_url: str | None, key: SecretStr | None, *, model: str, names: SettingNames) -> str:
    """Return what is doubtful about a model server; empty if nothing is, or the server cannot tell.

    Args:
        base_url: Of a server compatible with OpenAI's; `None` means OpenAI's own.
        key: That it is sent.
        model: That it will be asked for.
        names: Of the settings, for the message.

    Raises:
        SettingsError: The server refuses the key, or wants one.
    """
    url = f"{(base_url or OPENAI_URL).rstrip('/')}/models"
    headers = {"authorization": f"Bearer {key.get_secret_value()}"} if key else {}
    try:
        with httpx.Client(timeout=_SECONDS, follow_redirects=True, mounts=LOOPBACK_DIRECTLY) as client:
            response = client.get(url, headers=headers)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return f"no model server answers at {url} ({error or type(error).__name__}); check {names.url}"
    if response.status_code in (401, 403):
        told = f"refuses the key ({response.status_code}); check {names.key} and {names.url}"
        wanted = f"wants a key ({response.status_code}); set {names.key}"
        raise SettingsError(f"the model server at {url} {told if key else wanted}")
    if response.status_code == 404:
        return f"there is no list of models at {url} (404); check whether {names.url} ends as it should, mostly in /v1"
    offered = _names(response)
    # Ollama lists models with the tag that it takes for granted, Gemini with their kind.
    if offered and not {model, f"{model}:latest", f"models/{model}"} & set(offered):
        similar = ", ".join(get_close_matches(model, offered, n=_SHOWN, cutoff=0))
        return f"the model server at {url} does not offer {model!r}, but {similar}; check {names.model}"
    return ""


def _names(response: httpx.Response) -> list[str]:
    """The models that are listed; none if this is no list of models."""
    try:
        return [str(each["id"]) for each in response.json()["data"]]
    except (ValueError, KeyError, TypeError):
        return []
