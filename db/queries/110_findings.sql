-- Cross-checks: sums that add up or do not, and claims that conflict.
-- ask: Which stated costs do not follow from price, devices and hours?
-- column: model: The model.
-- column: check_name: Name of the check.
-- column: verdict: agrees, differs, conflicts.
-- column: formula: The sum with its figures put in.
-- column: fact_ids: The facts that went in.
-- column: expected: What the formula gives.
-- column: stated: What the text states.
-- column: tolerance: Relative difference that still counts as agreement.
-- column: found_at: When it was computed, UTC.
-- column: finding_id: Made from check, model and inputs.
SELECT model, check_name, verdict, formula, fact_ids, expected, stated, tolerance, found_at, finding_id
FROM finding_rows
