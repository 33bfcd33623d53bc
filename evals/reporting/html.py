"""The report of a run: one HTML file to look at, and JUnit for machines. Nothing in it leaves the page."""

import json
from collections.abc import Callable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from evals.datasets.corpus import Corpus, article_name, names_of
from evals.datasets.suite import Case
from evals.metrics.bootstrap import Estimate, estimate, mean
from evals.reporting.plots import bars, histogram, line_plot
from evals.reporting.terminal import figure
from evals.runs.cases import CaseRecord
from evals.runs.summary import HEADLINE, Summary, columns

REPORT_FILE = "report.html"
JUNIT_FILE = "junit.xml"
_ASSETS = Path(__file__).parents[1] / "assets"
_DECIDES = ("correct", "choice_accuracy", "answer_string_at_10")
_MOST_GROUPS = 12
_SHOWN_HITS = 10


def write_report(
    out: Path, cases: Sequence[Case], records: Sequence[CaseRecord], summary: Summary, corpus: Corpus
) -> None:
    """Writes `report.html` and `junit.xml` into the run's folder."""
    by_id = {case.id: case for case in cases}
    pairs = [(by_id[record.id], record) for record in records]
    (out / REPORT_FILE).write_text(_page(pairs, summary, corpus), "utf-8")
    _junit(pairs, summary).write(out / JUNIT_FILE, encoding="utf-8", xml_declaration=True)


def outcome(case: Case, record: CaseRecord) -> str:
    """`right`, `wrong`, `declined` (wrongly), `answered` (what is not to be known), `failed` or `unscored`."""
    if record.error is not None:
        return "failed"
    decides = next((record.metrics[name] for name in _DECIDES if name in record.metrics), None)
    if decides is None:
        return "unscored"
    if decides > 0:
        return "right"
    if record.metrics.get("declined"):
        return "declined"
    return "wrong" if case.answerable else "answered"


def why_wrong(case: Case, record: CaseRecord) -> str:
    """In a sentence, at which step a case went wrong; empty for one that did not."""
    if record.error is not None:
        return f"The case failed: {record.error}."
    kind = outcome(case, record)
    if kind in ("right", "unscored"):
        return ""
    if kind == "answered":
        return "It answered where the sources do not."
    done = "it declined" if kind == "declined" else "the answer does not say it"
    if record.metrics.get("required_present") == 0 and record.metrics.get("answer_contains") == 1:
        done = "something that is required is missing from the answer"
    return f"{_what_was_found(record)}: {done}."


def _what_was_found(record: CaseRecord) -> str:
    if "hits" not in record.result:
        return "The system does not show what it found"
    found = record.metrics.get("answer_string_at_10")
    if found is None:
        return "An accepted answer stands nowhere in the corpus as it is written"
    if not found:
        return "No passage among the first ten holds an accepted answer"
    return "A passage among the first ten holds an accepted answer"


def _page(pairs: Sequence[tuple[Case, CaseRecord]], summary: Summary, corpus: Corpus) -> str:
    name = escape(str(summary.run.get("suite", "run")))
    kinds = [outcome(case, record) for case, record in pairs]
    options = "".join(
        f'<option value="{kind}">{kind} ({kinds.count(kind)})</option>' for kind in dict.fromkeys(sorted(kinds))
    )
    cases = "".join(_case(case, record, kind, corpus) for (case, record), kind in zip(pairs, kinds, strict=True))
    headline = {metric: one for metric, one in summary.metrics.items() if metric in HEADLINE}
    rest = {metric: one for metric, one in summary.metrics.items() if metric not in HEADLINE}
    policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{name}: evaluation</title><style>{_asset('report.css')}</style></head><body>"
        f"<header><h1>{name}</h1><p>{_made_by(summary.run)}</p></header><main>"
        f"<h2>Figures</h2>{_metrics(headline)}<details><summary>More figures</summary>{_metrics(rest)}</details>"
        f"<h2>Plots</h2><div class='plots'>{_plots(pairs, summary)}</div>"
        f"<details><summary>What made this run</summary><pre>{escape(json.dumps(dict(summary.run), indent=2))}</pre>"
        f"</details><h2>Cases</h2><p class='filters'><label>Outcome <select id='outcome'><option value=''>all "
        f"({len(pairs)})</option>{options}</select></label> <label>Words <input id='words' type='search'></label> "
        f"<span id='shown' role='status'></span></p><div id='cases'>{cases}</div></main>"
        f"<script>{_asset('report.js')}</script></body></html>"
    )


def _made_by(run: Mapping[str, Any]) -> str:
    models = ", ".join(run.get("models", [])) or "no model"
    return escape(f"{run.get('cases', 0)} cases, {models}, {run.get('started', '')}, {run.get('seconds', '')} s")


def _metrics(metrics: Mapping[str, Estimate]) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td>{figure(one.value)}</td>'
        f"<td>{figure(one.low)} – {figure(one.high)}</td><td>{one.n}</td></tr>"
        for name, one in metrics.items()
    )
    return (
        '<table class="metrics"><thead><tr><th scope="col">metric</th><th scope="col">value</th>'
        f'<th scope="col">95 % interval</th><th scope="col">cases</th></tr></thead><tbody>{rows}</tbody></table>'
    )


