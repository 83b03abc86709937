"""Pages without scripts: whatever they show is escaped, and nothing of it runs."""

import hashlib
from base64 import b64encode
from html import escape

from starlette.responses import Response

from app.playground.assets import FRAMELESS

STYLE = """
:root{color-scheme:light dark;--text:#1c2024;--soft:#60646c;--line:#e0e3e8;--back:#fbfcfd;
--card:#fff;--link:#0b5bd3;--mark:#ffe58a;--chunk:#eef4ff}
@media(prefers-color-scheme:dark){:root{--text:#e6e8eb;--soft:#9ba1a9;--line:#2e3238;
--back:#131518;--card:#1a1d21;--link:#7db4ff;--mark:#6b5600;--chunk:#1d2735}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--text);
font:16px/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
main{max-width:46rem;margin:0 auto;padding:1.25rem 1rem 4rem}
h1{font-size:1.45rem;line-height:1.25;margin:.5rem 0;overflow-wrap:anywhere}
a{color:var(--link);text-decoration:none}a:hover{text-decoration:underline}
.soft{color:var(--soft);font-size:.9rem;margin:.2rem 0;overflow-wrap:anywhere}
.text,li{background:var(--card);border:1px solid var(--line);border-radius:.6rem}
.text{padding:1rem;margin:1rem 0;white-space:pre-wrap;overflow-wrap:anywhere}
.chunk{background:var(--chunk);border-radius:.2rem}
mark{background:var(--mark);color:inherit;border-radius:.2rem}
[autofocus]{outline:none;scroll-margin:30vh}
.code{font:.85em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
.head{font-weight:650}
nav{display:flex;justify-content:space-between;gap:1rem}
ul{list-style:none;padding:0}li{padding:.7rem 1rem;margin:.6rem 0}
li a{font-weight:600;overflow-wrap:anywhere}
form{display:flex;gap:.5rem;margin:1rem 0}
input,button{font:inherit;color:inherit;background:var(--card);border:1px solid var(--line);
border-radius:.5rem;padding:.5rem .75rem}
input{flex:1;min-width:0}
"""
_DIGEST = b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
_HEADERS = {
    **FRAMELESS,
    "content-security-policy": (
        f"default-src 'none'; style-src 'sha256-{_DIGEST}'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "referrer-policy": "no-referrer",
    "cache-control": "no-cache",
    "vary": "accept",
}


def page(title: str, body: str) -> Response:
    """A page with that title, plain text, around a body of HTML."""
    head = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{text(title)}</title><style>{STYLE}</style></head>"
    )
    html = f"{head}<body><main>{body}</main></body></html>\n"
    return Response(html.encode("utf-8", "replace"), headers=_HEADERS, media_type="text/html")


def text(value: object) -> str:
    """A text as it may stand anywhere in a page, in an attribute too."""
    return escape(str(value), quote=True)


def link(address: str, words: str, *, leaves: bool = False, rel: str = "") -> str:
    """A link around words of HTML; one that leaves the service tells nobody where from."""
    rel = "noopener noreferrer nofollow" if leaves else rel
    how = f' rel="{rel}"' if rel else ""
    return f'<a href="{text(address)}"{how}>{words}</a>'
