"""Passages that a search finds for a question and that do not answer it: what retrieval shows a reader."""

from collections.abc import Sequence

import tantivy

from rag.reading.training.datasets import AskedQuestion, Paragraph
from rag.text import content_words

_DEPTH = 10


class NearMisses:
    """BM25 (Robertson & Zaragoza, *The probabilistic relevance framework*, 2009) over all paragraphs."""

    def __init__(self, paragraphs: Sequence[Paragraph]) -> None:
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("text", tokenizer_name="en_stem")
        builder.add_unsigned_field("place", stored=True)
        self._paragraphs = paragraphs
        self._index = tantivy.Index(builder.build())
        writer = self._index.writer()
        for place, paragraph in enumerate(paragraphs):
            writer.add_document(tantivy.Document(text=f"{paragraph.title}\n{paragraph.text}", place=place))
        writer.commit()
        self._index.reload()
        self._searcher = self._index.searcher()

    def of(self, question: AskedQuestion) -> list[Paragraph]:
        """Return found paragraphs that hold none of the answers and are not the one asked about, best first."""
        words = " ".join(content_words(question.text))
        if not words:
            return []
        query, _ = self._index.parse_query_lenient(words, ["text"])
        hits = self._searcher.search(query, _DEPTH).hits
        found = (self._paragraphs[self._searcher.doc(address)["place"][0]] for _, address in hits)
        answers = [answer.lower() for answer in question.answers]
        return [
            paragraph
            for paragraph in found
            if paragraph != question.paragraph and not any(answer in paragraph.text.lower() for answer in answers)
        ]
