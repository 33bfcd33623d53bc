"""Tokens are counted by day and site; beyond a budget answers are quotes, and say so."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingest.__main__ import main
from rag.engine import Dateline, dateline_over
from rag.library.library import Library
from rag.messages import NOT_FOUND, in_language, model_failed
from rag.models import Usage
from rag.settings import Settings
from rag.store.token_ledger import USAGE_FILE, TokenLedger, TokenSum
from tests.openai_server import Script, openai_server
from tests.rag.asking import WHO

WORDS = in_language()

TODAY = datetime(2026, 10, 11, 12, tzinfo=UTC)
USED_UP = model_failed(WORDS, "budget", midway=False)


class Clock:
    now = TODAY

    def __call__(self) -> datetime:
        return self.now


def metered(library: Library, server: Script, ledger: TokenLedger, *, daily_tokens: int = 0) -> Dateline:
    settings = Settings(OPENAI_BASE_URL=server.url, chat_model="scripted", daily_tokens=daily_tokens)
    return dateline_over(library, settings, ledger=ledger)


def test_tokens_are_summed_by_day_and_site(tmp_path: Path) -> None:
    clock = Clock()
    ledger = TokenLedger(tmp_path / USAGE_FILE, clock=clock)
    ledger.add("courier", Usage(100, 10))
    ledger.add("courier", Usage(200, 20))
    ledger.add("", Usage(1, 2))
    clock.now += timedelta(days=1)
    assert ledger.spent_today() == 0
    ledger.add("courier", Usage(5, 0))
    assert (ledger.spent_today(), ledger.spent_today("courier"), ledger.spent_today("other")) == (5, 5, 0)
    ledger.close()
    again = TokenLedger(tmp_path / USAGE_FILE, clock=clock)
    assert again.sums(since=TODAY.date()) == (
        TokenSum(TODAY.date() + timedelta(days=1), "courier", 1, Usage(5, 0)),
        TokenSum(TODAY.date(), "", 1, Usage(1, 2)),
        TokenSum(TODAY.date(), "courier", 2, Usage(300, 30)),
    )
    again.close()


def test_beyond_the_days_budget_the_quotes_answer_and_say_so(
    sample_library: Library, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    clock = Clock()
    ledger = TokenLedger(tmp_path / USAGE_FILE, clock=clock)
    with openai_server() as server:
        server.reply = NOT_FOUND
        dateline = metered(sample_library, server, ledger, daily_tokens=18)
        assert dateline.ask(WHO).model == "scripted"
        assert ledger.spent_today() == 18
        quoted = dateline.ask(WHO)
        assert "the day's 18 tokens are used up" in caplog.text
        assert (quoted.model, quoted.notes) == ("quotes", (USED_UP,))
        assert "Osric Tanbery" in quoted.text
        assert len(server.requests) == 1
        clock.now += timedelta(days=1)
        assert dateline.ask(WHO).model == "scripted"
    ledger.close()


def test_a_site_has_a_budget_of_its_own(sample_library: Library, tmp_path: Path) -> None:
    ledger = TokenLedger(tmp_path / USAGE_FILE)
    with openai_server() as server:
        server.reply = NOT_FOUND
        dateline = metered(sample_library, server, ledger)
        courier = dateline.of_site("courier", daily_tokens=18)
        assert [courier.ask(WHO).model, courier.ask(WHO).model] == ["scripted", "quotes"]
        assert dateline.of_site("gazette").ask(WHO).model == dateline.ask(WHO).model == "scripted"
    assert [(each.site, each.requests) for each in ledger.sums(since=TODAY.date())] == [
        ("", 1),
        ("courier", 1),
        ("gazette", 1),
    ]
    ledger.close()


def test_what_a_server_does_not_report_is_estimated(sample_library: Library, tmp_path: Path) -> None:
    ledger = TokenLedger(tmp_path / USAGE_FILE)
    with openai_server() as server:
        server.reply, server.counts = NOT_FOUND, False
        answer = metered(sample_library, server, ledger).ask(WHO)
        words = len(server.prompt.split())
    (spent,) = ledger.sums(since=TODAY.date())
    assert words < spent.usage.prompt_tokens < 3 * words
    assert 5 < spent.usage.completion_tokens < 20
    assert answer.usage == spent.usage.of("draft")  # what is charged is what the answer tells
    ledger.close()


def test_status_tells_what_was_spent(sample_library: Library, capsys: pytest.CaptureFixture[str]) -> None:
    data = ["--data", str(sample_library.folder)]
    assert main(["status", "--json", *data]) == 0
    assert json.loads(capsys.readouterr().out)["tokens"] == []
    ledger = TokenLedger(sample_library.folder / USAGE_FILE)
    ledger.add("courier", Usage(1200, 30))
    ledger.close()
    try:
        assert main(["status", *data]) == 0
        assert "courier: 1,200 tokens read and 30 written in 1 requests" in capsys.readouterr().out
        assert main(["status", "--json", *data]) == 0
        assert json.loads(capsys.readouterr().out)["tokens"][0]["prompt_tokens"] == 1200
    finally:
        for file in sample_library.folder.glob(f"{USAGE_FILE}*"):
            file.unlink()
