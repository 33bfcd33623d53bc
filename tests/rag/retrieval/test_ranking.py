"""Scores are mixed, aged and deduplicated."""

from datetime import UTC, datetime, timedelta

from rag.indexes.chunking import passages_of
from rag.models import Passage, ScoreBreakdown, Window
from rag.retrieval.ranking import Weights, deduplicate, fuse_scores, time_prior
from tests.conftest import article

AS_OF = datetime(2026, 10, 1, tzinfo=UTC)


def test_newer_articles_weigh_more_and_undated_ones_least() -> None:
    weights = Weights()
    now = Window(AS_OF, AS_OF)
    priors = [time_prior(AS_OF - timedelta(days=days), now, weights) for days in (0, 1, 30, 3000)]
    assert priors[0] == 1.0
    assert priors == sorted(priors, reverse=True)
    assert time_prior(None, now, weights) <= priors[-1]
    assert time_prior(AS_OF - timedelta(days=3000), None, weights) == 1.0


def test_articles_of_the_time_asked_about_weigh_most() -> None:
    june = Window(datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 6, 30, tzinfo=UTC))
    inside, before, long_after = (
        time_prior(moment, june, Weights())
        for moment in (datetime(2026, 6, 9, tzinfo=UTC), datetime(2026, 5, 20, tzinfo=UTC), AS_OF)
    )
    assert inside == 1.0
    assert inside > before > long_after


def test_words_and_meaning_are_added_and_equal_scores_are_ordered_by_id() -> None:
    weights = Weights(lexical=0.5, vector=0.5)
    ranked = fuse_scores({"a": 4.0, "b": 2.0}, {"b": 0.8, "c": 0.8}, dict.fromkeys("abc", 1.0), weights)
    assert [(one, round(score, 2)) for one, score, _ in ranked] == [("b", 0.75), ("a", 0.5), ("c", 0.5)]


def test_near_identical_passages_and_many_of_one_article_are_folded() -> None:
    story = "The river rose higher than at any time since records began and the town was cleared by evening. "
    one = passages_of(article(story * 2, id="one"))[0]
    copy = passages_of(article(story * 2 + "Our own correspondent adds.", id="copy"))[0]
    others = passages_of(article(" ".join(f"Sentence {i} says its own thing." for i in range(200)), id="long"))
    ranked = [(passage, 1.0, ScoreBreakdown()) for passage in (one, copy, *others)]
    hits = deduplicate(ranked, k=10, weights=Weights(per_story=2))
    assert [hit.passage.article.id for hit in hits] == ["one", "long", "long"]
    assert [hit.rank for hit in hits] == [1, 2, 3]
    assert [copy.id for copy in hits[0].copies] == ["copy"]
    assert not hits[1].copies


def test_a_copy_in_which_another_outlet_changed_what_a_sentence_says_is_not_folded() -> None:
    story = (
        "Rescuers took {} people out of the flooded school on Tuesday, the mayor said. The river is still rising fast."
    )

    def told(count: str, outlet: str, also: str = "") -> tuple[Passage, float, ScoreBreakdown]:
        text = story.format(count) + also
        return passages_of(article(text, id=outlet + count, source=outlet))[0], 1.0, ScoreBreakdown()

    passages = [told("forty", "Courier"), told("sixty", "Register"), told("forty", "Mail", " More soon.")]
    hits = deduplicate([*passages, told("seventy", "Courier")], k=10, weights=Weights())
    assert [hit.passage.article.id for hit in hits] == ["Courierforty", "Registersixty"]
    assert [copy.id for copy in hits[0].copies] == ["Mailforty", "Courierseventy"]


def test_copies_in_one_cluster_count_as_one_story() -> None:
    texts = [" ".join(f"Sentence {i} of {name} says its own thing." for i in range(12)) for name in "abc"]
    ranked = [(passages_of(article(text, id=text[14], cluster_id="wire"))[0], 1.0, ScoreBreakdown()) for text in texts]
    assert len(deduplicate(ranked, k=10, weights=Weights(per_story=2))) == 2
