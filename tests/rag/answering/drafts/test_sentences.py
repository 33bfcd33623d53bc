"""Whatever a model writes is read right: markers in any spelling, lists, headings, reasoning, declines, refusals."""

from collections.abc import Sequence

import pytest

from rag.answering.drafts import DraftSentence, read_draft
from rag.answering.drafts.thoughts import Restart
from rag.indexes.chunking import passages_of
from rag.models import Hit
from tests.conftest import article

_TITLES = ("Old mill becomes a school", "Bridge shut after flood", "Mayor of Tarn resigns", "Tram line opens")
_OUTLETS = ("The Ouldan Courier", "Saltmere Register", "Tarn Echo", "Saltmere Register")
HITS = [
    Hit(passages_of(article(f"Something about item {n}.", id=f"a{n}", title=title, source=outlet))[0], 1.0, n)
    for n, (title, outlet) in enumerate(zip(_TITLES, _OUTLETS, strict=True), 1)
]


def read(draft: str, size: int = 7) -> list[DraftSentence]:
    pieces = [draft[at : at + size] for at in range(0, len(draft), size)]
    sentences: list[DraftSentence] = []
    for each in read_draft(pieces, HITS):
        if isinstance(each, Restart):
            sentences.clear()
        else:
            sentences.append(each)
    return sentences


def told(draft: str) -> list[tuple[str, tuple[int, ...]]]:
    by_pieces = [[(each.text, each.numbers) for each in read(draft, size)] for size in (1, 7, 10_000)]
    assert by_pieces[0] == by_pieces[1] == by_pieces[2]  # however the server cuts the stream
    return by_pieces[0]


MILL = "The old mill becomes a school."


@pytest.mark.parametrize(
    ("written", "numbers"),
    [
        ("The old mill becomes a school [1].", (1,)),
        ("The old mill becomes a school. [1]", (1,)),
        ("The old mill becomes a school.[1]", (1,)),
        ("[1] The old mill becomes a school.", (1,)),
        ("The old mill becomes a school [1, 3].", (1, 3)),
        ("The old mill becomes a school [1; 3].", (1, 3)),
        ("The old mill becomes a school [1-3].", (1, 3, 2)),
        ("The old mill becomes a school [1–3].", (1, 3, 2)),
        ("The old mill becomes a school [1][3].", (1, 3)),
        ("The old mill becomes a school [1], [3].", (1, 3)),
        ("The old mill becomes a school [1] and [3].", (1, 3)),
        ("The old mill becomes a school [1 and 3].", (1, 3)),
        ("The old mill becomes a school [^1].", (1,)),
        ("The old mill becomes a school [^1][^3].", (1, 3)),
        ("The old mill becomes a school [Passage 1].", (1,)),
        ("The old mill becomes a school [Passages 1, 3].", (1, 3)),
        ("The old mill becomes a school [Source: 2].", (2,)),
        ("The old mill becomes a school [doc 2].", (2,)),
        ("The old mill becomes a school [Quelle 2].", (2,)),
        ("The old mill becomes a school【1】.", (1,)),
        ("The old mill becomes a school【1†source】.", (1,)),
        ("The old mill becomes a school [[1]].", (1,)),
        ("The old mill becomes a school \\[1\\].", (1,)),
        ("The old mill becomes a school [1](https://a.example/x).", (1,)),
        ("The old mill becomes a school (1).", (1,)),
        ("The old mill becomes a school. (1)", (1,)),
        ("The old mill becomes a school (1, 3).", (1, 3)),
        ("The old mill becomes a school (passage 1).", (1,)),
        ("The old mill becomes a school (see passages 1 and 3).", (1, 3)),
        ("The old mill becomes a school.¹", (1,)),
        ("The old mill becomes a school<sup>1</sup>.", (1,)),
        ("The old mill becomes a school [99].", ()),
        ("The old mill becomes a school [0][2].", (2,)),
    ],
)
def test_markers_in_any_spelling(written: str, numbers: tuple[int, ...]) -> None:
    assert [(text, set(cited)) for text, cited in told(written)] == [(MILL, set(numbers))]


