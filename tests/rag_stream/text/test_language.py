"""The language of texts and questions, and that nothing is guessed where it is not clear."""

# ruff: noqa: RUF001 - letters of other alphabets are meant here
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag_stream.text.language import language_in
from rag_stream.text.letters import OF_LANGUAGE, ONLY, script_of

TEXTS = {
    "en": "The deposit is returned when the bicycle comes back without damage.",
    "de": "Die Kaution wird erstattet, wenn das Fahrrad ohne Schaden zurückkommt.",
    "fr": "La caution est rendue quand le vélo revient sans dommage.",
    "es": "El depósito se devuelve cuando la bicicleta vuelve sin daños.",
    "it": "La cauzione viene resa quando la bicicletta torna senza danni alla sede.",
    "pt": "A caução é devolvida quando a bicicleta volta sem danos.",
    "nl": "De borg wordt terugbetaald als de fiets zonder schade terugkomt.",
    "sv": "Depositionen betalas tillbaka när cykeln kommer tillbaka utan skador.",
    "da": "Depositummet betales tilbage, når cyklen kommer tilbage uden skader af nogen art.",
    "nb": "Depositumet betales tilbake når sykkelen kommer tilbake uten skader av noe slag.",
    "fi": "Panttimaksu palautetaan, kun pyörä tuodaan takaisin ja se on ehjä.",
    "hu": "A letétet visszafizetjük, ha a kerékpár sértetlenül és időben kerül vissza.",
    "ro": "Garanția se returnează dacă bicicleta este adusă înapoi fără să fie stricată.",
    "pl": "Kaucja jest zwracana, gdy rower wraca bez uszkodzeń.",
    "cs": "Kauce se vrací, když je kolo vráceno bez poškození.",
    "tr": "Bisiklet hasarsız geri gelirse depozito ve ücret iade edilir.",
    "id": "Uang jaminan akan dikembalikan jika sepeda kembali tanpa kerusakan dan tidak hilang.",
    "vi": "Tiền đặt cọc được trả lại khi xe đạp không bị hư hỏng.",
    "ru": "Залог возвращается, если велосипед сдан без повреждений.",
    "uk": "Застава повертається, якщо велосипед здано без пошкоджень.",
    "bg": "Депозитът се връща, когато велосипедът е върнат без щети.",
    "sr": "Депозит се враћа када је бицикл враћен неоштећен.",
    "el": "Η εγγύηση επιστρέφεται όταν το ποδήλατο γυρίσει χωρίς ζημιές.",
    "ar": "يعاد التأمين عندما تعود الدراجة من دون أضرار.",
    "fa": "ودیعه پس داده می‌شود وقتی دوچرخه سالم برگردد.",
    "ur": "سائیکل صحیح سلامت واپس آنے پر رقم لوٹا دی جاتی ہے۔",
    "he": "הפיקדון מוחזר כאשר האופניים חוזרים ללא נזק.",
    "hi": "साइकिल बिना नुकसान के लौटने पर जमा राशि वापस की जाती है।",
    "mr": "सायकल परत आल्यावर अनामत रक्कम परत मिळते आणि हे सर्व नियम आहेत.",
    "zh": "自行车完好归还后，押金会退回。",
    "ja": "自転車が無傷で戻ったら、保証金を返します。",
    "ko": "자전거가 손상 없이 돌아오면 보증금을 돌려줍니다.",
    "th": "เงินมัดจำจะคืนเมื่อจักรยานกลับมาโดยไม่เสียหาย",
    "km": "ប្រាក់កក់នឹងត្រូវសងវិញនៅពេលកង់ត្រឡប់មកវិញ",
    "ta": "மிதிவண்டி சேதமின்றி திரும்பும்போது வைப்புத்தொகை திருப்பித் தரப்படும்.",
}


@pytest.mark.parametrize("language", TEXTS)
def test_one_sentence_tells_its_language(language: str) -> None:
    assert language_in(TEXTS[language]) == language


@pytest.mark.parametrize(
    "text",
    [
        "",
        "???",
        "42 17 2024",
        "kubectl get pods -n prod",
        "AX-4471 BX-12 pump filter M8 x 30",
        "GET /api/v1/users 200\nPOST /login 401",
        "import os\nfor path in os.listdir('.'):\n    print(path, len(open(path).read()))",
        'int main(void) { char *la = "de"; return un(la); }',
        "Rio de Janeiro, Den Haag, Le Havre, La Paz",
        "die cast",
        "Kündigungsfrist",
        "\U0001f6a2 \ud800",
    ],
)
def test_what_is_in_no_language_is_not_guessed(text: str) -> None:
    assert language_in(text) is None


@pytest.mark.parametrize(
    ("one", "other"), [("en", "de"), ("fr", "es"), ("en", "ru"), ("de", "ar"), ("zh", "en")]
)
def test_of_a_text_of_two_languages_it_is_not_clear(one: str, other: str) -> None:
    assert language_in(f"{TEXTS[one]} {TEXTS[other]}") is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Mit `kubectl get pods -n prod` zeigt das Cluster, welche Pods in prod laufen.", "de"),
        ("Команда `git rebase --onto main feature` переносит ветку, если она не слита.", "ru"),
        ("この関数は `open(path).read()` の結果を返します。", "ja"),
        ("El archivo /etc/ssh/sshd_config de OpenSSH tiene la opción PermitRootLogin.", "es"),
        ("L'exemple d'une page qu'on n'avait pas vue", "fr"),
        ("Warsaw's exchange and London's were closed", "en"),
    ],
)
def test_code_and_names_in_a_text_do_not_hide_its_language(text: str, language: str) -> None:
    assert language_in(text) == language


def test_a_long_text_is_looked_at_all_over() -> None:
    foreword = TEXTS["en"] * 20
    assert language_in(foreword + TEXTS["de"] * 200) == "de"
    assert language_in(TEXTS["de"] * 200 + TEXTS["en"] * 200) is None


@given(st.text())
def test_any_text_has_one_or_none(text: str) -> None:
    assert language_in(text) is None or len(str(language_in(text))) == 2


def test_each_alphabet_is_known_by_a_letter() -> None:
    letters = {"a": "latin", "ß": "latin", "я": "cyrillic", "ب": "arabic", "ক": "bengali"}
    assert {letter: script_of(letter) for letter in letters} == letters
    assert [script_of(sign) for sign in "1.?_ ٣。"] == [None] * 7
    assert all(OF_LANGUAGE[language] == script for script, language in ONLY.items())
