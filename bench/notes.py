"""The documents of the comparison: sixty short notes, one chunk each, the same for everyone."""

from itertools import product
from pathlib import Path

_SUBJECTS = (
    ("task decomposition", "an agent breaks a large task into steps that it can finish one by one"),
    ("retrieval", "a question is compared with every stored passage and the nearest are taken"),
    ("embedding", "a passage becomes a list of numbers that lies near those of similar passages"),
    ("chunking", "a document is cut into passages short enough to be found and quoted"),
    ("streaming", "each token of an answer is sent as soon as the model has written it"),
    ("citation", "every sentence of an answer names the passage that it rests on"),
    ("abstention", "a service says that it does not know when no passage answers the question"),
    ("memory", "what an agent has learnt is kept outside the model and looked up again"),
    ("tool use", "a model hands a calculation or a search over to a program made for it"),
    ("evaluation", "answers are held against questions whose right passages are known"),
)
_ASPECTS = (
    ("cost", "Counting what a single request costs shows where the time of a busy server goes."),
    ("failure", "It fails quietly when its input is stale, so the age of the input is watched."),
    ("size", "Small pieces are found precisely, large ones keep their context; both are tried."),
    ("order", "The order of its steps matters less than doing each of them exactly once."),
    ("limits", "Its limits are set where users begin to wait, not where the machine gives up."),
    ("practice", "In practice the simple version is built first and measured before it grows."),
)


def texts() -> dict[str, str]:
    """The notes by file name."""
    notes = {}
    for number, ((subject, meaning), (aspect, remark)) in enumerate(product(_SUBJECTS, _ASPECTS)):
        notes[f"note-{number:02d}.md"] = (
            f"# On the {aspect} of {subject}\n\n"
            f"With {subject}, {meaning}. {remark} This note looks at the {aspect} of {subject} "
            f"from the side of those who run it every day. They ask what {subject} is for, "
            f"when it helps and when a plainer way would do. The {aspect} shows best under load: "
            f"many readers at once, each with a question of their own, none willing to wait. "
            f"A team that keeps figures on the {aspect} of {subject} notices a change within a "
            f"day, and can say which of two versions is better instead of guessing. Where the "
            f"figures are missing, opinions take their place. So the note ends with a habit: "
            f"write down the {aspect}, change one thing, and write it down again.\n"
        )
    return notes


def write(folder: Path) -> None:
    """Put the notes into a folder as Markdown files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts().items():
        (folder / name).write_text(text)
