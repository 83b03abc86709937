"""Messages that only greet, thank, agree, take leave or ask who is there. Pure.

Narrow: only where the whole message is made of such phrases. "Hi, what is the notice period?" is
a question, and so is whatever else has a word that is in none of them.
"""
# ruff: noqa: RUF001 - letters of other alphabets are meant here

import re
from collections.abc import Mapping
from typing import Final

from rag_stream.text.folding import folded

_MOST_CHARS = 80
_MOST_WORDS = 10
_BY_LANGUAGE: Final[Mapping[str, str]] = {
    "en": "hi|hello|hey|hiya|hi there|hello there|hey there|good morning|good afternoon"
    "|good evening|good day|good night|greetings|howdy|thanks|thank you|thx|thanks a lot"
    "|thanks so much|thank you very much|thank you so much|many thanks|cheers|great|perfect"
    "|ok|okay|ok thanks|bye|bye bye|goodbye|good bye|see you|see you later|see ya|take care"
    "|who are you|what are you|what can you do|what do you do|how are you|how are you doing"
    "|nice to meet you|that is all|thats all|that helped|that was helpful|you are welcome"
    "|are you there"
    "|have a nice day|have a good day",
    "de": "hi|hallo|hey|guten morgen|guten tag|guten abend|gute nacht|moin|servus|grüß gott|grüezi"
    "|danke|danke schön|dankeschön|danke sehr|vielen dank|besten dank|herzlichen dank|tausend dank"
    "|super|perfekt|ok|okay|alles klar|tschüss|tschüß|tschau|ciao|auf wiedersehen|bis bald"
    "|bis später|bis dann|wer bist du|wer sind sie|was bist du|was kannst du|was können sie"
    "|wie geht es dir|wie gehts|wie geht es ihnen|schönen tag|schönen tag noch",
    "es": "hola|buenos días|buenas tardes|buenas noches|buenas|gracias|muchas gracias|mil gracias"
    "|perfecto|genial|vale|ok|adiós|hasta luego|hasta pronto|chao|quién eres|quién es usted"
    "|qué puedes hacer|cómo estás|qué tal",
    "fr": "salut|bonjour|bonsoir|bonne nuit|coucou|merci|merci beaucoup|merci bien|mille mercis"
    "|parfait|super|ok|d'accord|au revoir|à bientôt|à plus|bonne journée|qui es tu|qui êtes vous"
    "|que peux tu faire|ça va|comment ça va",
    "it": "ciao|salve|buongiorno|buon giorno|buonasera|buona sera|buonanotte|grazie|grazie mille"
    "|molte grazie|tante grazie|perfetto|ok|va bene|arrivederci|a presto|chi sei|cosa puoi fare"
    "|come stai|come va",
    "pt": "olá|oi|bom dia|boa tarde|boa noite|obrigado|obrigada|muito obrigado|muito obrigada"
    "|valeu|perfeito|ok|tchau|adeus|até logo|até breve|quem é você|quem és tu|o que você pode fazer"
    "|tudo bem|como vai",
    "nl": "hoi|hallo|hey|goedemorgen|goedemiddag|goedenavond|goedendag|dank je|dank u|dankjewel"
    "|dank je wel|dank u wel|bedankt|hartelijk dank|perfect|prima|ok|doei|dag|tot ziens"
    "|wie ben je|wie bent u|wat kun je|hoe gaat het",
    "sv": "hej|hejsan|hallå|god morgon|god kväll|tack|tack så mycket|tusen tack|ok|hej då|vi ses"
    "|vem är du|vad kan du göra|hur mår du",
    "da": "hej|hejsa|goddag|godmorgen|god morgen|godaften|tak|mange tak|tusind tak|ok|farvel"
    "|hej hej|vi ses|hvem er du|hvad kan du|hvordan går det",
    "nb": "hei|hallo|god dag|god morgen|god kveld|takk|tusen takk|mange takk|ok|ha det|ha det bra"
    "|hvem er du|hva kan du|hvordan går det",
    "fi": "hei|moi|terve|hyvää huomenta|hyvää päivää|hyvää iltaa|kiitos|kiitos paljon"
    "|paljon kiitoksia"
    "|ok|hei hei|näkemiin|moikka|kuka sinä olet|kuka olet|mitä osaat|mitä kuuluu",
    "pl": "cześć|hej|witam|dzień dobry|dobry wieczór|dobranoc|dzięki|dziękuję|dziękuję bardzo"
    "|bardzo dziękuję|wielkie dzięki|ok|do widzenia|pa|na razie|kim jesteś|co potrafisz"
    "|jak się masz",
    "cs": "ahoj|čau|dobrý den|dobré ráno|dobrý večer|dobrou noc|děkuji|děkuju|díky|moc děkuji"
    "|děkuji moc|mockrát děkuji|ok|na shledanou|nashledanou|kdo jsi|kdo jste|co umíš|jak se máš",
    "ro": "salut|bună|bună ziua|bună dimineața|bună seara|noapte bună|mulțumesc|mulțumesc mult"
    "|mersi|ok|la revedere|pa|cine ești|ce poți face|ce mai faci",
    "hu": "szia|sziasztok|helló|jó napot|jó reggelt|jó estét|jó éjszakát|köszönöm|köszi"
    "|köszönöm szépen|nagyon köszönöm|ok|viszlát|viszontlátásra|ki vagy|mit tudsz|hogy vagy",
    "ru": "привет|здравствуйте|здравствуй|добрый день|доброе утро|добрый вечер|спокойной ночи"
    "|спасибо|большое спасибо|спасибо большое|благодарю|ок|отлично|пока|до свидания|до встречи"
    "|кто ты|кто вы|что ты умеешь|как дела",
    "uk": "привіт|вітаю|добрий день|доброго дня|доброго ранку|добрий вечір|дякую|дуже дякую"
    "|щиро дякую|ок|бувай|до побачення|хто ти|хто ви|що ти вмієш|як справи",
    "el": "γεια|γεια σου|γεια σας|καλημέρα|καλησπέρα|καληνύχτα|ευχαριστώ|ευχαριστώ πολύ|εντάξει"
    "|αντίο|τα λέμε|ποιος είσαι|τι μπορείς να κάνεις|τι κάνεις",
    "tr": "merhaba|selam|günaydın|iyi günler|iyi akşamlar|iyi geceler|teşekkürler|teşekkür ederim"
    "|çok teşekkürler|çok teşekkür ederim|sağ ol|sağol|tamam|hoşça kal|görüşürüz|güle güle"
    "|sen kimsin|kimsin|siz kimsiniz|neler yapabilirsin|nasılsın",
    "ar": "مرحبا|اهلا|أهلا وسهلا|السلام عليكم|صباح الخير|مساء الخير|شكرا|شكرا جزيلا|شكرا لك"
    "|حسنا|مع السلامة|وداعا|إلى اللقاء|من أنت|ماذا يمكنك أن تفعل|كيف حالك",
    "fa": "سلام|درود|صبح بخیر|عصر بخیر|شب بخیر|ممنون|ممنونم|مرسی|متشکرم|خیلی ممنون|سپاس"
    "|سپاسگزارم|باشه|خداحافظ|تو کی هستی|شما کی هستید|حالت چطوره",
    "he": "שלום|היי|הי|בוקר טוב|ערב טוב|צהריים טובים|לילה טוב|תודה|תודה רבה|המון תודה|אוקיי"
    "|להתראות|ביי|מי אתה|מי את|מה אתה יכול לעשות|מה שלומך|מה נשמע",
    "hi": "नमस्ते|नमस्कार|हैलो|हेलो|सुप्रभात|शुभ संध्या|शुभ रात्रि|धन्यवाद|बहुत धन्यवाद|शुक्रिया"
    "|बहुत शुक्रिया|ठीक है|अलविदा|फिर मिलेंगे|आप कौन हैं|तुम कौन हो|आप क्या कर सकते हैं"
    "|आप कैसे हैं",
    "vi": "xin chào|chào|chào bạn|chào buổi sáng|cảm ơn|cám ơn|cảm ơn bạn|cảm ơn nhiều"
    "|cảm ơn rất nhiều|tạm biệt|hẹn gặp lại|bạn là ai|bạn có thể làm gì|bạn khỏe không",
    "id": "halo|hai|selamat pagi|selamat siang|selamat sore|selamat malam|terima kasih"
    "|terima kasih banyak|makasih|oke|baik|sampai jumpa|dadah|siapa kamu|siapa anda"
    "|apa yang bisa kamu lakukan|apa kabar",
    "zh": "你好|您好|嗨|哈喽|大家好|早上好|早安|下午好|晚上好|晚安|谢谢|谢谢你|谢谢您|多谢"
    "|非常感谢|感谢"
    "|太好了|好的|好|再见|拜拜|回头见|你是谁|您是谁|你能做什么|你会做什么|你好吗",
    "ja": "こんにちは|こんばんは|おはよう|おはようございます|おやすみなさい|はじめまして"
    "|もしもし|ありがとう"
    "|ありがとうございます|ありがとうございました|どうもありがとう|どうもありがとうございます"
    "|どうも|了解|了解です"
    "|わかりました|さようなら|またね|では また|あなたは誰|あなたは誰ですか|何ができますか"
    "|お元気ですか",
    "ko": "안녕|안녕하세요|안녕하십니까|반갑습니다|좋은 아침|감사합니다|고맙습니다|고마워"
    "|고마워요|정말 감사합니다"
    "|네|알겠습니다|안녕히 계세요|잘 가|누구세요|너는 누구니|당신은 누구입니까|뭘 할 수 있어요"
    "|잘 지내요",
    "th": "สวัสดี|สวัสดีครับ|สวัสดีค่ะ|หวัดดี|อรุณสวัสดิ์|ขอบคุณ|ขอบคุณครับ|ขอบคุณค่ะ|ขอบคุณมาก"
    "|ขอบคุณมากครับ|ขอบคุณมากค่ะ|โอเค|ลาก่อน|คุณคือใคร|คุณทำอะไรได้บ้าง|สบายดีไหม",
}
# What holds an apostrophe together is no sign between words: "that's all".
_JOINED = re.compile(r"['\u2019]")
_APART = re.compile(r"[\W_]+")


