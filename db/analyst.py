"""An analyst's word: corrections, merges and restored cuts, kept apart from what was read.

They are rows of their own that the views apply. A correction is tied to a claim (document, kind, model
and figure as read), not to a reading, so it outlives every rereading; a merge to the names; a restored
cut to its id, which is made from page and content.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from db.keys import name_key
from db.listing import find_one
from db.rows import utc_now
from db.store import Store
from schemas import words
from schemas.errors import UsageError

FIELDS = ("model", "organization", "device", "value", "low", "high", "op", "currency", "scope", "basis",
          "role", "negated")  # fmt: skip
_CLOSED = {"op": words.OPS, "scope": words.SCOPES, "basis": words.BASES, "role": words.ROLES,
           "negated": ("true", "false")}  # fmt: skip


def correct(
    store: Store,
    beginning: str,
    *,
    reject: bool = False,
    changes: tuple[str, ...] = (),
    note: str = "",
    undo: bool = False,
) -> str:
    """Reject or amend a fact and return one line that says what was done.

    beginning: a unique beginning of the fact's id.
    changes:   "field=value", field one of FIELDS.
    undo:      take back every word on this claim.
    Raises UsageError for an unknown fact, field or value.
    """
    fact_id = find_one(store, "fact_rows", "fact_id", beginning, "fact")
    row = store.rows("SELECT claim_key, claim_date FROM fact_rows WHERE fact_id = ? LIMIT 1", [fact_id])[0]
    if sum((reject, bool(changes), undo)) != 1:
        raise UsageError("say one of: --reject, --set FIELD=VALUE (repeatable), --undo")
    if undo:
        with store.transaction() as con:
            con.execute("DELETE FROM corrections WHERE claim_key = ?", [row["claim_key"]])
            _touch(store, con, row["claim_key"])
        return f"{fact_id}: every correction taken back"
    said = [("rejected", "true")] if reject else [_change(text) for text in changes]
    said += [("model_key", name_key(value)) for field, value in said if field == "model"]
    now = utc_now()
    with store.transaction() as con:
        for field, value in said:
            con.execute(
                "INSERT INTO corrections VALUES (?, ?, ?, ?, ?, ?)",
                [row["claim_key"], fact_id, field, value, note or None, now],
            )
        _touch(store, con, row["claim_key"])
    store.note_rates([(value, row["claim_date"]) for field, value in said if field == "currency"])
    done = (
        "rejected"
        if reject
        else ", ".join(f"{field} is {value}" for field, value in said if field != "model_key")
    )
    return f"{fact_id}: {done}; it holds for this claim through every reread"


def _touch(store: Store, con: Any, claim_key: str) -> None:
    """Have the claims of the stories that carry a claim made again."""
    stories = con.execute(
        "SELECT DISTINCT s.story_id FROM fact_rows AS f JOIN article_stories AS s ON s.article_id = f.article_id"
        " WHERE f.claim_key = ?",
        [claim_key],
    ).fetchall()
    store.touch(con, "story", [one for (one,) in stories])


def _change(text: str) -> tuple[str, str]:
    field, equals, value = text.partition("=")
    field, value = field.strip(), value.strip()
    if not equals or field not in FIELDS or not value:
        raise UsageError(f"--set {text!r}: give FIELD=VALUE, with a field of {', '.join(FIELDS)}")
    if field in _CLOSED and value not in _CLOSED[field]:
        raise UsageError(f"--set {text!r}: {field} may be {', '.join(_CLOSED[field])}")
    if field in ("value", "low", "high"):
        try:
            number = Decimal(value.replace(",", "").replace("_", ""))
        except InvalidOperation:
            raise UsageError(f"--set {text!r}: {value!r} is no number") from None
        if not number.is_finite() or abs(number) >= Decimal("1e22"):
            raise UsageError(f"--set {text!r}: {value!r} is out of range")
        value = format(number, "f")
    if field == "currency" and not (len(value) == 3 and value.isascii() and value.isupper()):
        raise UsageError(f"--set {text!r}: a currency is three capital letters, such as EUR")
    return field, value


def merge(store: Store, model: str, into: str, *, note: str = "", undo: bool = False) -> str:
    """Make two names one model and return one line that says what was done.

    model: the name that goes; it must have been read somewhere. into: the name that stays, or a new one.
    """
    key, into_key = name_key(model), name_key(into)
    if undo:
        with store.transaction() as con:
            con.execute("DELETE FROM merges WHERE model_key = ?", [key])
            store.touch(con, "everything", [""])
        return f"{model}: stands on its own again"
    known = {row["model_key"]: row for row in store.rows("SELECT * FROM model_names")}
    if key not in known:
        near = sorted({row["model"] for row in known.values() if key and key in row["model_key"]})[:5]
        hint = f"; do you mean {', '.join(near)}?" if near else "; list them with: costline query models"
        raise UsageError(f"no model called {model!r} was read{hint}")
    root = known.get(into_key)
    if root is not None and root["canonical_key"] != into_key:
        into_key, into = root["canonical_key"], root["model"]
    elif root is not None and name_key(into) == into_key and into == into.lower():
        into = root["model"]
    if key == into_key:
        raise UsageError(f"{model!r} and {into!r} are one model already")
    now = utc_now()
    with store.transaction() as con:
        con.execute("DELETE FROM merges WHERE model_key = ?", [key])
        con.execute(
            "UPDATE merges SET into_key = ?, into_model = ? WHERE into_key = ?", [into_key, into, key]
        )
        con.execute(
            "INSERT INTO merges VALUES (?, ?, ?, ?, ?, ?)",
            [key, known[key]["model"], into_key, into, note or None, now],
        )
        store.touch(con, "everything", [""])
    return f"{known[key]['model']} is now {into}; its facts keep the name they were read with beside it"


def restore(store: Store, beginning: str, *, note: str = "") -> tuple[str, str]:
    """Take back a cut, for this and every later reading; return its id and its document's.

    The page has to be read again for the words to return to its text.
    """
    cut_id = find_one(store, "cut_rows", "cut_id", beginning, "cut")
    row = store.rows(
        "SELECT c.text, r.document_id FROM cut_rows AS c JOIN readings AS r USING (reading_id)"
        " WHERE c.cut_id = ? LIMIT 1",
        [cut_id],
    )[0]
    if not store.rows("SELECT 1 FROM restored_cuts WHERE cut_id = ?", [cut_id]):
        with store.transaction() as con:
            con.execute(
                "INSERT INTO restored_cuts VALUES (?, ?, ?, ?, ?)",
                [cut_id, row["document_id"], row["text"], note or None, utc_now()],
            )
    return cut_id, str(row["document_id"])


def reread_told(counts: dict[str, int]) -> str:
    """Say what rereading a page came to, or that its bytes are not kept here."""
    if not any(counts.get(word) for word in ("new", "revised", "unchanged", "rejected")):
        return "the raw page is not kept in the database, so the words return when it is fetched again"
    return "the page was read again" + ("" if counts.get("revised") else " and reads as before")
