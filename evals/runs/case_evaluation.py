"""One case scored: every metric that applies to it."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace

from evals.datasets import Corpus, article_name, names_of
from evals.metrics import Judge
from evals.match_rule import stands_in_passage
from evals.metrics import answer_metrics, says_accepted
from evals.metrics import citation_metrics
from evals.metrics import CUTOFFS, first_rank, ranking_metrics, within
from evals.runs.prices import Prices
from evals.predictions import Cited, Evidence, Response
from evals.datasets import Case
from rag.models import Article

_MILLISECONDS = ("total", "latency_ms"), ("first_words", "first_words_ms")


@dataclass(frozen=True, slots=True)
class Scored:
    """A case's metrics, and where in the ranking its evidence was.

    Attributes:
        metrics: Name -> value; a metric that does not apply is not there.
        gold_rank: Rank of the first passage of a gold article, `None` where there is none.
        answer_rank: Rank of the first passage that holds an accepted answer.
    """

    metrics: Mapping[str, float]
    gold_rank: int | None = None
    answer_rank: int | None = None


@dataclass(frozen=True)
class Scorer:
    """Scores responses against the gold of a suite.

    Attributes:
        corpus: What the questions are asked of; gold that is not in it is not asked for, since no
            system could find it.
        judge: Decides whether passages support claims.
        prices: What tokens cost, if known.
    """

    corpus: Corpus
    judge: Judge
    prices: Prices | None = None

    def score(self, case: Case, response: Response) -> Scored:
        """Every metric that applies to the case and to what the system shows."""
        response = self._with_texts(response)
        metrics = {"failed": float(response.status == "failed")}
        metrics |= answer_metrics(case, response)
        gold_rank = answer_rank = None
        if response.hits is not None:
            ranked, gold_rank, answer_rank = self._retrieval(case, response.hits)
            metrics |= ranked
        if response.text is not None:
            metrics |= citation_metrics(case, response, self.judge)
            metrics |= _declining(case, response)
        metrics |= _time(case, response) | self._cost(response)
        return Scored(metrics, gold_rank, answer_rank)

    def gold(self, case: Case) -> Set[str]:
        """The gold articles that are in the corpus, by id."""
        articles = (self.corpus.by_name.get(article_name(address)) for address in case.evidence)
        return {article.id for article in articles if article}

    def answer_in_corpus(self, case: Case) -> bool:
        """An accepted answer stands somewhere in the corpus, whatever its date."""
        return self.corpus.known_since(case.answers) is not None

    def _retrieval(self, case: Case, hits: Sequence[Evidence]) -> tuple[dict[str, float], int | None, int | None]:
        metrics: dict[str, float] = {}
        gold_rank = answer_rank = None
        gold = self.gold(case) if case.answerable else set()
        if gold:
            articles = [self._article_id(hit) for hit in hits]
            metrics |= ranking_metrics(list(dict.fromkeys(articles)), gold)
            gold_rank = first_rank([article_id in gold for article_id in articles])
            metrics |= {f"gold_article_at_{k}": within(gold_rank, k) for k in CUTOFFS}
        if case.answerable and case.answers and self.answer_in_corpus(case):
            answer_rank = first_rank([stands_in_passage(case.answers, hit.title, hit.text) for hit in hits])
            metrics |= {f"answer_string_at_{k}": within(answer_rank, k) for k in CUTOFFS}
        return metrics, gold_rank, answer_rank

    def _with_texts(self, response: Response) -> Response:
        """Looks cited articles up in the corpus where the system did not hand over their texts.

        The places of its quotes count in its own copy of the text; here they are searched for.
        """
        if not any(citation.evidence.article_text is None for citation in response.citations or ()):
            return response
        return replace(response, citations=tuple(self._with_text(citation) for citation in response.citations or ()))

    def _with_text(self, cited: Cited) -> Cited:
        article = self._article(cited.evidence)
        if cited.evidence.article_text is not None or article is None:
            return cited
        start = max(0, article.text.find(cited.quote))
        evidence = replace(cited.evidence, article_text=article.text)
        return replace(cited, evidence=evidence, start=start, end=start + len(cited.quote))

    def _article_id(self, hit: Evidence) -> str:
        article = self._article(hit)
        return article.id if article else hit.article_id

    def _article(self, evidence: Evidence) -> Article | None:
        articles = (self.corpus.by_name.get(name) for name in names_of(evidence.article_id, evidence.url))
        return next((article for article in articles if article), None)

    def _cost(self, response: Response) -> dict[str, float]:
        metrics = {name: response.timings_ms[stage] for stage, name in _MILLISECONDS if stage in response.timings_ms}
        if response.usage is not None:
            metrics["prompt_tokens"] = float(response.usage.prompt_tokens)
            metrics["completion_tokens"] = float(response.usage.completion_tokens)
            model = response.result.get("model")
            price = self.prices.of(str(model), response.usage) if self.prices else None
            if price is not None:
                metrics["price"] = price
        return metrics


def _declining(case: Case, response: Response) -> dict[str, float]:
    declined = float(response.status == "not_found")
    metrics = {"declined": declined, "unanswerable": float(not case.answerable)}
    if case.knowable:
        metrics[f"declined_{case.knowable}"] = declined
    if response.confidence is not None:
        metrics["confidence"] = response.confidence
        # A decline says what comes nearest: its words are what would have been the answer.
        is_correct = case.answerable and says_accepted(case, response.text or "")
        metrics["correct_if_answered"] = float(is_correct)
    return metrics


def _time(case: Case, response: Response) -> dict[str, float]:
    as_of = case.as_of or response.as_of
    cited = [citation.evidence for citation in response.citations or ()]
    metrics: dict[str, float] = {}
    if case.as_of and (response.hits is not None or cited):
        shown = [*(response.hits or ()), *cited]
        late = [shown_article for shown_article in shown if shown_article.published_at and shown_article.published_at.at > case.as_of]
        metrics["published_after_as_of"] = float(len(late))
    dates = [shown_article.published_at.at for shown_article in cited if shown_article.published_at]
    if as_of and dates:
        metrics["newest_source_age_days"] = (as_of - max(dates)).total_seconds() / 86_400
    return metrics