def _plain(text: str) -> str:
    return _APART.sub(" ", _JOINED.sub("", folded(text).casefold())).strip()


def _phrases() -> dict[str, tuple[str, ...]]:
    phrases: dict[str, tuple[str, ...]] = {}
    for language, texts in _BY_LANGUAGE.items():
        for text in texts.split("|"):
            plain = _plain(text)
            for form in {plain, plain.replace(" ", "")} if language in ("zh", "ja") else {plain}:
                phrases[form] = (*phrases.get(form, ()), language)
    return phrases


_PHRASES: Final = _phrases()
_LONGEST = max(phrase.count(" ") + 1 for phrase in _PHRASES)
# By themselves, and with nothing said before, these are as likely words to look for.
_NEVER_ALONE = frozenset({"ok", "great", "perfect", "super", "dag", "pa", "baik", "cheers"})


def small_talk(message: str, *, goes_on: bool = False) -> tuple[str, ...]:
    """The languages of a message that is nothing but small talk, the likeliest first; else none.

    `goes_on`: something was said before it, and "ok" is no word to look for.
    """
    if len(message) > _MOST_CHARS:
        return ()
    words = _plain(message).split()
    if not 0 < len(words) <= _MOST_WORDS:
        return ()
    found: list[tuple[str, ...]] = []
    at = 0
    while at < len(words):
        for end in range(min(len(words), at + _LONGEST), at, -1):
            languages = _PHRASES.get(" ".join(words[at:end]))
            if languages is not None:
                found.append(languages)
                at = end
                break
        else:
            return ()
    if not goes_on and len(words) == 1 and words[0] in _NEVER_ALONE:
        return ()
    shared = [one for one in found[0] if all(one in others for others in found)]
    return tuple(shared) or min(found, key=len)
