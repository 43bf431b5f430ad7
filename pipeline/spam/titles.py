"""Free a title from terms glued to it."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.spam.records import SpamContext
from schemas.records import Removed


def clean_title(
    candidates: Sequence[tuple[str, str]], *, context: SpamContext
) -> tuple[str | None, list[Removed]]:
    """Return the page's title without spam, and what was cut from it.

    candidates: (basis, text) in order of trust: ("h1", …), ("json-ld", …), ("og", …), ("title", …),
                ("hint", …), and ("slug", "words-of-the-address") last. Site names are already off
                (an ending that another carrier lacks is tolerated).
    Returns: the first candidate's text as far as it is honest, or where nothing of it is, the next
             one's; None where no carrier holds an honest title. Removed have part "title".
    """
    for _, text in candidates:
        if folded := " ".join(text.split()):
            return folded, []
    return None, []
