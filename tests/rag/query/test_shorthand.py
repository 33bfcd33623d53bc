import pytest

from rag.query.shorthand import in_full


@pytest.mark.parametrize(
    ("typed", "full"),
    [
        ("link pls", "link please"),
        ("whos the mayor", "who's the mayor"),
        ("Whats new?", "What's new?"),
        ("thx!", "thanks!"),
        ("how many ppl came b4 noon", "how many people came before noon"),
        ("Who was U Thant?", "Who was U Thant?"),
        ("Where is Ur?", "Where is Ur?"),
        ("What did the W/O party want?", "What did the W/O party want?"),
        ("open u.example/ur", "open u.example/ur"),
        ("Y not?", "Y not?"),
        ("won't it", "won't it"),
        ("were did they go", "where did they go"),
        ("were they did well", "were they did well"),
        ("", ""),
    ],
)
def test_what_is_typed_on_a_phone_is_written_out(typed: str, full: str) -> None:
    assert in_full(typed) == full
