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
    ],
)
def test_documents_about_such_things_are_documents(html: str, title: str, text: str) -> None:
    assert why_no_document(html, title, text) is None
