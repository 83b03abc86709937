"""Pages that stand where a document should, and documents about just that."""

import pytest

from ingest.sources.no_document import why_no_document

SIGN_IN = "a page that asks to sign in, no document"
NOT_FOUND = "a page that says it was not found, no document"
SCRIPTS = "a page that asks for JavaScript, no document"
FORM = "<form><input name=user><input class=a type='password'></form>"


@pytest.mark.parametrize(
    ("html", "title", "text", "why"),
    [
        (FORM, "Sign in · Example", "Sign in to Example\n\nForgot your password?", SIGN_IN),
        (FORM, "Anmeldung", "Bitte melden Sie sich an.", SIGN_IN),
        (FORM, "Connexion", "Se connecter avec votre compte", SIGN_IN),
        ("", "Log in", "You must log in to view this page.", SIGN_IN),
        ("", "", "Please sign in to continue.", SIGN_IN),
        ("", "404", "Sorry, we can\u2019t find the page you are looking for.", NOT_FOUND),
        ("", "Page not found", "The page you requested does not exist. Go home", NOT_FOUND),
        ("", "Seite nicht gefunden", "Die Seite, die Sie suchen, existiert nicht.", NOT_FOUND),
        ("", "Example", "Page not found. It may be that it has been moved.", NOT_FOUND),
        ("", "Page not found", "", NOT_FOUND),
        (FORM, "Log in", "", SIGN_IN),
        ("", "App", "You need to enable JavaScript to run this app.", SCRIPTS),
        ("", "App", "This site requires JavaScript.", SCRIPTS),
        ("", "", "Bitte aktivieren: JavaScript ist deaktiviert und wird benötigt.", SCRIPTS),
        ("", "Just a moment...", "Just a moment... Checking your browser.", SCRIPTS),
    ],
)
def test_pages_that_are_none(html: str, title: str, text: str, why: str) -> None:
    assert why_no_document(html, title, text) == why


@pytest.mark.parametrize(
    ("title", "text", "why"),
    [
        ("Anmelden", "Melden Sie sich an, um fortzufahren.", SIGN_IN),
        ("Portal", "Connectez-vous pour continuer.", SIGN_IN),
        ("Portal", "Musisz się zalogować, aby zobaczyć tę stronę.", SIGN_IN),
        ("Портал", "Войдите, чтобы продолжить.", SIGN_IN),
        ("文書", "このページを表示するにはログインが必要です。", SIGN_IN),
        ("文档", "您需要登录才能查看此页面。", SIGN_IN),
        ("404", "Die angeforderte Seite konnte leider nicht gefunden werden.", NOT_FOUND),
        ("Seite nicht gefunden", "Die Seite existiert leider nicht.", NOT_FOUND),
        ("Erreur 404", "Désolé, cette page est introuvable.", NOT_FOUND),
        ("Pagina niet gevonden", "De pagina die u zoekt bestaat niet.", NOT_FOUND),
        ("Nie znaleziono strony", "Przepraszamy, strona nie istnieje.", NOT_FOUND),
        ("404", "Страница не найдена. Вернуться на главную", NOT_FOUND),
        ("404", "抱歉\uff0c您要找的页面不见了。", NOT_FOUND),
        ("페이지를 찾을 수 없습니다", "요청하신 페이지가 없습니다.", NOT_FOUND),
        ("Not Found", "The requested URL was not found on this server.", NOT_FOUND),
        ("Blog", "Oops! That page can\u2019t be found. Maybe try a search?", NOT_FOUND),
        ("App", "We're sorry but it doesn't work properly without JavaScript enabled.", SCRIPTS),
        ("App", "Für diese Seite muss JavaScript aktiviert sein.", SCRIPTS),
        ("App", "Cette application nécessite JavaScript.", SCRIPTS),
        ("App", "Włącz JavaScript, aby korzystać z tej strony.", SCRIPTS),
        ("App", "Для работы сайта необходим JavaScript.", SCRIPTS),
        ("App", "JavaScriptを有効にしてください。", SCRIPTS),
        ("App", "本網站需要 JavaScript。請啟用 JavaScript。", SCRIPTS),
        ("App", "이 앱을 사용하려면 JavaScript를 활성화해야 합니다.", SCRIPTS),
        ("App", "Loading...", SCRIPTS),
        ("App", "読み込み中…", SCRIPTS),
    ],
)
def test_pages_that_are_none_in_other_languages(title: str, text: str, why: str) -> None:
    assert why_no_document("", title, text) == why