def _plots(pairs: Sequence[tuple[Case, CaseRecord]], summary: Summary) -> str:
    drawn = []
    ranks = {
        name: [(float(k), value) for k, value in enumerate(summary.curves[name], 1)]
        for name in ("gold_article", "answer_string")
        if name in summary.curves
    }
    if ranks:
        drawn.append(line_plot("Found among the first k passages", ranks, across="k"))
    risk = summary.curves.get("risk")
    if risk:
        points = [((i + 1) / len(risk), value) for i, value in enumerate(risk)]
        drawn.append(line_plot("Risk at each coverage", {"wrong": points}, across="share answered, surest first"))
    milliseconds = columns([record for _, record in pairs], ("latency_ms",))[0].tolist()
    if milliseconds:
        drawn.append(histogram("Latency", milliseconds, across="milliseconds"))
    for title, groups in (
        ("Score by tag", _by(pairs, lambda case, _: case.tags)),
        ("Score by outlet", _by(pairs, _outlets)),
    ):
        if groups:
            drawn.append(bars(title, groups))
    return "".join(drawn)


def _by(
    pairs: Sequence[tuple[Case, CaseRecord]], names: Callable[[Case, CaseRecord], Sequence[str]]
) -> dict[str, Estimate]:
    """Share of right cases by group, largest groups first."""
    groups: dict[str, list[CaseRecord]] = {}
    for case, record in pairs:
        for name in names(case, record):
            groups.setdefault(name, []).append(record)
    largest = sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))[:_MOST_GROUPS]
    found: dict[str, Estimate] = {}
    for name, records in largest:
        decides = next((one for one in _DECIDES if any(one in record.metrics for record in records)), _DECIDES[0])
        value = estimate(columns(records, (decides,)), mean)
        if value is not None:
            found[name] = value
    return found


def _outlets(_case: Case, record: CaseRecord) -> Sequence[str]:
    return list(dict.fromkeys(str(c["article"]["source"] or "unknown") for c in record.result.get("citations", [])))


def _case(case: Case, record: CaseRecord, kind: str, corpus: Corpus) -> str:
    result = record.result
    because = why_wrong(case, record)
    gold = {article_name(one) for one in case.evidence}
    return (
        f'<details class="case {kind}" data-outcome="{kind}"><summary><span class="kind">{kind}</span> '
        f"<span class='id'>{escape(case.id)}</span> {escape(case.question)}</summary>"
        f"{f'<p class=because>{escape(because)}</p>' if because else ''}{_asked(case)}"
        f"<dl><dt>Gold</dt><dd>{escape(' | '.join(case.answers) or 'to be declined')}</dd>"
        f"<dt>Answer</dt><dd class='answer'>{escape(str(result.get('answer', '')))}</dd></dl>"
        f"{_citations(result.get('citations', []), corpus)}{_hits(result.get('hits', []), gold)}</details>"
    )


def _asked(case: Case) -> str:
    turns = "".join(f"<li>{escape(turn.role)}: {escape(turn.content)}</li>" for turn in case.history)
    date = f"<p>As of {case.as_of:%Y-%m-%d %H:%M} UTC</p>" if case.as_of else ""
    return date + (f"<ol>{turns}</ol>" if turns else "")


def _citations(citations: Sequence[Mapping[str, Any]], corpus: Corpus) -> str:
    return "".join(
        f"<blockquote>[{int(one['marker'])}] {_article(one['article'])}<br>{_in_context(one, corpus)}</blockquote>"
        for one in citations
    )


def _in_context(citation: Mapping[str, Any], corpus: Corpus) -> str:
    """The quote highlighted, between what stands before and behind it in its article."""
    quote, article = str(citation["quote"]), corpus.by_name.get(str(citation["article"].get("id")))
    before = after = ""
    # Searched for, not cut at the citation's place: a library's text has its boilerplate taken out.
    start = article.text.find(quote) if article else -1
    if article and start >= 0:
        end = start + len(quote)
        before, after = article.text[max(0, start - 200) : start], article.text[end : end + 200]
    return f"{escape(before)}<mark>{escape(quote)}</mark>{escape(after)}"


def _hits(hits: Sequence[Mapping[str, Any]], gold: set[str]) -> str:
    rows = "".join(
        f"<li>{'<strong>gold</strong> ' if gold & _names(hit['article']) else ''}"
        f"{_article(hit['article'])}<br><small>{escape(hit['text'])}</small></li>"
        for hit in hits[:_SHOWN_HITS]
    )
    return f"<details><summary>Passages found</summary><ol>{rows}</ol></details>" if rows else ""


def _names(article: Mapping[str, Any]) -> set[str]:
    return set(names_of(str(article.get("id")), article.get("url")))


def _article(article: Mapping[str, Any]) -> str:
    parts = (article.get("source") or "unknown outlet", article.get("published_at") or "undated", article.get("title"))
    return escape(", ".join(str(part) for part in parts if part))


def _junit(
    pairs: Sequence[tuple[Case, CaseRecord]], summary: Summary
) -> "ElementTree.ElementTree[ElementTree.Element]":
    """JUnit's XML: a wrong case is a failure, a case that raised an error is an error."""
    suite = ElementTree.Element("testsuite", name=str(summary.run.get("suite", "run")), tests=str(len(pairs)))
    counts = {"failures": 0, "errors": 0}
    for case, record in pairs:
        seconds = f"{record.metrics.get('latency_ms', 0.0) / 1000:.3f}"
        element = ElementTree.SubElement(suite, "testcase", name=case.id, classname=suite.get("name", ""), time=seconds)
        kind = outcome(case, record)
        if kind not in ("right", "unscored"):
            tag = "error" if kind == "failed" else "failure"
            counts[f"{tag}s"] += 1
            ElementTree.SubElement(element, tag, message=why_wrong(case, record)).text = case.question
    suite.attrib.update({name: str(count) for name, count in counts.items()})
    return ElementTree.ElementTree(suite)


def _asset(name: str) -> str:
    return (_ASSETS / name).read_text("utf-8")
