"""The arguments of `python -m ingest`, and what an operator probably meant by those that stand for nothing."""

import argparse
import re
from collections.abc import Collection, Sequence
from difflib import get_close_matches
from pathlib import Path

from rag.settings import settings_help

_HOST = re.compile(r"(?:[\w-]{1,63}\.){1,10}[a-z]{2,24}(?::\d{1,5})?(?:/\S{0,2000})?", re.IGNORECASE)
_SCHEME = re.compile(r"(?:([a-z][a-z+.-]{1,9}):|https?(?=//))/{0,3}(\S{1,2000})", re.IGNORECASE)
_AROUND_ADDRESS = "<>\"'()[]"
_MEANT = {"delete": "forget", "remove": "forget", "rm": "forget", "unpublish": "withdraw", "retract": "withdraw"}
"""Words that other programs have for commands of this one."""
_ALONE = ("status", "rebuild", "check")
"""Commands that take no SOURCE."""
_OF_ARTICLES = ("withdraw", "forget")
"""Commands that take `--source`."""
_EXAMPLE = "sources.example.toml"
_EPILOG = """instead of sources, one of these commands (a file of that name is given as ./NAME):
  status                  how each source is doing; exit code 1 if one is failing
  rebuild                 rebuild both indexes from the record, e.g. after a change of model
  check                   ask the indexes for every passage, and for any other; rebuild if they are damaged
  withdraw URL|ID ...     take articles out of what can be found; the record keeps them
  forget URL|ID ...       remove articles from record, indexes, cache and disk (--source NAME: an outlet's)
  backup FILE             write the record, from which all else derives, into FILE (.tar.gz)
  restore FILE            put a backup into an empty data directory and derive its indexes
A command that was killed is finished by the next one that writes to the library."""


def parser_of_arguments() -> argparse.ArgumentParser:
    """The parser of the command's arguments."""
    parser = argparse.ArgumentParser(
        prog="python -m ingest",
        description="Brings articles into the library.",
        epilog=f"{_EPILOG}\n\n{settings_help()}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "inputs", nargs="*", metavar="SOURCE", help="file, folder, or address of a page, feed or sitemap; or a command"
    )
    parser.add_argument("--data", type=Path, help="directory of the library (default: DATELINE_DATA, else ./data)")
    parser.add_argument(
        "--sources",
        dest="outlets_file",
        type=Path,
        nargs="?",
        const=Path(),
        metavar="FILE",
        help="all outlets of this sources.toml; sources.example.toml is one",
    )
    parser.add_argument(
        "--watch", action="store_true", help="with --sources: go on, new articles often and older ones rarely"
    )
    parser.add_argument(
        "--due", action="store_true", help="with --sources: ask only what is due by the outlets' intervals (for cron)"
    )
    parser.add_argument(
        "--again", action="store_true", help="take in again what was withdrawn or forgotten, if it is among the sources"
    )
    parser.add_argument("--json", action="store_true", help="print the report as one JSON object")
    parser.add_argument(
        "--allow-private", action="store_true", help="fetch from addresses that are not public, too (intranets)"
    )
    parser.add_argument(
        "--source", dest="outlet", metavar="NAME", help="with withdraw and forget: all articles of this outlet"
    )
    return parser


def about_arguments(options: argparse.Namespace, *, commands: Collection[str]) -> str | None:
    """What is wrong with the arguments, and what was perhaps meant; `None` if they can be followed.

    Args:
        options: As `parser_of_arguments` gives them.
        commands: Names of the commands.
    """
    command, *rest = options.inputs or [""]
    if command in _ALONE and rest:
        return f"{command} takes nothing more, and {rest[0]!r} is given"
    if options.outlet is not None and command not in _OF_ARTICLES:
        return "--source NAME is for withdraw and forget; --sources FILE reads the outlets of a file"
    return None if command in commands else _about_ingest(options, commands)


