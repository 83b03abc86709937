"""What only asks or joins, in scripts that put no blanks between words. Pure."""

import re

_CHINESE = (
    "为什么|為什麼|什么|什麼|甚么|怎么样|怎么|怎麼|怎样|怎樣|如何|哪里|哪裡|哪儿|哪些|哪个|哪個|为何|為何"
    "|多少|是否|能否|可以|请问|請問|吗|嗎|呢|的|了|我们|我們|你|您"
)
_JAPANESE = (
    "でしょうか|ましょうか|ですか|ますか|ください|どうすれば|どうやって|どのように|どのような|どのくらい"
    "|どこ|いつ|なぜ|どう|どの|なに|だれ|いくら|いくつ|です|ます|ません|について|では|には|とは|から|まで"
)
_THAI = "อะไร|ที่ไหน|เมื่อไหร่|เมื่อไร|อย่างไร|ยังไง|เท่าไหร่|เท่าไร|ทำไม|หรือไม่|ไหม|ใคร|ครับ|ค่ะ|คะ|กี่"
_KOREAN = (
    "무엇인가요|무엇|어디에서|어디서|어디에|어디|언제|어떻게|얼마나|얼마|누구|누가|어떤|입니까|습니까|합니까"
    "|됩니까|인가요|있나요|하나요|되나요|나요|해야|제가|저는|나는|내가"
)
_PARTICLE = re.compile("|".join((_CHINESE, _JAPANESE, _THAI, _KOREAN)))
# After and before what are no hiragana: elsewhere they are parts of words.
_SINGLE = re.compile(r"(?<=[\u30a1-\u30ff\u3400-\u9fff])[はがをにのでとへも](?![\u3041-\u3096])")


def without_particles(run: str) -> list[str]:
    """The parts of a run between its particles, none where there is nothing else."""
    return [
        part for piece in _PARTICLE.split(run) if piece for part in _SINGLE.split(piece) if part
    ]
