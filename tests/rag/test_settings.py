"""Settings as operators make them: every mistake is one line that names what to change."""

import re
import tomllib
from pathlib import Path

import pytest

from rag.errors import SettingsError
from rag.settings import Settings, load_settings, settings_help, variables
from tests.conftest import ROOT


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("DATELINE_CACHE", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("DATELINE_DTA", "x", "DATELINE_DTA is no setting; did you mean DATELINE_DATA?"),
        ("DATELINE_QQQQ", "x", "DATELINE_QQQQ is no setting; see --help"),
        ("DATELINE_PORT", "8000", "DATELINE_PORT is no setting; app.py has --port"),
        ("DATELINE_DATABASE_URL", "sqlite:///x", "DATELINE_DATABASE_URL is not supported yet"),
        ("OPENAI_API_BASE", "http://127.0.0.1:8080/v1", "OPENAI_API_BASE is not read; set OPENAI_BASE_URL instead"),
        ("DATELINE_REQUESTS_PER_MINUTE", "lots", "DATELINE_REQUESTS_PER_MINUTE 'lots': "),
        ("DATELINE_REQUESTS_PER_MINUTE", "-1", "DATELINE_REQUESTS_PER_MINUTE '-1': "),
        ("DATELINE_UNVERIFIED", "maybe", "'mark' or 'drop'"),
        ("DATELINE_REQUEST_SECONDS", "inf", "less than or equal to 86400"),
        ("DATELINE_FEEDBACK_DAYS", "99999999", "less than or equal to 36500"),
        ("DATELINE_CONVERSATION_DAYS", "99999999", "less than or equal to 36500"),
        ("OPENAI_BASE_URL", "127.0.0.1:8080/v1", "OPENAI_BASE_URL '127.0.0.1:8080/v1': write an address"),
        ("OPENAI_BASE_URL", "http://127.0.0.1:8080 /v1", "OPENAI_BASE_URL"),
        ("DATELINE_EMBEDDING_BASE_URL", "https://", "DATELINE_EMBEDDING_BASE_URL"),
        ("OPENAI_API_KEY", "sk-half\nsk-half", "OPENAI_API_KEY: a key has no spaces"),
        ("OPENAI_API_KEY", '"sk-half"', "OPENAI_API_KEY: a key has no quotes around it"),
        ("DATELINE_API_KEY", " 'half' ", "DATELINE_API_KEY: a key has no quotes around it"),
    ],
)
def test_a_wrong_variable_is_one_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, told: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError) as wrong:
        load_settings()
    assert told in str(wrong.value)
    assert "\n" not in str(wrong.value)
    assert "half" not in str(wrong.value)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"chat_model = [", "dateline.toml is not TOML"),
        (b'data = "\xff"', "dateline.toml is not TOML"),
        ('data = "x"'.encode("utf-16"), "dateline.toml is not TOML"),
        (b'DATELINE_DATA = "x"', "dateline.toml: DATELINE_DATA is no setting; did you mean data?"),
        (b'chat_modl = "x"', "dateline.toml: chat_modl is no setting; did you mean chat_model?"),
        (b"[server]\nport = 1", "dateline.toml: server is no setting"),
        (b'allow_origin = "https://news.example"', "allow_origin is no setting; app.py has --allow-origin"),
        (b'requests_per_minute = "many"', "dateline.toml: requests_per_minute 'many'"),
        (b'openai_api_key = "two words"', "dateline.toml: openai_api_key: a key has no spaces"),
    ],
)
def test_a_wrong_file_is_one_line(folder: Path, content: bytes, told: str) -> None:
    (folder / "dateline.toml").write_bytes(content)
    with pytest.raises(SettingsError) as wrong:
        load_settings()
    assert told in str(wrong.value)
    assert "\n" not in str(wrong.value)


def test_a_folder_in_the_files_place_is_told(folder: Path) -> None:
    (folder / "dateline.toml").mkdir()
    with pytest.raises(SettingsError, match="dateline.toml is a folder; Docker makes one"):
        load_settings()


def test_another_programs_name_is_told_only_where_ours_is_missing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_MODEL", "a-model")
    assert not load_settings().generates
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    with pytest.raises(SettingsError, match="OPENAI_MODEL is not read; set DATELINE_CHAT_MODEL instead"):
        load_settings()
    (folder / "dateline.toml").write_text('chat_model = "another"', encoding="utf-8")
    assert load_settings().chat_model == "another"


def test_a_file_of_windows_and_a_home_folder_are_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("DATELINE_SOURCES", "~/outlets.toml")
    (folder / "dateline.toml").write_bytes(b'\xef\xbb\xbfdata = "~/news"\r\n')
    settings = load_settings()
    assert (settings.data, settings.sources) == (folder / "news", folder / "outlets.toml")
    assert settings.cache == folder / ".cache" / "dateline"


def test_an_empty_variable_is_unset(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "dateline.toml").write_text('chat_model = "a-model"\nopenai_api_key = "key "', encoding="utf-8")
    for variable in variables():
        monkeypatch.setenv(variable, "")
    settings = load_settings()
    assert (settings.chat_model, settings.sites, settings.api_key) == ("a-model", None, None)
    assert settings.openai_api_key
    assert settings.openai_api_key.get_secret_value() == "key"


def test_the_example_shows_every_setting_with_its_default(folder: Path) -> None:
    lines = (ROOT / "dateline.example.toml").read_text(encoding="utf-8").splitlines()
    shown = [line.removeprefix("# ") for line in lines if re.match(r"# [a-z_]+ = ", line)]
    values = tomllib.loads("\n".join(shown))
    assert values.keys() == Settings.model_fields.keys()
    defaults = {name: field.default for name, field in Settings.model_fields.items() if field.default is not None}
    assert {name: str(values[name]) for name in defaults} == {name: str(value) for name, value in defaults.items()}
    Settings.model_validate(values | {"openai_api_key": "k"})


def test_help_and_readme_name_every_variable_and_default() -> None:
    table = (ROOT / "README.md").read_text(encoding="utf-8")
    for variable, name in variables().items():
        default = Settings.model_fields[name].default
        assert re.search(
            rf"^  {variable} .*{re.escape(f'(default: {default})') if default is not None else ''}$",
            settings_help(),
            re.MULTILINE,
        )
        assert variable in table or variable.endswith("_API_KEY")