@pytest.mark.parametrize(
    ("title", "text", "why"),
    [
        ("App", "You cannot use this site without JavaScript.", SCRIPTS),
        ("App", "Bitte JavaScript im Browser aktivieren und neu laden.", SCRIPTS),
        ("App", "Diese Seite geht nicht. Bitte aktivieren Sie JavaScript.", SCRIPTS),
        ("应用", "您需要启用 JavaScript 来运行此应用。", SCRIPTS),
        ("应用", "本站依赖 JavaScript。", SCRIPTS),
        ("404 Not Found", "Sorry, `/pump` does not exist.", NOT_FOUND),
    ],
)
def test_an_address_in_code_explains_nothing(title: str, text: str, why: str) -> None:
    assert why_no_document("", title, text) == why


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Anmeldung zum Kurs", "Die Anmeldung ist bis Freitag möglich. Der Kurs kostet nichts."),
        ("Login", "Der Befehl login öffnet eine Sitzung; die Option -f nimmt einen Namen."),
        ("HTTP 404", "Der Server kennt die Adresse, aber keine Datei dazu."),
        ("ログイン", "loginコマンドはセッションを開きます。名前を渡します。"),
        ("JavaScript", "JavaScript ist eine Sprache. Sie läuft in Browsern und auf Servern."),
        ("脚本", "JavaScript 是一种语言。浏览器和服务器都能运行它。"),
        ("Loading data", "Loading takes a minute. The file is read line by line."),
    ],
)
def test_documents_in_other_languages_are_documents(title: str, text: str) -> None:
    assert why_no_document("", title, text) is None


@pytest.mark.parametrize(
    ("html", "title", "text"),
    [
        ("", "Signing in", "Choose Sign in at the top. Enter your name, then your password."),
        (FORM, "Members", "The club meets on Mondays. " * 40 + "Members log in below."),
        ("", "404 Not Found", "The status code says that the server has no such resource."),
        ("", "Handling 404 errors", "Return it where a record does not exist. " * 30),
        ("", "Enable JavaScript", "In the settings, enable JavaScript under Privacy. " * 10),
        ("", "Opening hours", "Open from nine to five."),
        (FORM, "Opening hours", "Open from nine to five."),
        ("", "Empty", ""),
        ("", "Logging in", "Run `acme login`. You need to log in to see private registries."),
        ("", "Anmelden", "Melden Sie sich an, um Rechnungen zu laden: oben rechts. " * 7),
        ("", "Command not found", "The link to it does not exist. Add this:\n\n```\nPATH=x\n```"),
        ("", "Strict checks", "You can enable strict checks in JavaScript by one line at the top."),
        ("", "Forms", "The app works without JavaScript, too: forms are sent as usual."),
        ("", "Before you begin", "This page requires JavaScript knowledge and half an hour."),
        ("", "安装", "您需要了解 JavaScript 和 HTML 的基础知识。安装 Node.js。"),
        ("", "Vorher", "Bitte lesen Sie zuerst das Kapitel über JavaScript, dann dieses."),
    ],
)
def test_documents_about_such_things_are_documents(html: str, title: str, text: str) -> None:
    assert why_no_document(html, title, text) is None


