"""One tree of errors.

CostlineError              anything this program raises on purpose
├── UsageError             wrong options or settings                       exit 2
├── LockHeldError          another run holds the ledger                    exit 3
├── StoreError             the database can't be used                      exit 4
├── LimitError             a query ran into its limit                      exit 2
├── RuleError              a rule file says something it may not
├── RecordError            a record was built with values it may not hold
│   └── ProvenanceError    a span that lies outside its text
├── QuantityError          a number outside its domain
├── FetchError             one input can't be had; carries reason and hint
└── ReadError              one input can't be read (decoded, parsed)

What is merely wrong with one input becomes a Failure record and the run goes on; exceptions are
for what stops a step. Every message names the input and says what to do.
"""

from __future__ import annotations


class CostlineError(Exception):
    """Base of every error raised on purpose. str(error) is one line fit for a user."""


class UsageError(CostlineError):
    """Wrong options, settings or arguments."""


class LockHeldError(CostlineError):
    """Another run holds the ledger; the message says who, where and since when."""


class StoreError(CostlineError):
    """The database can't be opened, read or written."""


class LimitError(CostlineError):
    """A query ran into its limit on time or memory; the message names the limit and its option."""


class RuleError(CostlineError):
    """A rule or vocabulary file is wrong; the message names file and rule."""


class RecordError(CostlineError):
    """A record was given values that it may not hold."""


class ProvenanceError(RecordError):
    """A span lies outside the text that it claims to quote."""


class QuantityError(CostlineError):
    """A number lies outside the domain of a formula."""


class FetchError(CostlineError):
    """One input can't be had.

    reason: a short word or phrase, stable enough to group by ("robots", "timeout", "http 500").
    hint:   what the user can do about it.
    """

    def __init__(self, message: str, *, reason: str, hint: str = "") -> None:
        super().__init__(message)
        self.reason = reason
        self.hint = hint


class ReadError(CostlineError):
    """One input was had but can't be read.

    stage:  the step that gave up, one of schemas.words.STAGES.
    reason: as in FetchError.
    """

    def __init__(self, message: str, *, stage: str, reason: str, hint: str = "") -> None:
        super().__init__(message)
        self.stage = stage
        self.reason = reason
        self.hint = hint
