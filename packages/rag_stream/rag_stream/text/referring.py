"""Words that stand for what was said before, language by language, and those that go on with it.

Of the words with other uses ("that", "der", "il") only those that mostly refer.
"""
# ruff: noqa: RUF001 - letters of other alphabets are meant here

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

from rag_stream.text.folding import folded

REFERRING: Final[Mapping[str, str]] = {
    "en": "it its he him his she her hers they them their theirs this these those such"
    " both former latter others another else same",
    "de": "er ihm ihn es dies diese diesem diesen dieser dieses das davon dafür damit daran darauf"
    " darüber dazu dabei dort deren dessen solche solchen beide beiden letztere sonst",
    "fr": "elle elles eux lui leur leurs cela ça ceci celui celle ceux celles cet cette ces y en"
    " autres aussi",
    "es": "él ella ello ellos ellas esto eso esta este estos estas ese esa esos esas aquello allí"
    " ahí ambos otros otras mismo",
    "it": "lui lei loro esso essa essi esse questo questa questi queste quello quella quelli quelle"
    " ciò ci ne altri altre",
    "pt": "ele ela eles elas isto isso esse essa esses essas este esta aquilo lá dele dela deles"
    " outros outras",
    "nl": "hij hem zij haar hun dit deze die daarvan daarvoor daarmee daar ermee ervan ervoor"
    " anderen beide",
    "pl": "on ona ono oni one jego jej ich nim nią to ten ta te tego tej tych tam inne",
    "ru": "он она оно они его её ему ей им их нём ней них это этот эта эти этого этой этих этом"
    " тот та те там другие",
    "uk": "він вона воно вони його її йому їй їх це цей ця ці цього цієї цих там інші",
    "tr": "o onu onun ona onlar onları onların bu bunu bunun bunlar şu orada diğerleri",
    "sv": "han hon den det de dem denna detta dessa där andra båda dess deras",
    "ar": "هو هي هم هذا هذه ذلك تلك هؤلاء هناك",
    "hi": "यह ये वह वे उस इस उसका उसके उसकी इसका इसके इसकी उनका उनके उनकी इसे उसे वहाँ",
    "ko": "그것 그것은 그것이 이것 이것은 그는 그녀는 그들은 그건 이건 거기",
}
"""Words with blanks between."""
GOING_ON: Final[Mapping[str, str]] = {
    "en": "and or but so then also",
    "de": "und oder aber dann also auch",
    "fr": "et ou mais alors aussi",
    "es": "y o pero entonces también",
    "it": "e o ma allora anche",
    "pt": "e ou mas então também",
    "nl": "en of maar dan ook",
    "pl": "a i lub ale więc także",
    "ru": "а и или но тогда также",
    "uk": "а і або але тоді також",
    "tr": "ve ya ama peki",
    "sv": "och eller men då också",
}
"""Words that a question begins with which goes on with another."""
UNSPACED = re.compile(
    "它|他们|她们|他|她|这个|這個|那个|那個|这些|那些|这样|这里|那里|其|该|此|这|那"
    "|それ|これ|あれ|その|この|あの|彼|彼女|そこ|ここ|มัน|เขา|เธอ|นี้|นั้น|เหล่านี้"
)
"""The same where no blanks part the words."""


@cache
def referring(language: str) -> frozenset[str]:
    """Those of a language, folded and in small letters; none of one that is not known."""
    return frozenset(folded(REFERRING.get(language, "")).casefold().split())


@cache
def going_on(language: str) -> frozenset[str]:
    """The same of those that a question begins with."""
    return frozenset(folded(GOING_ON.get(language, "")).casefold().split())
