"""What `--help` of every command says."""

import argparse
from collections.abc import Iterator

import app
import evals.__main__
import ingest.command_line
import rag.__main__


def options_of(parser: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.Action]]:
    """Every argument of a command and of the commands below it, with the command's name."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                yield from options_of(command)
        elif not isinstance(action, argparse._HelpAction):
            yield parser.prog, action


def test_help_names_every_default() -> None:
    parsers = (
        app._parser(),
        ingest.command_line.parser_of_arguments(),
        rag.__main__._parser(),
        evals.__main__._parser(),
    )
    options = [option for parser in parsers for option in options_of(parser)]
    unsaid = [
        (command, option.dest)
        for command, option in options
        if option.default not in (None, False, []) and "default" not in str(option.help)
    ]
    assert unsaid == []
    data = {str(option.help).partition("(")[2] for _, option in options if option.dest == "data"}
    assert data == {"default: DATELINE_DATA, else ./data)"}