@pytest.mark.parametrize(
    ("draft", "sentences"),
    [
        # two sentences, markers behind the full stop, before it, before the sentence
        ("The mill is old. [1] The bridge is shut. [2]", [("The mill is old.", (1,)), ("The bridge is shut.", (2,))]),
        ("The mill is old [1]. The bridge is shut [2].", [("The mill is old.", (1,)), ("The bridge is shut.", (2,))]),
        ("[1] The mill is old. [2] The bridge is shut.", [("The mill is old.", (1,)), ("The bridge is shut.", (2,))]),
        ("It shut in May. [1] Anna bought it. [2]", [("It shut in May.", (1,)), ("Anna bought it.", (2,))]),
        # what is no marker
        ("The bridge was shut for seven (7) days [2].", [("The bridge was shut for seven (7) days.", (2,))]),
        ("The bridge is 520 m² large [2].", [("The bridge is 520 m² large.", (2,))]),
        ("The tram line opened [in 2026] late [4].", [("The tram line opened [in 2026] late.", (4,))]),
        # an article's own number stays inside what is quoted
        (
            'The mayor said: "We rebuilt it [2] by hand." [3]',
            [('The mayor said: "We rebuilt it (2) by hand."', (3,))],
        ),
        ("The mayor said “it is done [2]” on Monday [3].", [("The mayor said “it is done (2)” on Monday.", (3,))]),
        # a marker as a noun
        (
            "According to [1], the mill becomes a school.",
            [("According to The Ouldan Courier, the mill becomes a school.", (1,))],
        ),
        ("Passage 2 says the bridge is shut.", [("Saltmere Register says the bridge is shut.", (2,))]),
        # short answers belong to what follows
        ("Yes. The bridge is shut [2].", [("Yes. The bridge is shut.", (2,))]),
        ("False. [2] The bridge is still shut.", [("False. The bridge is still shut.", (2,))]),
        ("**No.** The bridge is shut [2].", [("No. The bridge is shut.", (2,))]),
        ("True\n\nThe bridge is shut [2].", [("True. The bridge is shut.", (2,))]),
        ("No. [2]", [("No.", (2,))]),
        # headings, labels, lists of sources
        ("## The mill\n\nThe mill is old [1].", [("The mill is old.", (1,))]),
        ("**Answer:** The mill is old [1].", [("The mill is old.", (1,))]),
        ("Answer: The mill is old [1].", [("The mill is old.", (1,))]),
        ("The mill is old [1].\n\nSources:\n[1] The Ouldan Courier\n[2] Register", [("The mill is old.", (1,))]),
        ("The mill is old [1].\n\nSources: [1] The Ouldan Courier", [("The mill is old.", (1,))]),
        ("The mill is old [1].\n\n**Quellen**\n1. The Ouldan Courier", [("The mill is old.", (1,))]),
        ("The mill is old [1].\n\n### References\n- [1] Old mill becomes a school", [("The mill is old.", (1,))]),
        ("The mill is old [1].\n\n[1] The Ouldan Courier: Old mill becomes a school", [("The mill is old.", (1,))]),
        ("The mill is old [1].\n\n[1]: https://courier.example/mill", [("The mill is old.", (1,))]),
        ("The mill is old [^1].\n\n[^1]: The Ouldan Courier, Old mill", [("The mill is old.", (1,))]),
        ("---\nThe mill is old [1].\n---", [("The mill is old.", (1,))]),
        ("```\nThe mill is old [1].\n```", [("The mill is old.", (1,))]),
        # reasoning
        ("<think>The mill [1]? I must cite.</think>The mill is old [1].", [("The mill is old.", (1,))]),
        ("<thinking>\nWell. Now.\n</thinking>\n\nThe mill is old [1].", [("The mill is old.", (1,))]),
        ("I should look at the mill. It is old.</think>\nThe mill is old [1].", [("The mill is old.", (1,))]),
        ("[THINK]The mill is new [1].[/THINK]The mill is old [1].", [("The mill is old.", (1,))]),
        (
            "<|channel|>analysis<|message|>It is new [2].<|end|><|start|>assistant<|channel|>final<|message|>"
            "The mill is old [1].",
            [("The mill is old.", (1,))],
        ),
        ("<think>It never ends [1].", []),
        # emphasis, tables
        ("The **old mill** is `listed` [1].", [("The old mill is listed.", (1,))]),
        (
            "| Outlet | Said |\n|---|---|\n| Saltmere Register | the bridge is shut [2] |",
            [("Outlet, Said", ()), ("Saltmere Register, the bridge is shut", (2,))],
        ),
        # what is no marker although it stands in brackets
        ("It was shut on [October 2] for good [2].", [("It was shut on [October 2] for good.", (2,))]),
        # enumerations in a line
        ("(1) The mill is old. (2) The bridge is shut.", [("The mill is old.", ()), ("The bridge is shut.", ())]),
        # a source behind each sentence
        (
            "The mill is old. (Source: [1]) It is large. (Source: [3])",
            [("The mill is old.", (1,)), ("It is large.", (3,))],
        ),
        (
            "The mill is old. Source: [1] The bridge is shut. Source: [2]",
            [("The mill is old.", (1,)), ("The bridge is shut.", (2,))],
        ),
        ("The mill is old [The Ouldan Courier](https://a.example/x).", [("The mill is old.", (1,))]),
        ("Q: How old is it?\nA: The mill is old [1].", [("The mill is old.", (1,))]),
        # JSON
        ('{"answer": "The mill is old.", "citations": [1]}', [("The mill is old.", (1,))]),
        ('{"statements": [{"text": "The mill is old.", "ids": [1]}]}', [("The mill is old.", (1,))]),
        ('{"verdict": 1}', [('{"verdict": 1}', ())]),
        # figures and abbreviations do not end a sentence
        ("Mr. Tarn gave 5.8 per cent, i.e. less [3].", [("Mr. Tarn gave 5.8 per cent, i.e. less.", (3,))]),
        ("", []),
        ("\n\n", []),
    ],
)
def test_drafts_as_models_write_them(draft: str, sentences: Sequence[tuple[str, tuple[int, ...]]]) -> None:
    assert told(draft) == sentences


