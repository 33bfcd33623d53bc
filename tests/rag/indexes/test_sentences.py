"""Where sentences end, in the languages of news: not behind abbreviations, ordinal numbers and quotations."""

import pytest

from rag.indexes.sentences import sentences_of


def sentences(paragraph: str, language: str | None) -> list[str]:
    return [paragraph[begin:end].strip() for begin, end in sentences_of(paragraph, language)]


@pytest.mark.parametrize(
    ("language", "first", "second"),
    [
        ("en", "The U.S. envoy met Gov. J. K. Lund at No. 10 on Jan. 5 at 5 p.m. Friday.", "He left."),
        ("en", "It rose 3.5 percent to $4.2 million vs. 3.1 a year ago.", "Shares fell."),
        ("en", "See p. 12, fig. 3, etc. and so on.", "Done."),
        ("de", "Am 3. Oktober wurde z. B. der 1. FC Vellmar Meister.", "Die Feier war groß."),
        ("de", "Dr. med. Lund und Prof. Quill kamen um 17.30 Uhr.", "Sie gingen um 19 Uhr."),
        ("fr", "M. Lund et Mme Quill sont arrivés à 17 h 30.", "Ils sont repartis."),
        ("es", "El Sr. Lund llegó a EE. UU. el 3 de mayo.", "Se fue pronto."),
        ("it", "Il sig. Lund e l'on. Quill sono arrivati alle 17.30.", "Sono partiti."),
        ("pt", "O Sr. Lund chegou às 17h.", "A Sra. Quill não."),
        ("nl", "Dhr. Lund kwam om 17.30 uur.", "Hij ging weer."),
        ("pl", "Pan prof. Nowak mieszka przy ul. Długiej 5 m.in. z psem.", "Wyjechał."),
        ("ru", "Г. Иванов живёт на ул. Ленина, д. 5, г. Москва.", "Он уехал."),
        ("sv", "Bl.a. kom kl. 17.30 ca 50 personer.", "De gick hem."),
        ("cs", "Dne 3. října přijel p. Novák.", "Odjel večer."),
        ("da", "Den 3. oktober kom hr. Lund.", "Han gik."),
        ("fi", "Se avattiin 3. lokakuuta klo 17.30.", "Hän lähti."),
        ("ja", "市長は「妥当だ。問題ない」と述べた。", "他に買い手はいない。"),
        ("zh", "他说：“价格公道。”", "没有人买。"),
        ("hi", "महापौर ने कहा कि कीमत उचित थी।", "किसी ने नहीं खरीदा।"),
        ("ar", "قال رئيس البلدية إن السعر عادل.", "هل هذا صحيح؟"),
        (None, "“Is it fair?” she asked.", "Nobody knew."),
    ],
)
def test_two_sentences_are_two(language: str | None, first: str, second: str) -> None:
    space = "" if language in ("ja", "zh") else " "
    assert sentences(f"{first}{space}{second}", language) == [first, second]
