"""How publishers tell machines that they shall not make use of what is published.

Read are the TDM Reservation Protocol (W3C, 2024): header, meta tag and `/.well-known/tdmrep.json`;
`noai` in robots meta tags and `X-Robots-Tag`; the signal `ai-input=no` in a robots.txt; and rules of a robots.txt for
agents that gather texts for language models. `noimageai` is about pictures, which are not taken.
"""

import json
import re
from collections.abc import Iterable, Mapping

from protego import Protego

AI_AGENTS = (
    "GPTBot",
    "OAI-SearchBot",
    "ChatGPT-User",
    "ClaudeBot",
    "Claude-User",
    "anthropic-ai",
    "Google-Extended",
    "CCBot",
    "PerplexityBot",
    "Applebot-Extended",
    "Meta-ExternalAgent",
    "Bytespider",
    "Amazonbot",
    "cohere-ai",
    "Diffbot",
)
"""Agents of language models that publishers address most; one that is shut out of a page by name says what is meant."""
_RESERVED = re.compile(r"\s*(?:1|true|yes)\s*", re.IGNORECASE)
_NO_AI = re.compile(r"(?:^|[\s,:])noai(?:$|[\s,])", re.IGNORECASE)
_SIGNAL = re.compile(r"^[ \t]*+content-(?:signal|usage)[ \t]*+:(.{0,500})$", re.IGNORECASE | re.MULTILINE)
_NO_INPUT = re.compile(r"\b(?:ai-input|ai|use-ai)\s*=\s*(?:no?\b)", re.IGNORECASE)
_MOST_RULES = 1_000


def of_tags(tags: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """The opt-outs among the meta tags of a page.

    Args:
        tags: Name and content of each.
    """
    opt_outs = []
    for name, content in tags:
        name = name.strip().lower()
        if name == "tdm-reservation" and _RESERVED.fullmatch(content):
            opt_outs.append("a meta tag tdm-reservation")
        if name in ("robots", "dateline", "x-robots-tag") and _NO_AI.search(content):
            opt_outs.append("a meta tag noai")
    return tuple(dict.fromkeys(opt_outs))


def of_headers(headers: Mapping[str, str]) -> tuple[str, ...]:
    """The opt-outs in the headers of an answer, whose names are compared without case by the mapping."""
    opt_outs = []
    if _RESERVED.fullmatch(headers.get("tdm-reservation", "")):
        opt_outs.append("a header tdm-reservation")
    if _NO_AI.search(headers.get("x-robots-tag", "")):
        opt_outs.append("a header noai")
    return tuple(opt_outs)


def of_robots(rules: Protego, text: str, address: str) -> tuple[str, ...]:
    """The opt-outs of a robots.txt for an address.

    Args:
        rules: The file, parsed.
        text: The same, as it came.
        address: Http or https.
    """
    # An agent that no group names is under the rules for all, which are not about language models.
    named = [agent for agent in AI_AGENTS if agent.lower() in text.lower()]
    shut_out = (
        [agent for agent in named if not rules.can_fetch(address, agent)] if rules.can_fetch(address, "*") else []
    )
    opt_outs = [f"rules for agents of language models ({', '.join(shut_out[:3])}) in robots.txt"] if shut_out else []
    if any(_NO_INPUT.search(signal) for signal in _SIGNAL.findall(text)):
        opt_outs.append("a content signal in robots.txt")
    return tuple(opt_outs)


def of_tdm_file(body: bytes, path: str) -> tuple[str, ...]:
    """The opt-outs of a `/.well-known/tdmrep.json` for a path; the rule of the longest fitting location counts."""
    try:
        rules = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return ()
    fitting = [
        (len(rule["location"]), rule.get("tdm-reservation"))
        for rule in (rules if isinstance(rules, list) else [])[:_MOST_RULES]
        if isinstance(rule, dict) and isinstance(rule.get("location"), str) and _fits(rule["location"], path)
    ]
    reserved = max(fitting, key=lambda rule: rule[0], default=(0, 0))[1]
    return ("tdmrep.json",) if _RESERVED.fullmatch(str(reserved)) else ()


def _fits(location: str, path: str) -> bool:
    """A location is the beginning of a path, in which `*` stands for any characters and `$` for the end."""
    pieces = location.removesuffix("$").split("*")
    if not path.startswith(pieces[0]):
        return False
    place = len(pieces[0])
    for piece in pieces[1:]:
        at = path.find(piece, place)
        if at < 0:
            return False
        place = at + len(piece)
    return not location.endswith("$") or place == len(path)
