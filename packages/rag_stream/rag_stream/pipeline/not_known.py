"""Whether an answer says only that its model does not know, in many languages. Pure.

Models are asked to say so where the documents do not tell, and do it in words of their own: what
is looked for is how they say it most.
"""
# ruff: noqa: RUF001 - letters of other alphabets are meant here

import re
from collections.abc import Sequence
from typing import Final

from rag_stream.conversation import Turn
from rag_stream.models.local.dont_know import DONT_KNOWS
from rag_stream.pipeline.refusals import REFUSALS

MOST_CHARS = 400
"""Of an answer that says nothing more; a longer one tells something."""
_PHRASES: Final = (
    r"\bi (?:do not|don[’']t) (?:know|have (?:enough|any|that|this|the))\b|\bi am not sure\b",
    r"\b(?:context|documents?|pieces?|passages?|sources?|texts?)\b.{0,40}\b(?:do|does|did)"
    r"(?: not|n[’']t) (?:\w+ )?(?:mention|contain|provide|specify|include|say|state|tell|answer)",
    r"\b(?:i|we)(?: am| are)? (?:can[’']t|cannot|can not|could not|couldn[’']t|unable to)"
    r" (?:find|answer|determine|tell)\b|\bno (?:information|mention)\b|\bnot mentioned\b",
    r"不知道|不清楚|不知|没有(?:提到|提及|说明|找到|相关|关于)|未(?:提及|提到|说明|找到)",
    r"沒有(?:提到|提及|說明|找到|相關|關於)|無法回答|无法(?:回答|确定)|並未提及",
    r"(?:わかり|分かり)ません|存じません|(?:記載|情報|言及)(?:が|は|も)?(?:あり|され?てい)ません",
    r"모르겠|모릅니다|알 수 없|(?:정보|내용|언급)(?:가|이|은|는)? 없",
    r"\bno (?:lo )?sé\b|\bno (?:se menciona|hay información|contienen?|encuentro)\b",
    r"\bne sais pas\b|\bn'en sais rien\b|\bne (?:mentionnent?|contiennent?|précisent?)\b",
    r"\bweiss (?:ich|es|das)\b.{0,20}\bnicht\b|\b(?:ich|wir) weiss .{0,20}\bnicht\b",
    r"\bkeine (?:informationen?|angaben?)\b|\bnicht (?:erwähnt|angegeben|genannt|beantworten)\b",
    r"\bnão sei\b|\bnão (?:menciona|contêm|há informaç)",
    r"\bnon (?:lo )?so\b|\bnon (?:è menzionato|contengono|ci sono informazioni)\b",
    r"\bweet (?:ik|het)\b.{0,20}\bniet\b|\bgeen informatie\b|\bniet vermeld\b",
    r"\bvet (?:jag )?(?:inte|ikke)\b|\bved (?:jeg )?ikke\b|\bvet jeg ikke\b|\bingen information\b",
    r"\ben tiedä\b|\bnie wiem\b|\bbrak informacji\b|\bnevím\b|\bnu știu\b|\bnem tudom\b",
    r"\bне (?:знаю|знаем|упомина|указан)|\bнет информации\b|\bнема(?:є)? інформації\b",
    r"\bδεν (?:ξέρω|γνωρίζω|αναφέρ)|\bbilmiyorum\b|\bbilgi (?:yok|bulunm)",
    r"لا أعرف|لا أعلم|نمی.?دانم|לא יוד|לא ידוע|नहीं पता|नहीं जानता|ไม่ทราบ|ไม่รู้",
    r"\bkhông biết\b|\bkhông (?:đề cập|có thông tin)\b|\btidak (?:tahu|disebutkan|ada informasi)\b",
)
_NOT_KNOWN = re.compile("|".join(_PHRASES))
_SAID = frozenset({*DONT_KNOWS, *REFUSALS})


def without_refused(history: Sequence[Turn]) -> tuple[Turn, ...]:
    """A talk without the questions that the service itself has refused, and their refusals.

    What the documents do not tell is not what a question after it is about.
    """
    kept: list[Turn] = []
    for turn in history:
        if turn.role == "assistant" and " ".join(turn.text.split()) in _SAID:
            while kept and kept[-1].role == "user":
                kept.pop()
        else:
            kept.append(turn)
    return tuple(kept)


def is_not_known(answer: str, *, is_cited: bool) -> bool:
    """Whether that is all an answer says; `is_cited`: whether it cites a document.

    What is cited is known, however much is said beside it.
    """
    said = " ".join(answer.split())
    if said in _SAID:
        return True
    if is_cited or not said or len(said) > MOST_CHARS:
        return False
    return _NOT_KNOWN.search(said.casefold()) is not None