def test_lists_and_line_breaks_are_kept() -> None:
    draft = (
        "Two things happened:\n- The mill is old [1]. It is large [1].\n- The bridge is shut [2].\n\nA tram runs [4]."
    )
    text = "".join(each.lead + each.text for each in read(draft))
    assert text.strip() == "- The mill is old. It is large.\n\n- The bridge is shut.\n\nA tram runs."
    numbered = "1. The mill is old [1].\n2. The bridge is shut [2]."
    assert "".join(each.lead + each.text for each in read(numbered)) == "1. The mill is old.\n\n2. The bridge is shut."


def test_a_sentence_comes_as_soon_as_the_next_one_begins() -> None:
    stream = iter(["The mill is old [1]. ", "The bridge", " is shut [2]."])
    released = read_draft(stream, HITS)
    first = next(released)
    assert isinstance(first, DraftSentence)
    assert (first.text, first.numbers) == ("The mill is old.", (1,))
    assert next(stream) == " is shut [2]."


DECLINED = [
    "I could not find an answer in the sources.",
    "The passages do not mention who was the first pilot.",
    "The provided sources don't contain information about the first pilot.",
    "Based on the passages, I cannot determine who the first pilot was.",
    "None of the articles says who flew it.",
    "There is no information about the first pilot in the passages.",
    "There's no mention of an airship in the articles provided.",
    "No information on this is given.",
    "I don't have enough information to answer that.",
    "I'm sorry, but the sources at hand do not say.",
    "Unfortunately, the articles are silent on who was hired.",
    "The name of the first pilot is not mentioned.",
    "This is not specified in the passages [1][2].",
    "It is unclear from the passages who paid.",
    "Not enough information.",
    "N/A",
    "No idea.",
    "Can't say.",
    "It doesn't say.",
    "Not stated [1].",
    "The cost has not been disclosed.",
    "It remains unknown who paid.",
    "Passage 1 does not mention the first pilot.",
    "There is nothing in the passages about a pilot.",
    "We could not find anything on that in the material.",
    "However, the passages do not state how much he was paid.",
    "The passages provided [1, 2] lack any details on the cost.",
    "Die Quellen enthalten dazu keine Angaben.",
    "Ich konnte in den Quellen keine Antwort finden.",
    "Las fuentes no mencionan quién fue el primer piloto.",
    "No encontré una respuesta en las fuentes.",
    "Les articles ne précisent pas qui était le premier pilote.",
    "Je n'ai pas trouvé de réponse dans les sources.",
    "Le fonti non dicono chi fosse il pilota.",
    "As fontes não mencionam o primeiro piloto.",
    "De bronnen vermelden niet wie de piloot was.",
    "Källorna nämner inte vem piloten var.",
    "Źródła nie podają, kto był pilotem.",
    "Источники не сообщают, кто был пилотом.",
    "来源中没有提到第一位飞行员。",
    "記事には最初の操縦士についての記載がありません。",
]


@pytest.mark.parametrize("decline", DECLINED)
def test_a_decline_is_one_in_any_wording(decline: str) -> None:
    assert [each.kind for each in read(decline)] == ["decline"]


@pytest.mark.parametrize(
    "refusal",
    [
        "I'm sorry, but I can't help with that.",
        "I cannot assist with this request.",
        "Sorry, I can't discuss that topic.",
        "As an AI language model, I do not take sides.",
        "I won't provide that.",
        "This goes against my guidelines.",
        "I can't answer that, since it may be harmful.",
    ],
)
def test_a_refusal_is_told_apart(refusal: str) -> None:
    assert [each.kind for each in read(refusal)] == ["refusal"]


@pytest.mark.parametrize(
    "claim",
    [
        "The council gave no details of the cost [1].",
        "The mayor would not say who paid [3].",
        "No one was hurt, the fire service said [2].",
        "The bridge is not open yet [2].",
        '"I did not find it," the diver said [2].',
        "The EU did not confirm the figure [3].",
        "The company did not raise its fares.",
        "He cannot stay [3].",
        "Divers found no sources of the leak [2].",
        "The sources of the leak were not found [2].",
        "The passages on the first floor were not flooded [1].",
        "The letter did not mention pay [1].",
        "We do not know how long it will last, the council said [1].",
        "The Courier's article does not mention the bridge, but the Register says that it is shut [2].",
        "The Ouldan Courier reported no deaths [1].",
        "Nothing was stolen.",
        "Newspapers reported nearly all of it [1].",
    ],
)
def test_what_the_news_denies_is_a_claim(claim: str) -> None:
    assert [each.kind for each in read(claim)] == ["claim"]
