"""What the documents say, and what the scripted model does."""

CHAT = "gpt-4o-mini"
QUESTION = "What is task decomposition?"
FIRST = "Task decomposition means breaking a big task into smaller steps."
ANSWER = f"{FIRST} [1]\n\n- **Bananas** orbit quietly above purple volcanoes. [2]\n"
SUGGESTED = "What is tree of thoughts?\nWhere does long-term memory live?\nWhat is tool use?"

WEB = "Kiwis are birds that cannot fly. They live in New Zealand and are active at night."
HOSTILE_TITLE = '<img src=x onerror="window.ran=1"> \u202egnorw\u202c \u200btitle'
HOSTILE = (
    "Quokkas smile. <script>window.ran=1</script> <img src='https://elsewhere.invalid/call.png'>"
    " [click](javascript:window.ran=1) \u202eright to left\u202c ze\u200bro."
)
