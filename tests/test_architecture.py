"""The drawing in `docs/architecture.md` shows the code as it is."""

import runpy


def test_the_drawing_is_of_this_code() -> None:
    drawing = runpy.run_module("docs.drawing")
    assert drawing["PAGE"].read_text("utf-8") == drawing["drawn_page"](), "run `make format`"
    assert "rag_engine --> rag_answering" in drawing["drawing"]()
