"""Which addresses name one article."""

import pytest

from rag.urls import canonical_url, exact_url, is_front_page, shorter_spellings


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("read.php?pk_id=10441", "read.php?pk_id=10442"),
        ("item?itm_no=1", "item?itm_no=2"),
        ("s?t=B%E4r", "s?t=B%F6r"),
        ("s?t=%CC%E8%F0", "s?t=%CC%EE%F0"),
    ],
)
def test_parameters_that_tell_articles_apart_are_kept(one: str, other: str) -> None:
    for spelled in (exact_url, canonical_url):
        assert spelled(f"https://a.example/{one}") != spelled(f"https://a.example/{other}")
        assert spelled(f"https://a.example/{one}") == f"https://a.example/{one}"
    assert f"https://a.example/{one}" in shorter_spellings(f"https://a.example/{one}&share=mail")


def test_tracking_is_left_out() -> None:
    tracked = "https://a.example/7?pk_campaign=x&pk_kwd=y&mtm_source=z&mtm_cid=1&itm_source=a&itm_term=b"
    assert exact_url(tracked) == "https://a.example/7"


@pytest.mark.parametrize("path", ["index.html", "index.php", "en/", "en", "pt-BR/", "en/index.htm", "?utm_source=x"])
def test_the_front_page_has_several_names(path: str) -> None:
    assert is_front_page(f"https://post.example/{path}")


@pytest.mark.parametrize("path", ["7", "pier", "en/pier", "index.php?p=1", "pier/index.html", "en/?p=7", "en/#!/7"])
def test_an_article_is_no_front_page(path: str) -> None:
    assert not is_front_page(f"https://post.example/{path}")
