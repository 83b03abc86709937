"""Sentences in many languages, and the encodings that were used before UTF-8."""

# ruff: noqa: RUF001  # letters that look like Latin ones are what it is about

_WEST = ("cp1252", "mac_roman", "cp850")
_MIDDLE = ("cp1250", "iso8859_2", "cp852")
_RUSSIAN = ("cp1251", "koi8_r", "cp866", "iso8859_5", "mac_cyrillic")

TEXTS = {
    "de": (
        "Wer das Gerät zum ersten Mal benutzt, muß zuerst den Schlüssel für das Gehäuse drehen.",
        "Für Schäden, die durch unsachgemäße Bedienung entstehen, übernehmen wir keine Gewähr.",
        "Im Frühjahr blühen die Bäume früher als gewöhnlich, sagte der Gärtner.",
        "Äpfel, Nüsse und getrocknete Früchte gehören in ein gutes Müsli.",
    ),
    "fr": (
        "Vérifiez que le câble est branché avant d'allumer l'appareil à côté de la fenêtre.",
        "Les élèves ayant réussi l'épreuve reçoivent leur diplôme dès la rentrée.",
        "Nous avons dû déplacer la réunion parce que le maître d'hôtel était malade.",
        "Le forêt brûlée renaîtra peut-être dans une vingtaine d'années, espère le père Noël.",
    ),
    "es": (
        "El niño soñó con una montaña cubierta de nieve y un corazón de papel.",
        "Según el informe, la producción de azúcar cayó un tercio durante el año pasado.",
        "Para añadir otro usuario, pulse el botón que está detrás de la máquina.",
        "Señor Núñez, su petición fue enviada también a la administración.",
    ),
    "pt": (
        "O cão do vizinho fugiu ontem à noite, mas já voltou para a sua casota.",
        "As crianças não podem entrar na cozinha sem a presença de um funcionário.",
        "O avô contava histórias sobre o mar, os pássaros e a ilha misteriosa.",
        "Pão, feijão, maçã e três limões: são estas as compras de hoje.",
    ),
    "it": (
        "Perché non è possibile spegnere la macchina prima che sia finita l'attività?",
        "Lunedì e martedì l'ufficio rimane aperto fino alle sei, venerdì no.",
        "Il papà di Niccolò arriverà giovedì con il treno, se non c'è sciopero.",
        "Però, se sarà necessario, la verità verrà detta a tutta la comunità.",
    ),
    "sv": (
        "Nyckeln till källaren hänger på kroken bakom dörren, säger vaktmästaren.",
        "Sjön är för kall för att bada i, men på våren kan man åka båt där.",
        "Många äldre människor föredrar att få räkningen på papper.",
        "Hästarna står ute året om på en äng öster om kyrkan.",
    ),
    "da": (
        "Nøglen til kælderen hænger på krogen bag døren, siger pedellen.",
        "Færgen sejler fra øen klokken otte, hvis ikke blæsten er for stærk.",
        "Brød, smør, æbler og rødgrød med fløde står på bordet i køkkenet.",
        "Året rundt vokser græsset højt på de våde marker ved åen.",
    ),
    "fi": (
        "Älä käytä pesukonetta yöllä, sillä naapurit heräävät siihen heti.",
        "Päivitys täytyy käynnistää käsin, jos yhteys katkeaa kesken työn.",
        "Mökillä syötiin mustikkapiirakkaa ja pelättiin ötököitä.",
        "Näyttelyn järjestäjät kiittävät kävijöitä hyvästä käytöksestä.",
    ),
    "pl": (
        "Proszę najpierw sprawdzić, czy przewód nie jest uszkodzony, a potem włączyć urządzenie.",
        "Członkowie spółdzielni płacą mniej, jeśli zgłoszą się przed końcem września.",
        "Wczoraj wieczorem żółta łódź odpłynęła z portu w nieznanym kierunku.",
        "Dziękujemy, że państwo zechcieli wziąć udział w naszej ankiecie.",
    ),
    "cs": (
        "Nejdříve zkontrolujte, zda není šňůra poškozená, a potom přístroj zapněte.",
        "Příliš mnoho lidí čekalo před nádražím na zpožděný vlak do Plzně.",
        "Žádost můžete podat písemně nebo osobně na úřadě ve třetím poschodí.",
        "Čerstvý chléb, máslo a šunku najdete v lednici vedle okna.",
    ),
    "hu": (
        "Először ellenőrizze, hogy nem sérült-e a vezeték, aztán kapcsolja be a gépet.",
        "Őszintén szólva túl sok időt töltöttünk a sűrű erdőben gombát keresve.",
        "Hűtőszekrényben tárolandó, gyermekek elől elzárva tartandó gyógyszer.",
        "Kérjük, töltse ki az űrlapot, és küldje vissza postán.",
    ),
    "ro": (
        "Verificaţi mai întâi dacă firul nu este deteriorat, apoi porniţi aparatul.",
        "Plăţile făcute după această dată vor fi trecute în contul anului următor.",
        "Ţăranii îşi vând roadele la piaţă încă de la răsăritul soarelui.",
        "Vă mulţumim că aţi ales să răspundeţi la întrebările noastre.",
    ),
    "hr": (
        "Najprije provjerite je li žica oštećena, a zatim uključite uređaj.",
        "Članovi zadruge plaćaju manje ako se prijave prije početka rujna.",
        "Žuti čamac jučer je otplovio iz luke, a nitko ne zna kamo.",
        "Svježi kruh i kolači peku se već od četiri ujutro.",
    ),
    "tr": (
        "Önce kablonun hasarlı olup olmadığına bakınız, sonra aygıtı çalıştırınız.",
        "Üyeler eylül ayından önce başvururlarsa daha az ücret öderler.",
        "Dağların eteğindeki küçük köyde yaşlı bir değirmenci yaşıyordu.",
        "İstanbul'daki müze ağustosta onarım nedeniyle kapalı olacak.",
    ),
    "ru": (
        "Сначала проверьте, не повреждён ли провод, а потом включите прибор.",
        "Члены кооператива платят меньше, если подадут заявление до сентября.",
        "Хранить в прохладном месте, недоступном для детей.",
        "Спасибо, что вы нашли время ответить на наши вопросы. Жёлтый чемодан.",
    ),
    "uk": (
        "Спочатку перевірте, чи не пошкоджено дріт, а потім увімкніть прилад.",
        "Їхні діти щодня ходять до школи пішки через старий міст.",
        "Зберігати в прохолодному місці, недоступному для дітей.",
        "Дякуємо, що ви знайшли час відповісти на наші запитання.",
    ),
    "bg": (
        "Първо проверете дали жицата не е повредена, след това включете уреда.",
        "Членовете на кооперацията плащат по-малко, ако се запишат преди септември.",
        "Да се съхранява на хладно място, далеч от деца.",
        "Благодарим ви, че отделихте време да отговорите на въпросите.",
    ),
    "el": (
        "Ελέγξτε πρώτα αν το καλώδιο έχει φθαρεί και έπειτα ανάψτε τη συσκευή.",
        "Τα μέλη πληρώνουν λιγότερο αν κάνουν αίτηση πριν από τον Σεπτέμβριο.",
        "Να φυλάσσεται σε δροσερό μέρος, μακριά από παιδιά.",
        "Ευχαριστούμε που απαντήσατε στις ερωτήσεις μας.",
    ),
    "he": (
        "קודם בדקו שהחוט אינו פגום, ואחר כך הפעילו את המכשיר.",
        "חברי האגודה משלמים פחות אם הם נרשמים לפני ספטמבר.",
        "יש לשמור במקום קריר, הרחק מהישג ידם של ילדים.",
        "תודה שמצאתם זמן לענות על השאלות שלנו.",
    ),
    "ar": (
        "تأكد أولا من أن السلك غير تالف، ثم شغل الجهاز.",
        "يدفع الأعضاء مبلغا أقل إذا قدموا الطلب قبل شهر سبتمبر.",
        "يحفظ في مكان بارد بعيدا عن متناول الأطفال.",
        "شكرا لأنكم وجدتم الوقت للإجابة عن أسئلتنا.",
    ),
    "lt": (
        "Pirmiausia patikrinkite, ar laidas nepažeistas, o tada įjunkite prietaisą.",
        "Nariai moka mažiau, jeigu prašymą pateikia prieš rugsėjį.",
        "Laikyti vėsioje, vaikams nepasiekiamoje vietoje.",
        "Ačiū, kad radote laiko atsakyti į mūsų klausimus.",
    ),
    "ja": (
        "最初に電線が傷んでいないか確かめ、それから機械の電源を入れてください。",
        "会員は九月より前に申し込むと、料金が安くなります。",
        "子供の手の届かない涼しい場所に保管してください。",
        "アンケートにお答えいただき、ありがとうございました。",
    ),
    "ko": (
        "먼저 전선이 손상되지 않았는지 확인한 다음 기계를 켜십시오.",
        "회원은 구월 이전에 신청하면 요금을 덜 냅니다.",
        "어린이의 손이 닿지 않는 서늘한 곳에 보관하십시오.",
        "시간을 내어 질문에 답해 주셔서 감사합니다.",
    ),
    "zh": (
        "请先检查电线有没有损坏，然后再打开机器的电源。",
        "会员如果在九月以前报名，就可以少交一些费用。",
        "请放在阴凉的地方，不要让孩子拿到。",
        "感谢您抽出时间回答我们的问题。",
    ),
    "tw": (
        "請先檢查電線有沒有損壞，然後再打開機器的電源。",
        "會員如果在九月以前報名，就可以少繳一些費用。",
        "請放在陰涼的地方，不要讓孩子拿到。",
        "感謝您抽出時間回答我們的問題。",
    ),
}
ENCODINGS = {
    **dict.fromkeys(("de", "fr", "es", "pt", "it", "sv", "da", "fi"), _WEST),
    **dict.fromkeys(("pl", "cs", "hu", "hr"), _MIDDLE),
    "ro": ("cp1250", "iso8859_2"),
    "tr": ("cp1254", "cp857"),
    "lt": ("cp1257", "iso8859_13"),
    "ru": _RUSSIAN,
    "uk": ("cp1251", "koi8_u", "cp1125"),
    "bg": ("cp1251", "cp866", "iso8859_5"),
    "el": ("cp1253", "iso8859_7", "cp737"),
    "he": ("cp1255", "iso8859_8", "cp862"),
    "ar": ("cp1256", "iso8859_6"),
    "ja": ("cp932", "euc_jp", "iso2022_jp", "utf_16_le", "utf_16_be"),
    "ko": ("cp949", "iso2022_kr", "utf_16_le"),
    "zh": ("gb18030", "utf_16_le"),
    "tw": ("big5", "utf_16_be"),
}
CASES = [(language, encoding) for language in TEXTS for encoding in ENCODINGS[language]]
