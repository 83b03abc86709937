"""What in a dozen languages leads from a page to others, and what invites to follow its makers.

They are looked for on every page that no known tool for documentation has made, for few newspapers
and weblogs say that they are one. So they must not be what an instruction says, too, or a title.
"""

import re


def _any(*words: str) -> str:
    return "(?:" + "|".join(words) + ")"


OVER_LINKS = re.compile(
    r"\W*"
    + _any(
        r"(?:also|more) (?:on|from|in|about|stories|news|articles|reading|to read|like this)\b"
        r".{0,40}",
        r"related(?: (?:articles?|content|coverage|links?|news|posts?|reads?|reading|stories|topics"
        r"|videos?))?",
        r"recommended(?: (?:for you|articles?|reading|stories|posts))?",
        r"you (?:may|might|could) (?:also )?\w+.{0,30}",
        r"read (?:next|more|also|this next)",
        r"(?:up next|don't miss|most (?:read|popular|viewed)|trending|top stories"
        r"|latest (?:news|posts|stories))\b.{0,20}",
        r"das (?:könnte|dürfte) (?:sie|dich|euch)? ?(?:auch|noch)? ?.{0,30}",
        r"auch interessant",
        r"lesen sie (?:auch|mehr|hier|weiter).{0,40}",
        r"(?:mehr|weitere\w*) (?:zum thema|zu diesem|aus (?:dem|der|diesem)|(?:top-?)?(?:themen"
        r"|artikel|beiträge|empfehlungen|meldungen|nachrichten|news|links|rezepte|tipps))\b.{0,40}",
        r"(?:ähnliche|verwandte|passende) (?:artikel|beiträge|themen|rezepte|nachrichten).{0,20}",
        r"top-?themen\b.{0,30}",
        r"(?:meistgelesen\w*|beliebte\w* (?:artikel|beiträge)).{0,20}",
        r"[àa] lire (?:aussi|également)",
        r"(?:articles?|contenus?|sujets?) (?:similaires?|liés?|associés?|connexes?)",
        r"sur le même (?:sujet|thème)",
        r"vous aimerez (?:aussi|peut).{0,20}",
        r"(?:notas?|noticias?|artículos?|contenidos?|temas?) relacionad[oa]s?",
        r"(?:te|le) puede interesar",
        r"le[ea]? también",
        r"más (?:noticias|leíd[oa]s)\b.{0,30}",
        r"también te puede.{0,20}",
        r"(?:leia|veja|saiba) (?:também|mais)",
        r"(?:notícias|artigos|matérias) relacionad[oa]s",
        r"leggi anche",
        r"(?:articoli|notizie) correlat[ie]",
        r"potrebbe(?:ro)? interessarti.{0,20}",
        r"lees (?:ook|meer|verder)",
        r"gerelateerde? \w+",
        r"(?:czytaj|zobacz) (?:też|także|również|więcej)",
        r"(?:polecamy|powiązane)\b.{0,20}",
        r"läs (?:också|mer|även)",
        r"les også",
        r"læs (?:også|mere)",
        r"lue (?:myös|lisää|aiheesta).{0,20}",
        r"(?:čtěte|přečtěte si) (?:také|dále)",
        r"читайте (?:также|ещё)",
        r"по теме",
        r"похожие .{0,20}",
        r"相关(?:阅读|新闻|文章|推荐)",
        r"延伸阅读",
        r"関連記事",
        r"あわせて読みたい",
        r"관련 ?기사",
    )
    + r"\W*",
    re.I,
)
"""The whole of a heading over a list of other pages."""
POINTER = re.compile(
    r"\W{0,4}"
    + _any(
        r"read (?:more|also|next|this)",
        r"also read",
        r"more on this",
        r"watch(?: also)?",
        r"(?:don't miss|must read)",
        r"lesen sie (?:auch|mehr|hier|dazu)",
        r"(?:lies auch|auch interessant|mehr zum thema|mehr dazu|mehr lesen|weiterlesen)",
        r"(?:[àa] )?lire (?:aussi|également)",
        r"le[ea]?(?: también| más)?",
        r"(?:mira|vea)(?: también)?",
        r"puedes ver",
        r"(?:te|le) puede interesar",
        r"también lee",
        r"más información",
        r"(?:leia|veja) (?:também|mais)",
        r"leggi anche",
        r"lees ook",
        r"(?:czytaj|zobacz) (?:też|także|również|więcej)",
        r"läs (?:också|mer|även)",
        r"l[eæ]s også",
        r"lue (?:myös|lisää)",
        r"čtěte také",
        r"читайте также",
        r"(?:延伸阅读|関連記事)",
    )
    + r"\s{0,3}(?::|\uff1a|\||>|-|\u2013|\u2014|\xbb|\u25b6|\u2192|\u2026|$)",
    re.I,
)
"""How a paragraph begins that is there for the link in it."""
INVITATION = re.compile(
    _any(
        r".{0,60}\b(?:subscribe|sign up|register|join) (?:\w+ ){0,4}newsletters?",
        r".{0,60}\b(?:subscribe|sign up|join|follow|like) (?:\w+ ){0,2}(?:our|my) (?:\w+ ){0,3}"
        r"(?:mailing list|(?:youtube|whatsapp|telegram) channel)",
        r".{0,60}\b(?:join|follow|find|like) (?!(?:all|each|every|the|these|this|those|your) )"
        r"(?:@?\w+ ){1,4}on (?:facebook|twitter|instagram|youtube|whatsapp|telegram)",
        r".{0,40}\bnewsletter\b.{0,40}\b(?:abonnieren|anmelden|bestellen|inscri\w+|suscr\w+|iscriv\w+)",
        r".{0,30}\babonnieren sie (?:uns\b|unser\w*|den kanal|.{0,30}\bnewsletter)",
        r".{0,30}\bfolgen sie (?:uns (?:auf|bei)|(?:unser\w*|dem) (?:\w+-?)?(?:kanal|profil)\b)",
        r".{0,40}\b(?:síguenos|siga-nos|seguici|suivez-nous|volg ons) (?:en|no|na|su|sur|op) ",
        r".{0,40}\b(?:abonnez-vous|inscrivez-vous|suscríbete|iscriviti|assine|schrijf je in"
        r"|zapisz się|prenumerera)\b.{0,40}\b(?:bolet[ií][mn]|canal|canale|chaîne|infolettre"
        r"|kana[ał]\w*|news-?letter\w*|nieuwsbrief|nyhetsbrev\w*)\b",
    ),
    re.I,
)
"""How a paragraph with a link begins that asks its readers to come again."""
BACK = re.compile(
    r"\W*"
    + _any(
        r"(?:go )?back(?: to .{1,40})?",
        r"(?:back )?to (?:the )?top",
        r"return to (?:the )?(?:article|blog|home|index|list|main|news|overview|previous|top)\b"
        r".{0,30}",
        r"zurück(?: zu[rm]? .{1,40})?",
        r"(?:zum (?:seiten)?anfang|nach oben)",
        r"retour(?: (?:à|au|aux|en|vers) .{1,40})?",
        r"haut de (?:la )?page",
        r"volver(?: al? .{1,40})?",
        r"voltar(?: .{1,30})?",
        r"torna (?:a|al|alla|su) .{1,30}",
        r"terug(?: naar .{1,30})?",
        r"powrót(?: do .{1,30})?",
        r"tilba(?:ka|ke)(?: til{1,2} .{1,30})?",
        r"takaisin.{0,30}",
        r"zpět(?: na .{1,30})?",
        r"назад|наверх",
        r"返回.{0,12}|戻る|ページトップへ?",
    )
    + r"\W*",
    re.I,
)
"""All of a link that leads back."""
COMMENTS = re.compile(
    r"\W*(?:\d+ ?)?"
    + _any(
        r"(?:reader )?comments?",
        r"(?:leave|write|post|add) (?:a|your) (?:reply|comment).{0,20}",
        r"(?:join the|your) (?:discussion|conversation|comment|opinion)",
        r"(?:leser-?)?kommentare?",
        r"kommentieren",
        r"(?:schreiben? sie|schreibe?|hinterlasse\w*) (?:einen|uns) .{0,20}(?:kommentar|antwort)"
        r".{0,20}",
        r"(?:ihre|deine) meinung.{0,30}",
        r"commentaires?",
        r"(?:laisser|ajouter|écrire) un commentaire",
        r"comentarios?",
        r"(?:deja|escribe) (?:un|una) (?:comentario|respuesta)",
        r"(?:deixe|escreva) (?:um|uma) (?:comentário|resposta)",
        r"commenti|lascia un commento",
        r"reacties|(?:geef|laat) een reactie.{0,20}",
        r"komentarze|dodaj komentarz",
        r"kommentarer",
        r"комментари[ий]|оставить комментарий",
        r"评论|コメント(?:を残す)?",
    )
    + r"(?: ?\(?\d+\)?)?\W*",
    re.I,
)
"""The whole of a heading over what readers have written."""
