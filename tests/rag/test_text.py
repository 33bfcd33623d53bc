"""Names and content words."""

from rag.text import content_words, names_in


def test_names_and_content_words() -> None:
    assert names_in("The New York Times said. Did Elon Musk?") == ["New York Times", "Elon Musk"]
    assert content_words("What did the mayor say about the flood?") == ["mayor", "flood"]
    assert content_words("Which firm’s tower is in Jack's yard?") == ["firm", "tower", "Jack", "yard"]
