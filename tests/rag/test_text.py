"""Names and content words."""

from rag.text import content_words, names_in


def test_names_and_content_words() -> None:
    assert names_in("The New York Times said. Did Elon Musk?") == ["New York Times", "Elon Musk"]
    assert content_words("What did the mayor say about the flood?") == ["mayor", "flood"]
    assert content_words("Which firm’s tower is in Jack's yard?") == ["firm", "tower", "Jack", "yard"]


def test_names_in_any_script() -> None:
    assert names_in("Who is Владимир Путин?") == ["Владимир Путин"]
    assert names_in("What did Şahin Çelik say in Édessa?") == ["Şahin Çelik", "Édessa"]
    assert names_in("When did محمد بن سلمان visit Paris?") == ["محمد بن سلمان", "Paris"]
    assert names_in("什么是北京?") == []
