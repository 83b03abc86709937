"""A word in all its forms, in many languages: whatever the texts' and the question's are."""

# ruff: noqa: RUF001 - letters of other alphabets are meant here
import pytest

from rag_stream.index.client import Record
from rag_stream.lexical import fields
from rag_stream.lexical.coverage import coverage
from rag_stream.lexical.question import asked, is_quick
from tests.rag_stream.lexical.test_fields import ask, searcher_of

OTHERS = {
    "de": "Das Büro ist am Montag offen, und der Hof wird am Abend nicht beleuchtet.",
    "en": "The office is open on Monday, and the yard is not lit in the evening.",
    "ru": "Контора открыта в понедельник, а двор вечером не освещается.",
    "ar": "المكتب مفتوح يوم الاثنين ولا يضاء الفناء في المساء.",
}

# Of each language a text, and a question that has one of its words in another form.
INFLECTED = [
    ("de", "Die Kündigungen der Verträge müssen schriftlich sein.", "Kündigung des Vertrags?"),
    ("de", "Für alle Häuser gibt es einen Schlüssel.", "Wo liegt der Schlüssel des Hauses?"),
    ("fr", "Les chevaux sont nourris par les gardiens.", "Qui est le gardien ?"),
    ("fr", "Les réparations sont payées par la société.", "Quelle réparation est payée ?"),
    (
        "es",
        "Las bicicletas dañadas se reparan en el taller.",
        "¿Dónde reparo una bicicleta dañada?",
    ),
    ("it", "Le biciclette sono controllate ogni sera dai custodi.", "Chi è il custode?"),
    ("pt", "As bicicletas são alugadas por dias.", "Qual é a bicicleta alugada?"),
    ("nl", "De fietsen worden door de monteurs gerepareerd.", "Wie is de monteur?"),
    ("sv", "Cyklarna lagas av mekanikerna i verkstaden.", "Vem är mekanikern?"),
    ("da", "Cyklerne skal repareres af mekanikerne.", "Hvad koster en mekaniker?"),
    ("nb", "Alle reparasjonene blir gjort om kvelden.", "Hva koster en reparasjon?"),
    ("fi", "Polkupyörien lukot ovat varastossa.", "Missä on lukko?"),
    ("hu", "A kerékpárok lakatjai a raktárban vannak.", "Hol van a lakat?"),
    ("ro", "Bicicletele sunt reparate de mecanici.", "Cine este mecanicul?"),
    ("ru", "Велосипеды хранятся в подвалах домов.", "Где хранится велосипед? В подвале?"),
    ("uk", "Велосипеди стоять у підвалах будинків.", "Що є у підвалі?"),
    ("bg", "Велосипедите се пазят в мазетата.", "Къде е велосипедът?"),
    ("pl", "Rowery stoją w piwnicach domów.", "Co stoi w piwnicy?"),
    ("cs", "Zámky kol jsou ve skladech.", "Kde je zámek? Ve skladu?"),
    ("tr", "Bisikletlerin kilitleri depodadır.", "Kilit nerede?"),
    ("el", "Τα ποδήλατα φυλάσσονται στις αποθήκες.", "Πού είναι η αποθήκη;"),
    ("ar", "تحفظ الدراجات في المخازن وتسلم للموظفين.", "أين دراجة الموظف؟"),
    ("ar", "والمكتبة مفتوحة كل يوم.", "متى تفتح مكتبة الحي؟"),
    ("ar", "يدفع المستأجر بالبطاقة.", "هل أدفع نقدا أو البطاقة؟"),
    ("fa", "دوچرخه‌ها در انبار هستند.", "دوچرخه کجاست؟"),
    ("he", "האופניים והמנעולים נמצאים במחסן.", "איפה המנעול?"),
    ("hi", "साइकिलों की मरम्मत दुकानों में होती है।", "साइकिल की दुकान कहाँ है?"),
    ("id", "Sepedanya disimpan di gudang dan dikunci.", "Di mana kunci sepeda saya?"),
    ("ta", "மரங்கள் தோட்டத்தில் உள்ளன.", "மரத்தின் தோட்டம்"),
]
# Of a text a question that it has the same words for, written as one or as several.
COMPOUNDS = [
    ("Die Kündigungsfrist beträgt drei Monate.", "Welche Frist gilt?"),
    ("Die Kündigungsfrist beträgt drei Monate.", "Wann kann ich eine Kündigung schreiben?"),
    ("Die Frist für eine Kündigung beträgt drei Monate.", "Wie lang ist die Kündigungsfrist?"),
    ("Der Urlaubsantrag geht an die Leitung.", "Wie bekomme ich Urlaub?"),
    ("Stellen Sie den Antrag auf Urlaub bei der Leitung.", "Wohin mit dem Urlaubsantrag?"),
    ("Die Urlaubsanträge gehen an die Leitung.", "Wo ist mein Antrag?"),
    ("Die Kaution wird nach drei Tagen erstattet.", "Wann erfolgt die Kautionsrückerstattung?"),
    ("De opzegtermijn is voor iedereen drie maanden.", "Wat is de termijn?"),
    ("Uppsägningstiden är tre månader för alla.", "Vad säger man om uppsägning?"),
    ("Irtisanomisilmoitus on jätettävä, ja se on sama.", "Mikä on ilmoitus?"),
]
SPELLED = [
    ("Die Kündigung muss schriftlich sein.", "Wie schreibe ich eine Kuendigung?"),
    ("Die Kuendigung muss schriftlich sein.", "Wie schreibe ich eine Kündigung?"),
    ("Die Straße ist gesperrt und wird gekehrt.", "Welche Strasse ist es?"),
    ("Die Strasse ist gesperrt und wird gekehrt.", "Welche Straße ist es?"),
    ("Le salarié déménagé est payé par nous.", "Qui est le salarie ?"),
    ("La información está en la puerta.", "¿Dónde está la informacion?"),
    ("İSTANBUL'DAKİ IŞIKLAR sönük ve eski.", "istanbul"),
]


