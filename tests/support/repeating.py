"""A small documentation whose pages end in what its makers say of themselves, on every one."""

BANNER = "You are reading the handbook of the ferry, edition four."
CALL = "The crew looks for volunteers; write to the harbour office."
CALLS = {
    "a": CALL,
    "b": "Another crew asks for old ropes and for paint.",
    "c": "Passengers stay behind the yellow line of the quay.",
}
"""Of the crews of three ferries."""
TOPICS = {
    "lights": "Green lights hang on the right side and red ones on the left.",
    "horn": "One long blast of the horn means that the ferry leaves its berth.",
    "ramp": "The ramp is lowered when both ropes have been made fast.",
    "fares": "A bicycle costs as much as a child under twelve years.",
    "weather": "From wind of force nine the ferry stays where it is.",
    "rescue": "Life jackets lie under each bench, those for children in front.",
    "cargo": "Lorries of more than twelve tons cross in the morning alone.",
    "crew": "Four people sail her: a master, a mate and two deck hands.",
    "fuel": "She burns ninety litres of oil on one crossing of the sound.",
}


def page(name: str, text: str, *, ends: bool = True) -> str:
    """A page as a hand makes it: nothing says which part of it is what."""
    top = f'<div class="b1">{BANNER}</div>' if ends else ""
    bottom = f'<div class="b2"><span>{CALL}</span></div>' if ends else ""
    body = f'<div class="c"><h1>Of the {name}</h1><p>{text}</p><p>Applies to all ships.</p></div>'
    return f"<html><head><title>{name}</title></head><body>{top}{body}{bottom}</body></html>"


def text_of(name: str) -> str:
    """What a page says itself."""
    return f"# Of the {name}\n\n{TOPICS[name]}\n\nApplies to all ships."


PAGES = {name: page(name, text) for name, text in TOPICS.items()}
