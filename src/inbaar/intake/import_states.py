"""Where a list stands and how it moves on: by a person's word, and by the work that is queued for it."""

from typing import Literal

from inbaar.kit.errors import Refusal, Refused

State = Literal["open", "checking", "checked", "taking", "taken_in", "undoing", "undone"]
Verb = Literal["choose", "looked", "failed", "take", "taken", "undo", "kept", "withdrawn"]

#: Waits for a person before anything is in the books.
WAITING = ("open", "checking", "checked", "taking")
#: Work is queued or going on.
WORKING = ("checking", "taking", "undoing")
MOVES: dict[tuple[str, Verb], State] = {
    ("open", "choose"): "checking",
    ("checked", "choose"): "checking",
    ("checking", "looked"): "checked",
    ("checking", "failed"): "open",
    ("checked", "take"): "taking",
    ("taking", "taken"): "taken_in",
    ("taken_in", "undo"): "undoing",
    ("undoing", "kept"): "taken_in",
    ("undoing", "withdrawn"): "undone",
}


def moved(state: str | None, verb: Verb, import_id: int) -> State:
    """The state after a verb; raises `Refused` where that cannot be, also for a list that is not there (None)."""
    found = MOVES.get((state or "", verb))
    if found is not None:
        return found
    if verb == "undo":
        raise Refused(
            Refusal("import-not-taken-in", "only a list that was taken in is taken back", f"import {import_id}",
                    "one that is in the books", next_step="look at its page")
        )  # fmt: skip
    if verb == "take" and state in ("open", "checking"):
        raise Refused(
            Refusal("import-not-looked-through", "a list is looked through before it is taken in", f"import {import_id}",
                    "one with a verdict on each line", next_step="look through every line first")
        )  # fmt: skip
    raise Refused(
        Refusal("import-not-open", "a list is taken in once", f"import {import_id}", "an open list",
                next_step="look at its page")
    )  # fmt: skip