def _about_ingest(options: argparse.Namespace, commands: Collection[str]) -> str | None:
    if not options.inputs and not options.outlets_file:
        return "no SOURCE is given"
    if (options.watch or options.due) and not options.outlets_file:
        return "--watch and --due need --sources FILE"
    if options.watch and options.again:
        return "--again is for one run, and --watch goes on"
    return _about_outlets_file(options.outlets_file) or _about_sources(options.inputs, commands=commands)


def is_address(name: str) -> bool:
    """A source is an http or https address, in any case, and no file."""
    return name.lower().startswith(("http://", "https://"))


def _about_sources(names: Sequence[str], *, commands: Collection[str]) -> str | None:
    """Why nothing can be read of sources, none of which is there, and what was perhaps meant.

    Args:
        names: Files, folders and addresses, as given.
        commands: Names of the commands.

    Returns:
        `None` if one of them may be read.
    """
    if not all(map(str.strip, names)):
        return "a SOURCE is empty; name a file, a folder or an address"
    # A misspelt command is one, whatever follows it: `withdrw URL` must not take the address in.
    if mistyped := [name for name in names if _command_meant(name, commands)]:
        return _about(mistyped[0], commands)
    if not names or any(_may_be_read(name) for name in names):
        return None
    return "; ".join(_about(name, commands) for name in names)


def _may_be_read(name: str) -> bool:
    if is_address(name):
        return bool(name.partition("://")[2].strip("/"))
    return _is_there(name) and Path(name).suffix.lower() != ".toml"


def _command_meant(name: str, commands: Collection[str]) -> str | None:
    if is_address(name) or _is_there(name):
        return None
    alike = get_close_matches(name.lower(), commands, n=1, cutoff=0.7)
    return _MEANT.get(name.lower()) or next(iter(alike), None)


def _about_outlets_file(file: Path | None) -> str | None:
    """Why the outlets cannot be read of a file; `None` if it is there, or none is asked for."""
    if file is None or (file != Path() and file.exists()):
        return None
    address = str(file).replace(":/", "://", 1)  # a path has single slashes
    if is_address(address):
        return f"--sources takes a FILE that names outlets; give {address} without it"
    named = "--sources takes a FILE" if file == Path() else f"there is no file {file}{_or_beside(file)}"
    return f"{named}; copy {_EXAMPLE} and name your outlets in it (docs/sources.md)"


def _about(name: str, commands: Collection[str]) -> str:
    if command := _command_meant(name, commands):
        return f"no file or folder {name!r}; did you mean the command `{command}`?"
    if name.lower().endswith(".toml"):
        return f"{name!r} may name outlets and is no article; give it as --sources {name}"
    if beside := _or_beside(Path(name)):
        return f"no file or folder {name!r}{beside}"
    name = name.strip(_AROUND_ADDRESS)
    if _HOST.fullmatch(name):
        return f"no file or folder {name!r}; did you mean https://{name}?"
    if scheme := _SCHEME.fullmatch(name):
        if (scheme[1] or "").lower() == "file":
            return f"{name!r} is no address of the web; give the path of the file alone"
        meant = scheme[2] if is_address(scheme[2]) else f"https://{scheme[2]}"
        return f"{name!r} is no http or https address; did you mean {meant}?"
    return f"no file or folder {name!r}; --help tells what a SOURCE may be"


def _or_beside(path: Path) -> str:
    """What stands beside a path under a similar name, as a question; empty for nothing."""
    try:
        names = [entry.name for entry in path.parent.iterdir()]
    except (OSError, ValueError):
        return ""
    alike = get_close_matches(path.name, names, n=1, cutoff=0.7)
    return f"; did you mean {path.parent / alike[0]}?" if alike else ""


def _is_there(name: str) -> bool:
    try:
        Path(name).lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except (OSError, ValueError):
        return True  # why it cannot be read is said when it is
    return True
