"""Abbreviations of many languages: where a sentence goes on after one, and where it ends."""
# ruff: noqa: RUF001 - letters of other alphabets are meant here

import pytest

from ingest.chunking.packing import pack
from rag_stream.citations.claims import before
from rag_stream.text.sentences import split_sentences

ONE = [
    # German
    "Der Antrag, z. B. Urlaub, geht an Frau Dr. Blum.",
    "Das Haus, d. h. Keller und Dach, ist neu.",
    "Nach § 4 Abs. 2 Satz 1 Nr. 3 und Art. 12 gilt das.",
    "Das sagt das Urteil in Rn. 14 auf S. 20.",
    "Es kostet ca. 30 Euro bzw. Dollar je Stück.",
    "Äpfel, Birnen, Nüsse usw. Körbe voll davon stehen da.",
    "Am 3. Oktober wird nicht gearbeitet.",
    "Im 19. Jahrhundert kam der 2. Bürgermeister ins Amt.",
    "Um 50 v. Chr. Rom zu sehen war schwer.",
    "Der Umsatz stieg auf 4 Mio. Euro.",
    # French
    "Selon M. Durand et Mme Petit, le pont est sûr.",
    "Un arbre, p. ex. Quercus, pousse lentement.",
    "La ville date de 200 av. J.-C. Athènes comprise.",
    "Voir l'art. 5 et la fig. 7.",
    # Spanish, Portuguese, Italian
    "El Sr. Ruiz y la Sra. Vega firman hoy.",
    "Un árbol, p. ej. Olea, crece despacio.",
    "La sede está en EE. UU. México tiene otra.",
    "Véase la pág. 12 y el núm. 3.",
    "O Sr. Lima mora na Av. Brasil há anos.",
    "Il sig. Rossi e il dott. Neri arrivano, cfr. Tabella.",
    # Dutch, Polish, Czech, Swedish, Turkish
    "Een boom, bijv. Quercus, groeit langzaam.",
    "Drzewo, np. Quercus, rośnie wolno na ul. Długiej.",
    "Strom, např. Quercus, roste pomalu, viz str. 4.",
    "Ett träd, t.ex. Quercus, växer sakta.",
    "Bir ağaç, örn. Quercus, yavaş büyür.",
    "Bu, 2. Dünya Savaşı sonrasında oldu.",
    # Russian, Ukrainian
    "Дерево, т. е. Quercus, растет медленно.",
    "Музей им. Пушкина находится в г. Москве.",
    "В 1918 г. Россия приняла новый календарь.",
    "Он стоит 5 тыс. Рублей не хватило.",
    "Роман А. С. Пушкина лежит на столе.",
    # Greek, Hindi, Arabic, Thai
    "Ένα δέντρο, π.χ. Quercus, αργεί να μεγαλώσει.",
    "डॉ. राम कल आएँगे।",
    "وصل د. أحمد أمس.",
    "เกิดเมื่อ พ.ศ. ๒๕๐๐ ที่เชียงใหม่",
    # numbers of headings
    "4.1. Der Antrag und seine Fristen.",
]
TWO = [
    ("Das war 50 v. Chr.", "Die Stadt war klein."),
    ("Er kam um 5.", "Dann ging er."),
    ("Es gibt Äpfel, Birnen usw.", "Der Korb ist voll."),
    ("Sie kam am 3.", "Die Feier war schon vorbei."),
    ("La ville date de 200 av. J.-C.", "Les murs sont hauts."),
    ("Vive en EE. UU.", "Los hijos viven en Lima."),
    ("Yo leo libros, revistas, etc.", "Me gusta leer."),
    ("Есть яблоки, груши и т. д.", "Корзина полна."),
    ("Этот большой каменный дом построили в 1918 г.", "Хозяин жил в нем долго."),
    ("Kupiła jabłka, gruszki itd.", "Na stole leży chleb."),
    ("Hij kocht appels, peren enz.", "De mand is vol."),
    ("Koupil jablka, hrušky atd.", "Na stole je chléb."),
    ("Elma, armut vb.", "Bu sepet dolu."),
    ("Il roi Louis XIV.", "Sa cour vivait ici."),
]


@pytest.mark.parametrize("text", ONE)
def test_nobody_cuts_after_an_abbreviation(text: str) -> None:
    assert [sentence.text for sentence in split_sentences(text)] == [text]
    assert pack(f"{text}\n\n{text}", len(text)) == [
        (0, len(text)),
        (len(text) + 2, 2 * len(text) + 2),
    ]
    assert before(text) == (0, len(text))


@pytest.mark.parametrize(("first", "second"), TWO)
def test_everybody_cuts_where_a_sentence_begins_after_it(first: str, second: str) -> None:
    text = f"{first} {second}"
    assert [sentence.text for sentence in split_sentences(text)] == [first, second]
    assert pack(text, len(text) - 1)[-1] == (len(first) + 1, len(text))
    assert before(text) == (len(first) + 1, len(text))


@pytest.mark.parametrize("text", [*ONE, *(f"{first} {second}" for first, second in TWO)])
def test_no_end_is_found_that_more_text_takes_back(text: str) -> None:
    """An answer grows: a sentence that was over stays over."""
    whole = {sentence.end for sentence in split_sentences(text)}
    for size in range(len(text)):
        *ended, _ = [sentence.end for sentence in split_sentences(text[:size])] or [0]
        assert whole.issuperset(ended)


@pytest.mark.parametrize(
    "text",
    [
        "It is art. There is more.",
        "He said no. They said yes.",
        "Install the gem. Run it.",
        "It returns a str. Use it.",
        "Set it in env. Use it.",
        "They sat by the sec. Nothing came.",
        "We met in the war. Nothing came.",
        "World War II. Germany lost it.",
    ],
)
def test_words_of_english_that_others_shorten_to_end_sentences(text: str) -> None:
    assert len(split_sentences(text)) == 2
