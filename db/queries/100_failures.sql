-- Inputs that failed and have not come right since.
-- ask: What failed, why, and when is it tried again?
-- column: input: The input: a path or an address.
-- column: stage: Step that failed.
-- column: reason: Why, in a word or two.
-- column: attempts: How often it was tried.
-- column: last_tried: Last failure, UTC.
-- column: next_try: When to try again, UTC; null when it is given up.
-- column: hint: What to do about it.
-- column: first_tried: First failure, UTC.
SELECT input, stage, reason, attempts, last_tried, next_try, hint, first_tried
FROM failure_rows WHERE resolved_at IS NULL
