"""Words that only hold a sentence together, language by language, and which of them a text uses.

The same letters are such a word in one language and say something in another ("die", "war",
"man", "not"): so only those of the language that most of a text's words are of are left out.
"""
# ruff: noqa: RUF001 - letters of other alphabets are meant here

from collections import Counter
from collections.abc import Collection, Mapping
from functools import cache
from typing import Final

from rag_stream.text.folding import folded

LANGUAGES: Final[Mapping[str, str]] = {
    "en": "a about according after all also am an and any are as at be been being but by can could"
    " did do does doing don for from had has have he her here him his how i if in into is it"
    " its let many may me might more most much must my no not of off on or our please shall"
    " she should so some such than that the their them then there these they this those to too"
    " us very was we were what when where which while who whom whose why will with would you"
    " your",
    "de": "aber alle als also am an ans auch auf aufs aus bei beim bin bis bist da dafür damit dann"
    " darf darfst das dass dein deine dem den denn der des dessen dich die dies diese diesem"
    " diesen dieser dieses dir doch du durch dürfen ein eine einem einen einer eines er es"
    " etwas euch für gegen gibt habe haben hat hatte ich ihm ihn ihnen ihr ihre ihrem ihren"
    " ihrer im in ins ist ja jede jedem jeden jeder jedes kann kannst kein keine keinen können"
    " könnte lassen man mein meine meinem meinen meiner mich mir mit muss müssen nach nicht"
    " noch nun nur ob oder ohne sein seine seinem seinen seiner seit sich sie sind so soll"
    " sollen sollte sowie über um und uns unser unsere unter viel viele vom von vor wann war"
    " waren warum was welche welchem welchen welcher welches wem wen wenn wer werde werden wie"
    " wieso will wir wird wo woher wohin worden wurde wurden zu zum zur zwischen",
    "fr": "à afin ai alors après au aucun aucune aussi autre aux avant avec avez avoir avons c ça"
    " car ce ceci cela celle celui ces cet cette chez comme comment d dans de depuis des donc"
    " dont du elle elles en encore entre es est et étaient était être eu faut il ils j je l la"
    " le les leur leurs lors lorsque lui m ma mais me même mes moi mon n ne nos notre nous on"
    " ont ou où par pas peut peuvent peux plus pour pourquoi puis qu quand que quel quelle"
    " quelles quels qui quoi s sa sans se sera ses si son sont sous sur t ta te tes toi ton"
    " tous tout toute toutes très tu un une vers vos votre vous y",
    "es": "a al algo algún alguna ante antes aquí así aún aunque bajo bien cada como cómo con"
    " contra cual cuál cuáles cuando cuándo cuánto cuántos cuánta cuántas de del desde donde"
    " dónde e el él ella ellas ellos en entre era es esa ese eso esta está están estas este"
    " esto estos fue ha han hasta hay la las le les lo los más me mi mis muy nada ni no nos"
    " nosotros o otra otro para pero poco por porque puede pueden puedo que qué quien quién"
    " quiénes se sea ser si sí sin sobre son su sus también tan te tengo tiene tienen tu tus"
    " un una unas uno unos y ya yo",
    "it": "a ad ai al alla alle allo anche avere c che chi ci come con cosa cui d da dagli dai dal"
    " dalla dalle dei del dell della delle dello deve di dopo dove e è ed era essere fra gli"
    " ha hanno ho i il in io l la le lei lo loro lui ma mi mia mie mio ne nei nel nell nella"
    " nelle nello noi non o ogni per perché più posso può qual quale quali quando quanta"
    " quanti quanto quella quelle quello questa queste questi questo se sei si sia sono su sua"
    " sue sugli sul sulla suo te tra tu un una uno vi voi",
    "pt": "a ao aos aquela aquele aqui as até às com como da das de dele depois do dos e é ela elas"
    " ele eles em entre era essa esse esta está este eu foi há isso isto já lhe mais mas me"
    " mesmo meu meus minha muito na não nas nem no nos nós num numa o onde os ou para pela"
    " pelas pelo pelos podem pode por porque posso qual quais quando quanto quantos que quê"
    " quem são se sem ser será seu seus sobre sou sua suas também te tem têm tenho ter tu tudo"
    " um uma você vocês",
    "nl": "aan al als bij ben bent dan dat de deze die dit door dus een en er haar had heb hebben"
    " heeft hem het hier hij hoe hoeveel hun ik in is je jij jou jouw kan kun kunnen maar mag"
    " me meer met mij mijn moet moeten mogen na naar niet nog nu of om onder ons onze ook op"
    " over te tegen tot u uit uw van veel voor waar waarom wanneer waren was wat we welk welke"
    " werd wie wij wil word worden wordt zal ze zich zij zijn zo zonder zou",
    "sv": "alla allt att av blev bli blir de dem den denna det detta dig din dina du där då efter"
    " ej eller en ett finns från får för ha hade han har hon hur här i icke inga ingen inte"
    " jag kan kommer man med men mig min mina mot måste mycket ni nu när och om oss på samma"
    " sedan sig sin sitt ska skulle som så till under upp ut utan vad var varför varje vem vi"
    " vid vilka vilken vilket är än åt över",
    "da": "af alle at blev blive bliver da de dem den denne der det dette dig din du efter eller en"
    " er et for fra få får før ham han har havde hun hvad hvem hvilke hvilken hvilket hvis"
    " hvor hvordan hvorfor hvornår i ikke ingen ja jeg kan kunne man med meget men mig min mit"
    " mod må nej nogen noget nogle nu når og også om op os over på sig sin sit skal skulle som så"
    " til ud uden under var ved vi vil være været",
    "pl": "a aby ale ani bez bo być był była było były ci co czy dla do gdy gdzie go i ich ile im"
    " inny ja jak jaka jaki jakie jakich jako je jego jej jest jestem jeśli jeżeli już każdy"
    " kiedy kto która które którego której którzy który którym ma mają mam mnie można mogę"
    " może mój moja moje my na nad nam nas nie niż o od on ona one oni oraz po pod przed przez"
    " przy się są ta tak także tam te tego tej ten to tu tych tym u w we więc wszystko z za ze"
    " że żeby",
    "cs": "a aby ale ani asi až bez bude by byl byla bylo být co což či do i já jak jaká jaké jaký"
    " jako je jeho její jen ještě ji jsem jsme jsou k kam kde kdo kdy kdyby když která které"
    " který kolik kterou ma má mám máte mě mezi mi mít moje můj může mohu musím na nad nám nás"
    " ne nebo není než o od on ona oni pak po pod podle pokud pro proč proto před při s se si"
    " své svůj ta tak také tam ten této tento to toho tom tu ty u už v ve však vy z za ze že",
    "ru": "а без более бы был была были было быть в вам вас ваш во вот все всё всех вы где да даже"
    " для до его ее её если есть еще ещё же за здесь и из или им их к как какая какие какой"
    " каким какое каких когда который которая которое которые кто ли либо меня мне могу мой"
    " моя мои может можно мы на над надо нам нас не него нее ней нет ни них но ну нужно о об"
    " он она они оно от очень по под при про с сам себя со так также там тебя то того тоже"
    " только том тот ты у уже чего чем через что чтобы чей эта эти это этого этой этом этот я"
    " сколько почему зачем куда откуда",
    "uk": "а або але б без бути був була були в вам вас ваш ви від він вона вони все всі де для до"
    " є ж за з зі і із інший й його їх її їм ким коли котрий куди ли мене мені мій моя мої"
    " можна може можу ми на над нам нас не немає ні ним них о об однак от під по при про"
    " скільки та так також там те ти то того тому у хто це цей ця ці чи чий чому що щоб я як"
    " яка яке який які",
    "tr": "acaba ama ancak bana bazı ben beni benim bir biz bu buna bunu çok da daha de değil diye"
    " en gibi hangi hem her hiç için ile ise kaç kadar ki kim kime mi mı mu mü nasıl ne neden"
    " nedir nerede nereden nereye niçin niye o olan olarak olur onu onun sen siz şu şey var ve veya"
    " ya yok",
    "ar": "ال إلى أم أن أنا أو أي أين إن أنت الذي التي الذين بعد به بها بين تم ثم حتى حيث ذلك عن"
    " على عند عندما غير في فيه فيها قبل قد كل كان كانت كم كما كيف لا لدى لكن لم لماذا لن له"
    " لها لي ليس ما ماذا متى مع من منذ منه منها نحن هذا هذه هل هم هو هي و وهو وهي يا يكون يمكن"
    " يمكنني",
    "fa": "از است اگر آن این با باید بر برای بود به تا چرا چه چطور چگونه چند چیست خود در دارد دارم"
    " را شد شده شما کجا کدام کرد که کی کند ما من می نیز هر هست هم و یا یک",
    "hi": "अगर अपना अपनी अपने आप इस इसका इसके इसे उन उनका उस उसका उसके उसे एक एवं और कब कर करता"
    " करते करना करने का कि किस किसका किसी की कितना कितनी कितने के को कोई कौन कौनसा क्या क्यों"
    " कहाँ कहां कैसे जब जहाँ जो तक तो था थी थे दिया द्वारा नहीं ने पर फिर बहुत भी मुझे मेरा"
    " मेरी मेरे में मैं यदि यह यहाँ या ये लिए वह वाला वाले वे सकता सकते सकती से हम हमें ही हुआ"
    " हुई हुए है हैं हूँ हो होगा होता होती होते",
    "el": "αλλά αν από αυτά αυτή αυτό αυτός για δεν είμαι είναι εγώ ένα ένας εσείς εσύ έχει έχω ή η"
    " θα και κάθε κατά με μετά μέχρι μη μια μας μου μπορώ μπορεί να ο οι όταν ότι όπως ποια"
    " ποιο ποιος πόσο πόσα πόσες πότε που πού πρέπει πριν προς πως πώς σαν σας σε στα στη στην"
    " στις στο στον σου τα τη την της τι τις το τον του τους των ως",
    "he": "אבל או איך איפה איזה אל אם אני אנחנו אף אשר את אתה גם הוא היא הם הזה היה זה זאת זו יש כי"
    " כל כמה כמו כן לא לי לו למה ל מ מה מי מתי על עד עם של שלי שלו שם",
    "id": "ada adalah agar akan anda apa apakah atau bagaimana bagi bahwa berapa bisa dan dapat"
    " dari dengan di dia ini itu jika juga kami kapan karena ke kita lebih mana mereka oleh"
    " pada para saya sebagai sebuah seperti siapa sudah telah tentang tidak untuk yang",
    "nb": "alle at av bare ble bli blir både da de deg dem den denne der dere deres det dette din"
    " dine du eller en er et etter for fra få får før gjør ha hadde han har hun hva hvem hver"
    " hvilke hvilken hvilket hvis hvor hvordan hvorfor hvorfra ikke ingen inn jeg kan kunne man"
    " med meg men mer min mitt mot må mye noe noen nå når og også om opp oss over på seg sin"
    " sitt skal skulle slik som så til ut uten var ved vi vil være vært",
    "fi": "ei eikä eivät eli en ennen entä että hän he ja jo joka joita joiden joka jonka jos jossa"
    " josta jota jotka jälkeen kanssa keitä kenen ketkä koska kuin kuinka kuka kun kunnes me"
    " mihin mikä miksi milloin minun minä missä mistä mitkä mitä miten mutta muun mukaan myös"
    " ne niiden niin niitä noin nyt olen olet oli olisi olivat olla on onko ovat paljonko saa"
    " saako se sekä sen siellä siinä siitä sitä sillä sinun sinä tai tämä tämän tässä tästä tätä"
    " te tulee täytyy vaan vai vain vaikka voi voiko voit voin voidaan",
    "hu": "a ahol aki akik ami amely amelyek amikor amit arra az azok azonban azt azért be csak de"
    " e egy egyes ehhez ekkor el ez ezek ezen ezt és hány hogy hogyan hol honnan hova ha hanem"
    " hogyha illetve is itt kell ki kik kinek le lehet lenne lesz már meg melyik mennyi mert"
    " mely mi miatt mikor miért milyen mint mit nem nincs olyan pedig s saját szerint tehát"
    " tudok tudom után vagy vagyok van vannak volt voltak",
    "ro": "acea aceasta această acest acesta aceste acestor acestui ai al ale am ar are asupra au"
    " avea ca care cât câte câți ce cel cele cei că către când cine cu cui cum da dacă de decât"
    " deci deși despre din după e ea ei el ele era este eu fără fi fie fost i iar în între într"
    " la le li lor lui mă mea meu mi mie nu ne ni noastră noi nostru o oricare pe pentru poate"
    " pot prin sa să sau se și şi sînt sub sunt tot toate tu un unde unei unor unui va voi vor",
    "bg": "аз ако ала без беше би бил била били бъде бяха в вас ваш във вие всички върху ги го да"
    " до дали е един една едно ето за защо и из или им има ли как каква какви какво какъв като"
    " кога кога кой която които което колко към къде ме между ми мога може му на най над не него"
    " нещо ни нищо но някой о обаче около от освен по под поради при с са само се си след сме"
    " със също така тази там те тези ти това този той трябва тук тя у ще що я",
    "vi": "ai bao bạn bị bởi các cái cho có của cùng cũng đã đang đây để đến đi đó được gì hay hoặc"
    " khi không là làm lại lên mà mỗi một nào này nên nếu như nhiều nhưng những ở ra rất sao"
    " sẽ tại thì thế theo tôi trên trong từ và vào vì với",
}
"""Words with blanks between, as they are written."""
_LEAST = 2
"""A single word in Latin letters may be of any language."""
_LAST_LATIN = "\u024f"


