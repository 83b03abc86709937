"""What pages say that are no documents, in the languages that they say it in. Pure.

Each as it is said to the reader: a document about such pages says it otherwise.
"""

import re


def _any(*forms: str) -> re.Pattern[str]:
    return re.compile("|".join(forms), re.I)


_J = r"java ?script"

SIGN_IN = _any(
    r"\b(?:sign|log) ?-?in\b|\blogin\b|\bauthenti(?:cation|fication)\b",
    r"\banmeld(?:en|ung)\b|\beinloggen\b|\binloggen\b|\baanmelden\b",
    r"\bse connecter\b|\bconnexion\b|\bidentifiant\b",
    r"\binicia(?:r)? sesión\b|\baccedi\b|\baccesso\b|\bentrar\b|\biniciar sessão\b",
    r"\blogga in\b|\blogg? inn?d?\b|\bkirjaudu\b|\bautentificare\b|\bconectare\b",
    r"\bzaloguj\b|\blogowanie\b|\bpřihlá(?:šení|sit)|\bprihlásenie\b|\bbejelentkezés",
    r"\bgiriş yap",
    r"войти|вход|авторизац|логин|увійти|вхід|логін|σύνδεση|είσοδος",
    r"تسجيل الدخول|ورود|התחבר|כניסה|เข้าสู่ระบบ|đăng nhập|\bmasuk\b|लॉग ?इन|साइन ?इन",
    r"ログイン|サインイン|登录|登入|登錄|로그인",
)
MUST_SIGN_IN = _any(
    r"\b(?:you (?:must|need to|have to)|please|you'll need to) (?:first )?(?:sign|log) ?-?in\b",
    r"\b(?:sign|log) ?-?in to (?:continue|view|access|see|read|proceed)\b",
    r"\byou (?:are not|aren't) (?:signed|logged) ?-?in\b|\bplease authenticate\b",
    r"\bbitte (?:melden sie sich|loggen sie sich|anmelden|einloggen)",
    r"\bmelden sie sich (?:bitte )?an, um\b",
    r"\bsie (?:sind nicht|müssen) (?:sich )?(?:angemeldet|anmelden|einloggen)",
    r"\bveuillez vous (?:connecter|identifier|authentifier)|\bconnectez-vous pour\b",
    r"\bvous devez (?:être connecté|vous connecter|vous identifier)",
    r"\b(?:debe(?:s)?|tiene(?:s)? que|necesita(?:s)?) iniciar sesión",
    r"\binici(?:a|e) sesión para\b",
    r"\b(?:faça|efetue|inicie) (?:o )?(?:login|sessão) para\b",
    r"\b(?:precisa|deve) (?:fazer login|iniciar sessão)",
    r"\bdevi (?:effettuare l'accesso|accedere|autenticarti)",
    r"\b(?:accedi|effettua l'accesso) per\b",
    r"\b(?:ingelogd|aangemeld) zijn om\b|\blog (?:eerst )?in om\b|\blogga in för att\b",
    r"\blog(?:g)? inn?d? for at\b",
    r"\b(?:musisz|należy) się zalogować|\bzaloguj się, (?:aby|żeby|by)\b|\bpřihlaste se\b",
    r"\bgiriş yapmal\u0131s\u0131n\u0131z|\bgiriş yap\u0131n",
    r"(?:войдите|авторизуйтесь|необходимо (?:войти|авторизоваться)|требуется (?:вход|авторизация))",
    r"увійдіть, щоб",
    r"ログイン(?:してください|が必要)|サインイン(?:してください|が必要)",
    r"(?:请|請)先?(?:登录|登入|登錄)|(?:需要|必须|必須)先?(?:登录|登入|登錄)(?:才|后|後|以)",
    r"로그인(?:이 필요|하세요|해 ?주세요|하셔야|해야)",
    r"(?:يجب|يرجى) (?:عليك )?تسجيل الدخول|יש להתחבר|กรุณาเข้าสู่ระบบ|vui lòng đăng nhập",
)
NOT_FOUND = _any(
    r"\b404\b|\b410 gone\b",
    r"\b(?:page|file|document|site|object|url) (?:was |is |could |can )?(?:not |can ?not"
    r" |'t )(?:be )?found\b",
    r"\bnot found\b|\bpage can't be found\b|^\W*oops\b",
    r"\b(?:seite (?:wurde )?)?nicht gefunden\b",
    r"\bpage (?:est )?(?:introuvable|non trouvée)\b|\bno encontrad[ao]\b",
    r"\bno (?:se )?(?:ha|hemos)\b.{0,20}\bencontra",
    r"\bpagina non trovata\b|\bpágina não encontrada\b|\bpagina niet gevonden\b",
    r"\bpagina (?:nu a fost )?găsită",
    r"\bnie znaleziono\b|\bnenalezena\b|\bnenájdená\b|\bnem található\b|\bbulunamad\u0131\b",
    r"\bhittades inte\b|\b(?:ikke|kunne ikke) f(?:undet|unnet)\b|\bei löy[dt]",
    r"не найден|не знайдено|δεν βρέθηκε|غير موجود|يتعذر العثور|یافت نشد|לא נמצא|ไม่พบ",
    r"không tìm thấy|नहीं मिला",
    r"見つかりません|找不到|未找到|찾을 수 없",
)
TO_READER = _any(
    r"\byou(?:'re| are| were|r)?\b[^.]{0,40}\b(?:looking for|request\w*|tr(?:y|ied)|seek)",
    r"\b(?:does(?:n't| not) exist|no longer (?:exists?|available))",
    r"\bhas (?:been )?(?:moved|removed|deleted|vanished)",
    r"\b(?:go|return|take me|back) (?:back )?(?:to )?(?:the )?home",
    r"\bsorry\b|\boops\b|\bwe could(?:n't| not) find|\bwe can(?:'t|not) find",
    r"\bcheck the (?:url|address)",
    r"\b(?:page|file|document) could(?:n't| not) be found|\bnot found on this server",
    r"\btry (?:the|a|our) search",
    r"\bexistiert (?:\w+ )?nicht|\bsie suchen|\bgesuchte|\bangeforderte|\bzur startseite",
    r"\bleider\b",
    r"\bwurde (?:gelöscht|verschoben|entfernt)",
    r"\bn'existe (?:pas|plus)|\bdésolé|\bvous (?:cherchez|recherchez|avez demandée?)",
    r"\bcette page est introuvable",
    r"\bno existe|\blo sentimos|\bno (?:se )?(?:ha|hemos) (?:podido )?encontra|\bnon esiste",
    r"\bspiacenti|\bci dispiace",
    r"\bnão existe|\bdesculpe|\blamentamos|\bbestaat niet|\bhelaas\b|\bnu există|\bne pare rău",
    r"\bnie istnieje|\bprzepraszamy|\bneexistuj|\bomlouváme|\bnem létezik|\bsajnál",
    r"\bmevcut değil|\büzgünüz|\barad\u0131ğ\u0131n\u0131z",
    r"\bfinns (?:inte|ej)\b|\btyvärr|\bfin(?:d|n)es ikke|\bbeklager|\bdesværre",
    r"\bei ole olemassa|\bvalitettavasti",
    r"не существует|к сожалению|такой страницы|вернуться на главную|на жаль|не існує|δυστυχώς",
    r"δεν υπάρχει",
    r"عذر|التي تبحث|المطلوبة|متأسف|מצטער|ขออภัย|xin lỗi|không tồn tại|क्षमा",
    r"ページは|お探しの|存在しません|不存在|抱歉|不见了|您(?:要找|访问|所)|요청하신|존재하지|죄송",
)
SCRIPTS = _any(
    rf"\b(?:please|you(?:'ll)?|(?:this|the|our) (?:web ?)?(?:page|site|app\w*|demo|content))"
    rf"\b[^.]{{0,40}}\b(?:enable|activate|turn on|allow|requires?|needs?)"
    rf" (?:(?!in )\S+ ){{0,3}}?{_J}\b"
    rf"(?! (?:knowledge|skills|experience|engine|runtime|librar|modul|code|file))",
    rf"(?:\b(?:not|cannot|nothing)|n't)\b[^.]{{0,40}}\bwithout {_J}\b",
    rf"\benable {_J} (?:and cookies )?to (?:continue|view|run|use|see|proceed)",
    rf"\benable {_J} and (?:reload|refresh|try)|\bhave {_J} (?:turned off|disabled)",
    rf"\b(?:please|your browser|this (?:page|site|app))"
    rf"\b[^.]{{0,60}}\b{_J}\b[^.]{{0,60}}\b(?:disabled|enabled?|required)",
    rf"\b{_J} (?:is|seems to be|appears to be|has been) (?:currently )?(?:disabled|not"
    rf" enabled|turned off|required)\b",
    rf"\bbitte\b(?=[^.]{{0,100}}(?:aktivier|einschalt|schalten|erlaub|zulassen))[^.]{{0,60}}\b{_J}\b"
    rf"|\b{_J} ist deaktiviert",
    rf"\bmuss {_J} (?:aktiviert|eingeschaltet)",
    rf"\b{_J} muss (?:aktiviert|eingeschaltet)|\bnur mit {_J}",
    rf"\b(?:aktivieren|schalten) sie (?:bitte )?{_J}",
    rf"\b(?:seite|anwendung|website)\b[^.]{{0,40}}\bbenötigt {_J}",
    rf"\bveuillez activer {_J}|\b{_J} est désactivé|\b(?:page|site|application) nécessite {_J}",
    rf"\bactivez {_J} pour",
    rf"\bhabilit[ae] {_J}",
    rf"\b(?:por favor,?|necesita|debe|debes) (?:active|activa|activar|habilitar) {_J}",
    rf"\brequiere {_J}",
    rf"\b{_J} está (?:desactivado|deshabilitado|desabilitado|desativado)",
    rf"\b(?:ative|habilite|ativar) (?:o )?{_J} para",
    rf"\b(?:site|página|aplicação|aplicativo) requer {_J}",
    rf"\babilita(?:re)? {_J} per\b|\bper favore abilita {_J}",
    rf"\b(?:sito|pagina|applicazione) richiede {_J}|\b{_J} è disabilitato",
    rf"\bschakel {_J} in|\b{_J} is (?:vereist|uitgeschakeld)|\bactiveer {_J} om",
    rf"\baktivera {_J} för|\baktiv[eé]r {_J} for",
    rf"\bwłącz(?:yć)? (?:obsługę )?{_J}[^.]{{0,20}}(?:aby|żeby)|\bproszę włączyć {_J}",
    rf"\bwymaga (?:włączonej )?(?:obsługi )?{_J}",
    rf"\bpovolte (?:prosím )?{_J}|\bvyžaduje {_J}|\bengedélyezze a {_J}",
    rf"\b{_J}['\u2019]?\w* (?:etkinleştirin|aç\u0131n)",
    rf"(?:пожалуйста,? )?включите (?:поддержку )?{_J}|(?:необходим|требуется) {_J}",
    rf"{_J} (?:отключ[её]н|выключен)",
    rf"увімкніть {_J}|ενεργοποιήστε (?:την? )?{_J}|(?:يرجى )?(?:تفعيل|تمكين) {_J}|{_J} را فعال",
    rf"הפעל {_J}",
    rf"{_J} ?を(?:有効|オン)に?(?:して(?:ください|下さい)|する必要)|{_J} ?が(?:必要|無効)",
    rf"(?:请|請|您需要|需要|本(?:站|网站|網站|页|頁))[^。]{{0,8}}"
    rf"(?:启用|啟用|开启|開啟|打开|打開|允许|允許|使用)[^。]{{0,6}}{_J}",
    rf"本(?:站|网站|網站|页|頁)[^。]{{0,8}}(?:需要|要求|依赖|依賴)[^。]{{0,6}}{_J}",
    rf"需要 ?{_J} ?(?:才能|支持|支援)",
    rf"{_J} ?(?:已|被)(?:禁用|停用|关闭|關閉)",
    rf"(?:{_J}|자바스크립트) ?(?:를|을|가|이) ?(?:활성화해|켜|사용하도록|필요)",
    r"\bjust a moment\b|\bchecking your browser\b",
    r"\bverify(?:ing)? (?:that )?you are (?:a )?human",
    r"\bcomplete the security check\b",
    r"^(?:loading|please wait|wird geladen|bitte warten|chargement|cargando|carregando|caricamento"
    r"|laden|ładowanie|загрузка|завантаження|y\u00fckleniyor|読み込み中|加载中|載入中|로딩 중"
    r"|جار التحميل)\W*$",
)
