"""A model server that is wrong is told when the web server starts."""

import pytest
from pydantic import SecretStr

from rag.errors import SettingsError
from rag.indexes.model_server import problem_of
from tests.openai_server import openai_server


def problem(url: str) -> str:
    return problem_of(url, SecretStr("a-key"), model="a-model", settings="A_URL and A_KEY")


@pytest.mark.parametrize(
    ("fault", "models", "told"),
    [
        ("", ["a-model"], ""),
        ("", [], ""),
        ("", ["b-model", "c-model"], "does not offer 'a-model', but b-model, c-model; check A_URL and A_KEY"),
        ("404", [], "(404); check whether A_URL and A_KEY ends as it should"),
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
        with pytest.raises(SettingsError, match="refuses the key") as refused:
            problem(server.url)
    assert "a-key" not in str(refused.value)
    assert "no model server answers" in problem(server.url)