def found(text: str, question: str) -> list[str]:
    searcher = searcher_of({**OTHERS, "it": text})
    return [id for id, _ in ask(question, searcher=searcher)]


@pytest.mark.parametrize(("language", "text", "question"), INFLECTED)
def test_a_word_is_found_in_another_form(language: str, text: str, question: str) -> None:
    assert found(text, question)[:1] == ["it"]


@pytest.mark.parametrize(("text", "question"), COMPOUNDS)
def test_a_compound_is_found_by_a_part_and_the_other_way_round(text: str, question: str) -> None:
    assert found(text, question)[:1] == ["it"]


@pytest.mark.parametrize(("text", "question"), SPELLED)
def test_a_word_is_found_as_others_spell_it(text: str, question: str) -> None:
    assert found(text, question)[:1] == ["it"]


@pytest.mark.parametrize(
    "question", ["Kündigungen", "KÜNDIGUNG", "Verträge", "vertrag", "kuendigung", "Frist Vertrag"]
)
def test_a_word_alone_of_no_clear_language_meets_those_of_the_index(question: str) -> None:
    text = "Die Kündigung eines Vertrags ist nur mit einer Frist möglich."
    assert found(text, question) == ["it"]


def test_english_words_and_names_in_other_texts_are_found_as_in_english_ones() -> None:
    text = "Die Background-Tasks laufen nach dem Streaming, und root_path ist zu setzen."
    for question in ("How are tasks streamed?", "root_path", "background task"):
        assert found(text, question)[:1] == ["it"]
    assert found("Настройте root_path и tokens.", "What is the token?") == ["it"]