def function_words(words: Collection[str]) -> frozenset[str]:
    """Those of a text's words, folded and in small letters, that are function words there."""
    return of_languages(words, spoken(words))


def of_languages(words: Collection[str], languages: frozenset[str]) -> frozenset[str]:
    """Those of the words that are function words in one of the languages."""
    known = _languages()
    return frozenset(word for word in words if not languages.isdisjoint(known.get(word, ())))


def spoken(words: Collection[str]) -> frozenset[str]:
    """The languages, mostly one, that most of the function words among these words are of."""
    known = _languages()
    counts: Counter[str] = Counter()
    for word in words:
        for language in known.get(word, ()):
            counts[language] += 1 if word[0] <= _LAST_LATIN else _LEAST
    if not counts or (most := max(counts.values())) < _LEAST:
        return frozenset()
    return frozenset(language for language, count in counts.items() if count == most)


def is_function_word(word: str) -> bool:
    """Whether it is one in any language."""
    return word in _languages()


def languages_with(word: str) -> tuple[str, ...]:
    """Those in which the word, folded and in small letters, is a function word."""
    return _languages().get(word, ())


@cache
def _languages() -> Mapping[str, tuple[str, ...]]:
    """Of each word the languages in which it is one."""
    found: dict[str, list[str]] = {}
    for language, words in LANGUAGES.items():
        for word in dict.fromkeys(folded(words).casefold().split()):
            found.setdefault(word, []).append(language)
    return {word: tuple(languages) for word, languages in found.items()}
