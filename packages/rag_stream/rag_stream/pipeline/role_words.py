"""What the two sides of a chat, and who commands it, are called: names without blanks. Facts."""

from rag_stream.text.look_alikes import reads_as, squashed

_ROLES = (
    "system assistant user human ai developer bot chatbot gpt chatgpt"
    # German, French, Spanish, Italian, Portuguese, Dutch, Polish, Turkish, Indonesian,
    # Swedish, Czech, Romanian, Vietnamese
    " assistent benutzer nutzer mensch entwickler système utilisateur humain sistema asistente"
    " usuario humano assistente utente umano usuário systeem gebruiker mens asystent użytkownik"
    " człowiek sistem asistan kullan\u0131c\u0131"
    " insan asisten pengguna användare människa systém uživatel"
    " utilizator hệthống trợlý ngườidùng"
    # Russian, Ukrainian, Greek
    " система ассистент помощник пользователь человек помічник користувач σύστημα βοηθός χρήστης"
    # Chinese, Japanese, Korean
    " 系统 系統 助手 助理 用户 用戶 使用者 人类 人類 システム アシスタント ユーザー 人間 시스템"
    " 어시스턴트 사용자 인간 도우미"
    # Arabic, Persian, Hebrew, Hindi, Bengali, Thai
    " النظام نظام المساعد مساعد المستخدم مستخدم سیستم دستیار کاربر מערכת עוזר משתמש प्रणाली सिस्टम"
    " सहायक उपयोगकर्ता সিস্টেম সহকারী ব্যবহারকারী ระบบ ผู้ช่วย ผู้ใช้"
)
_BEFORE = ("", "new", "updated", "important", "hidden", "the", "end", "endof", "begin", "beginof")
_COMMANDS = (
    "systemprompt systemmessage systemnote systemnotice systeminstruction"
    " systeminstructions systemoverride systemupdate systemcommand systemrole systemadmin"
    " developermessage developernote developerprompt developerinstructions"
    " assistantresponse assistantmessage usermessage userprompt userinput userquery"
    " instructionsystem instructionsforai instructionstoai instructionsfortheai"
    " instructionstotheai instructionsfortheassistant aiassistant aiinstructions"
    " systemuser systemassistant promptsystem systemprompts 系统提示 系统提示词 系统消息 系统指令"
    " システムプロンプト システムメッセージ 시스템프롬프트"
    " системноесообщение системныйпромпт системнаяинструкция"
    " messagesystème instructionsystème mensajedelsistema instruccionesdelsistema"
    " mensagemdosistema systemnachricht systemanweisung systemanweisungen systemhinweis"
)

_TEMPLATE_TOKENS = (
    "inst sys system assistant availabletools toolcalls toolresults toolcontent gmask"
)
_TAG_NAMES = (
    "document documents system sys inst assistant human developer instruction"
    " instructions s bos eos eot eom think thinking toolcall toolcalls toolresponse"
    " functioncall functioncalls functionresults startofturn endofturn imstart imend"
    " endoftext startoftext beginoftext beginofsentence endofsentence systemreminder"
)


def _all(names: list[str]) -> frozenset[str]:
    return frozenset(squashed(reads_as(name)) for name in names)


SPEAKERS = _all(
    [before + name for before in _BEFORE for name in (*_ROLES.split(), *_COMMANDS.split())]
)
"""Whoever speaks or commands, as a line `NAME: ...` begins."""
HEADINGS = SPEAKERS - _all(["user", "ai", "developer"]) | _all(["instruction", "instructions"])
"""The same as a heading without a colon."""
TEMPLATE_HEADINGS = SPEAKERS | _all(["instruction", "instructions", "input", "response", "context"])
"""The same with one: `### Response:`."""
IN_BRACKETS = _all(_COMMANDS.split()) | _all(_TEMPLATE_TOKENS.split())
"""Between square brackets: `[INST]`, `[/INST]`."""
TAGS = _all(_COMMANDS.split()) | _all(_TAG_NAMES.split())
"""Between angle brackets, our own delimiter among them: `<document>`, `</s>`."""
END_TAGS = TAGS | _all(["user", "ai"])
