"""A model server that is wrong is told when the web server starts."""

import pytest
from pydantic import SecretStr

from rag.errors import SettingsError
from rag.indexes.model_server import SettingNames, problem_of
from tests.openai_server import openai_server

NAMES = SettingNames("A_URL", "A_KEY", "A_MODEL")


def problem(url: str) -> str:
    return problem_of(url, SecretStr("a-key"), model="a-model", names=NAMES)


@pytest.mark.parametrize(
    ("fault", "models", "told"),
    [
        ("", ["a-model"], ""),
        ("", [], ""),
        ("", ["x", "a-model:latest"], ""),
        ("", ["models/a-model"], ""),
        ("", ["x", "y", "the-model", "z", "q", "a-modem"], "does not offer 'a-model', but a-modem, the-model, "),
        ("", ["b-model"], "but b-model; check A_MODEL"),
        ("404", [], "(404); check whether A_URL ends as it should"),
        ("500", [], ""),
    ],
)
def test_what_is_doubtful_is_told(fault: str, models: list[str], told: str) -> None:
    with openai_server() as server:
        server.fault, server.models = fault, models
        assert told in problem(server.url)
        assert bool(told) == bool(problem(server.url))


def test_a_refused_key_is_an_error_that_does_not_show_it() -> None:
    with openai_server() as server:
        server.fault = "401"
        with pytest.raises(SettingsError, match="refuses the key .401.; check A_KEY and A_URL") as refused:
            problem(server.url)
        with pytest.raises(SettingsError, match="wants a key .401.; set A_KEY"):
            problem_of(server.url, None, model="a-model", names=NAMES)
    assert "a-key" not in str(refused.value)
    assert "no model server answers" in problem(server.url)
