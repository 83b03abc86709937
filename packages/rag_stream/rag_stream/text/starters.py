"""Words that begin a sentence, or come before the rest of one; never its end. Pure."""
# ruff: noqa: RUF001 - letters of other alphabets are meant here

from typing import Final

_ENGLISH = (
    "the a an it its in on at he she they we i you his her their our my this that these"
    " those there here but and or if when while as for to from by with after before since"
    " although however who what where why how each all some many most no not so then thus"
    " one during under"
)
STARTERS: Final = frozenset(_ENGLISH.split())
"""Those of English."""

_OTHERS = (
    # German
    "der die das ein eine einer er es sie wir ihr im am auf aus bei mit nach vor zum zur für durch"
    " über unter seit während wenn als dies diese dieser dieses auch aber und oder doch nur damit"
    " dann hier dort jedoch dabei dazu daher deshalb außerdem zudem nachdem obwohl trotz beim ihre"
    " seine sein viele einige danach später heute"
    # French
    " le la les un une il elle ils elles ce cette ces dans en au aux pour par sur avec mais et ou"
    " si selon cependant depuis après ainsi son sa ses leur leurs lors nous vous"
    # Spanish and Portuguese
    " el los las una con según cuando pero y se es su sus esta este estos estas durante desde"
    " también además o os as um uma em na nos nas para com mas ao foi é sua seu eles elas ela ele"
    # Italian
    " lo gli nel nella nei nelle per ma e quando anche dopo secondo questo questa i suo"
    # Dutch, Swedish, Danish
    " de het een op van voor met maar hij zij ze dit dat deze toen na ook den det som och men han"
    " hon efter under när af og da"
    # Polish and Czech
    " w na z do po od jest jego jej ich to ten ta gdy oraz ale jako był była v ve po při podle je"
    " byl byla tento tato"
    # Turkish, Indonesian, Vietnamese
    " bu bir ve ancak fakat daha sonra ayrıca dan yang di ini itu pada các một những trong ông"
    # Russian and Ukrainian
    " в во на по он она оно они это эта этот эти так но и а с со из после при за для от до у к как"
    " если когда также однако его её их все мы вы я не о об под над через між від він вона вони це"
    " ця цей та й але або для що як його її"
    # Greek
    " ο η το οι τα τον την του της των σε στη στο στον στην και αλλά με για από ένα μια"
)
OTHERS: Final = frozenset(_OTHERS.split())
"""Those of other languages; of a name they may be a part."""
_PARTICLES = (
    "de da di du del della den der des dos das do el al la le les los las lo van von ter ten ben"
    " bin zu af av e y i o os as na em san"
)
PARTICLES: Final = frozenset(_PARTICLES.split())
"""What stands between a first name and a family's."""
