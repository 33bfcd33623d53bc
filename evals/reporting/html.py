"""The report of a run: one HTML file to look at, and JUnit for machines. Nothing in it leaves the page."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from evals.datasets import Case, Corpus, article_name, names_of
from evals.metrics import Estimate, estimate, mean
from evals.reporting.legend import OUTCOMES, meanings
from evals.reporting.plots import Histogram, LinePlot, histogram, line_plot
from evals.reporting.results import in_words, outcome, paired, reasons, why_wrong, write_results
from evals.reporting.terminal import figure
from evals.runs import HEADLINE, CaseRecord, Summary, columns

REPORT_FILE = "report.html"
JUNIT_FILE = "junit.xml"
_NOT_IN_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TEMPLATES = Path(__file__).parents[1] / "templates"
_DECIDES = ("correct", "choice_accuracy", "answer_string_at_10")
_MOST_GROUPS = 12
_SHOWN_HITS = 10


def write_report(
    out: Path, cases: Sequence[Case], records: Sequence[CaseRecord], summary: Summary, corpus: Corpus
) -> None:
    """Writes `report.html`, `results.csv` and `junit.xml` into the run's folder."""
    pairs = paired(cases, records)
    (out / REPORT_FILE).write_text(_page(pairs, summary, corpus), "utf-8")
    write_results(out, pairs)
    _junit(pairs, summary).write(out / JUNIT_FILE, encoding="utf-8", xml_declaration=True)


@dataclass(frozen=True, slots=True)
class _Quote:
    """A citation's quote between what stands before and after it in its article."""

    marker: int
    article: Mapping[str, Any]
    before: str
    text: str
    after: str


@dataclass(frozen=True, slots=True)
class _ShownHit:
    article: Mapping[str, Any]
    text: str
    is_gold: bool


@dataclass(frozen=True, slots=True)
class _CaseView:
    """What the page shows of a case."""

    case: Case
    outcome: str
    because: str
    answer: str
    quotes: Sequence[_Quote]
    hits: Sequence[_ShownHit]


def _page(pairs: Sequence[tuple[Case, CaseRecord]], summary: Summary, corpus: Corpus) -> str:
    templates = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    templates.filters["figure"] = figure
    run = {"cases": 0, "models": [], "started": "", "seconds": "", **summary.run}
    return templates.get_template("report.html").render(
        name=str(summary.run.get("suite", "run")),
        run=run,
        words=in_words(pairs),
        reasons=reasons(pairs),
        outcomes=OUTCOMES,
        meanings=meanings(summary.metrics),
        headline={name: value for name, value in summary.metrics.items() if name in HEADLINE},
        rest={name: value for name, value in summary.metrics.items() if name not in HEADLINE},
        line_plots=_line_plots(summary),
        histograms=_histograms(pairs),
        group_plots={
            "Score by tag": _by(pairs, lambda case, _: case.tags),
            "Score by outlet": _by(pairs, _outlets),
        },
        cases=[_view(case, record, corpus) for case, record in pairs],
    )


def _line_plots(summary: Summary) -> list[LinePlot]:
    plots = []
    ranks = {
        name: [(float(k), value) for k, value in enumerate(summary.curves[name], 1)]
        for name in ("gold_article", "answer_string")
        if name in summary.curves
    }
    if ranks:
        plots.append(line_plot("Found among the first k passages", ranks, across="k"))
    risk = summary.curves.get("risk")
    if risk:
        points = [((i + 1) / len(risk), value) for i, value in enumerate(risk)]
        plots.append(line_plot("Risk at each coverage", {"wrong": points}, across="share answered, surest first"))
    return plots


def _histograms(pairs: Sequence[tuple[Case, CaseRecord]]) -> list[Histogram]:
    milliseconds = columns([record for _, record in pairs], ("latency_ms",))[0].tolist()
    return [histogram("Latency", milliseconds, across="milliseconds")] if milliseconds else []


def _by(
    pairs: Sequence[tuple[Case, CaseRecord]], names: Callable[[Case, CaseRecord], Sequence[str]]
) -> dict[str, Estimate]:
    """Share of right cases by group, largest groups first."""
    groups: dict[str, list[CaseRecord]] = {}
    for case, record in pairs:
        for name in names(case, record):
            groups.setdefault(name, []).append(record)
    largest = sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))[:_MOST_GROUPS]
    estimates: dict[str, Estimate] = {}
    for name, records in largest:
        decides = next(
            (metric for metric in _DECIDES if any(metric in record.metrics for record in records)), _DECIDES[0]
        )
        value = estimate(columns(records, (decides,)), mean)
        if value is not None:
            estimates[name] = value
    return estimates


def _outlets(_case: Case, record: CaseRecord) -> Sequence[str]:
    return list(dict.fromkeys(str(c["article"]["source"] or "unknown") for c in record.result.get("citations", [])))


def _view(case: Case, record: CaseRecord, corpus: Corpus) -> _CaseView:
    result = record.result
    gold = {article_name(address) for address in case.evidence}
    return _CaseView(
        case,
        outcome(case, record),
        why_wrong(case, record),
        answer=str(result.get("answer", "")),
        quotes=[_in_context(citation, corpus) for citation in result.get("citations", [])],
        hits=[
            _ShownHit(hit["article"], hit["text"], is_gold=bool(gold & _names(hit["article"])))
            for hit in result.get("hits", [])[:_SHOWN_HITS]
        ],
    )


def _in_context(citation: Mapping[str, Any], corpus: Corpus) -> _Quote:
    quote, article = str(citation["quote"]), corpus.by_name.get(str(citation["article"].get("id")))
    before = after = ""
    # Searched for, not cut at the citation's place: a library's text has its boilerplate taken out.
    start = article.text.find(quote) if article else -1
    if article and start >= 0:
        end = start + len(quote)
        before, after = article.text[max(0, start - 200) : start], article.text[end : end + 200]
    return _Quote(int(citation["marker"]), citation["article"], before, quote, after)


def _names(article: Mapping[str, Any]) -> set[str]:
    return set(names_of(str(article.get("id")), article.get("url")))


def _junit(
    pairs: Sequence[tuple[Case, CaseRecord]], summary: Summary
) -> "ElementTree.ElementTree[ElementTree.Element]":
    """JUnit's XML: a wrong case is a failure, a case that raised an error is an error."""
    suite = ElementTree.Element("testsuite", name=str(summary.run.get("suite", "run")), tests=str(len(pairs)))
    counts = {"failures": 0, "errors": 0}
    for case, record in pairs:
        seconds = f"{record.metrics.get('latency_ms', 0.0) / 1000:.3f}"
        name = _in_xml(case.id)
        element = ElementTree.SubElement(suite, "testcase", name=name, classname=suite.get("name", ""), time=seconds)
        kind = outcome(case, record)
        if kind not in ("right", "unscored"):
            tag = "error" if kind == "failed" else "failure"
            counts[f"{tag}s"] += 1
            told = ElementTree.SubElement(element, tag, message=_in_xml(why_wrong(case, record)))
            told.text = _in_xml(case.question)
    suite.attrib.update({name: str(count) for name, count in counts.items()})
    return ElementTree.ElementTree(suite)


def _in_xml(text: str) -> str:
    """The text with signs in the place of control characters, which XML cannot hold in any form."""
    return _NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", text)