ANMELDUNG = (
    "# Anmeldung im Portal\n\nDie Anmeldung erfolgt mit der Kundennummer, die in Ihrem Vertrag "
    "steht, und dem Kennwort aus dem ersten Brief."
)


@pytest.mark.parametrize(
    "html",
    [
        f"<body><header>{FORM}</header><main><p>text</main>",
        f"<body><nav>{FORM}</nav><div><p>text</div>",
        f"<body><div class='site-header'>{FORM}</div><p>text",
        f"<body><div id=topbar><div>{FORM}</div></div><p>text",
        f"<body><div class='user dropdown-menu'>{FORM}</div><p>text",
        f"<body><div role=banner>{FORM}</div><p>text",
        f"<body><div>{FORM}</div><main><p>text</main>",
        f"<body><aside>{FORM}</aside><footer>{FORM}</footer><p>text",
    ],
)
def test_a_form_beside_the_text_does_not_ask_to_sign_in(html: str) -> None:
    assert why_no_document(html, "Anmeldung im Portal", ANMELDUNG) is None


@pytest.mark.parametrize(
    "html",
    [
        f"<body><div class=login-box>{FORM}</div>",
        f"<body class=no-nav><header><nav>{FORM}</nav></header><main>{FORM}</main>",
        f"<main class='page-header'>{FORM}</main>",
        FORM,
    ],
)
def test_a_form_in_the_text_asks_to_sign_in(html: str) -> None:
    assert why_no_document(html, "Anmeldung", "Kundennummer\n\nKennwort") == SIGN_IN


@pytest.mark.parametrize(
    ("title", "text"),
    [
        (
            "404 Not Found",
            "# 404 Not Found\n\nThe server sends this status when the requested resource could not "
            "be found. A client may ask again later.",
        ),
        ("404", "The status says that a record couldn't be found in the collection."),
        ("Not found", "A key that could not be found raises KeyError. Catch it."),
        (
            "Enable JavaScript",
            "# Enable JavaScript\n\nOpen about:config, search for javascript.enabled and set it.",
        ),
        ("Settings", "javascript.enabled: whether JavaScript is run. Needs a restart."),
        ("Tests", "The runner requires Node and needs JavaScript modules with the ending mjs."),
        ("No scripts", "Forms are sent without JavaScript, by plain HTML."),
        (
            "Einstellungen",
            "JavaScript aktivieren: das Men\u00fc Extras \u00f6ffnen und Inhalt w\u00e4hlen.",
        ),
    ],
)
def test_what_is_not_said_to_the_reader_is_a_document(title: str, text: str) -> None:
    assert why_no_document("", title, text) is None


@pytest.mark.parametrize(
    ("title", "text", "why"),
    [
        ("404", "This page could not be found.", NOT_FOUND),
        ("Not found", "We couldn't find that.", NOT_FOUND),
        ("App", "Please enable JavaScript in your browser.", SCRIPTS),
        (
            "App",
            "You need JavaScript enabled. This app works best with JavaScript enabled.",
            SCRIPTS,
        ),
        ("App", "Enable JavaScript to continue", SCRIPTS),
        ("App", "JavaScript is not enabled.", SCRIPTS),
        ("App", "Bitte aktivieren Sie JavaScript.", SCRIPTS),
        ("App", "Diese Seite ben\u00f6tigt JavaScript.", SCRIPTS),
    ],
)
def test_what_is_said_to_the_reader_is_none(title: str, text: str, why: str) -> None:
    assert why_no_document("", title, text) == why


def test_a_page_without_text_wants_scripts_where_it_says_so_to_those_without() -> None:
    said = "<noscript><p>Bitte <b>aktivieren</b> Sie JavaScript.</p></noscript>"
    html = f"<title>App</title><body><div id=root></div>{said}"
    assert why_no_document(html, "App", "") == SCRIPTS
    assert why_no_document(html, "App", "Pumpen und Rohre.") is None
    assert why_no_document("<noscript><img src=x></noscript>", "App", "") is None