def test_a_short_part_is_none_of_a_word_whose_rest_is_unknown() -> None:
    text = "Der Landkreis verlangt Ausdauer, und der Fahrzeugpreis steht auf der Rechnung."
    assert found(text, "Wie lange kann man reisen?") == []
    with_rest = "Die Geschäftsreise ist zu Ende, und das Geschäft ist wieder offen."
    assert found(with_rest, "Wie lange kann man reisen?") == ["it"]


def test_a_search_that_looks_for_parts_or_is_long_is_no_quick_one() -> None:
    german = searcher_of({"it": "Die Kündigungsfrist ist lang und gilt für alle."})
    english = searcher_of({"it": "The notice period is long, and it is the same for all."})
    assert not is_quick(german, "Frist")
    assert is_quick(english, "How long is the notice?")
    assert not is_quick(english, "How long is the notice? " * 20)


def test_a_long_word_is_none_of_its_letters() -> None:
    """In an index of some size only what is a word beside another word is a part."""
    texts = {
        f"n{n}": f"Die Apparate Nummer {n} sind neu und die Karte ist alt." for n in range(2_100)
    }
    searcher = searcher_of(
        texts | {"it": "Die Monatsrate ist fällig, und jeder Monat hat eine Rate."}
    )
    assert [id for id, _ in ask("Wie hoch ist die Rate?", searcher=searcher)] == ["it"]
    assert [id for id, _ in ask("Wann ist der Monat um?", searcher=searcher)] == ["it"]


def test_the_word_itself_counts_more_than_a_longer_one() -> None:
    searcher = searcher_of(
        {
            "word": "Die Frist ist lang und gilt für alle.",
            "long": "Die Kündigungsfrist ist lang und gilt für alle.",
        }
        | {f"n{n}": "Das Büro ist am Montag offen, und das ist gut." for n in range(9)}
    )
    (first, most), (second, less), *_ = ask("Welche Frist gilt?", searcher=searcher)
    assert (first, second) == ("word", "long")
    assert most > less > most / 4


def test_a_rare_form_says_no_more_than_the_word() -> None:
    texts = {f"n{n}": "Der Vertrag ist gut und die Sache klar." for n in range(20)}
    searcher = searcher_of(texts | {"rare": "Die Verträge sind gut und die Sache klar."})
    query = asked(searcher, "Verträge")
    assert query is not None
    assert list(query.information.values()) == [pytest.approx(0.0, abs=0.1)]
    best = searcher.search(query.query, 1, count=False).hits[0][0]
    assert best < 0.2


def test_an_old_chunk_without_a_language_is_indexed_by_what_its_source_is_in() -> None:
    record = Record("1", "Haus: Verträge", {"source": "a.md"})
    beside = Record("2", OTHERS["de"], {"source": "a.md", "start_index": 50})
    (document, _) = fields.documents([record, beside])
    assert document.get_first("language") == "de"
    told = Record("1", "Verträge", {"source": "a.md", "language": "de"})
    (document,) = fields.documents([told])
    assert document.get_first("language") == "de"
    assert "vertrag" in str(document.get_first("own")).split()


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("Die Fristen für Kündigungen sind lang.", "Welche Frist hat eine Kündigung?"),
        ("Die Kündigungsfristen der Verträge", "Welche Frist hat ein Vertrag?"),
        ("Велосипеды хранятся в подвалах.", "Где хранится велосипед? В подвале?"),
        ("تحفظ الدراجات في المخازن", "أين الدراجة؟ هل في المخازن؟"),
        ("साइकिलों की दुकानों में", "साइकिल की दुकान कहाँ है?"),
    ],
)
def test_what_a_chunk_has_of_a_question_is_told_in_the_same_words(text: str, question: str) -> None:
    searcher = searcher_of({**OTHERS, "it": text})
    query = asked(searcher, question)
    assert query is not None
    assert coverage(query.information, text, {"source": "it.md"}) > 0.6
    assert coverage(query.information, OTHERS["en"], {"source": "en.md"}) == 0
