-- An analyst's word about a claim, the latest on each field, one row a claim.
-- ask: Which claims did an analyst reject or amend, and why?
-- column: claim_key: The claim: document, kind, model and figure as read.
-- column: rejected: True where the claim is rejected.
-- column: model: New model.
-- column: model_key: Its key.
-- column: organization: New organization.
-- column: device: New device.
-- column: value: New value.
-- column: low: New lower end.
-- column: high: New upper end.
-- column: op: New comparator.
-- column: currency: New currency.
-- column: scope: New scope.
-- column: basis: New basis.
-- column: role: New role.
-- column: negated: New word on whether the text denies it.
-- column: note: Why.
-- column: made_at: When the last word was given, UTC.
SELECT
    claim_key,
    coalesce(max(value) FILTER (field = 'rejected') = 'true', false) AS rejected,
    max(value) FILTER (field = 'model') AS model,
    max(value) FILTER (field = 'model_key') AS model_key,
    max(value) FILTER (field = 'organization') AS organization,
    max(value) FILTER (field = 'device') AS device,
    TRY_CAST(max(value) FILTER (field = 'value') AS DECIMAL(28, 6)) AS value,
    TRY_CAST(max(value) FILTER (field = 'low') AS DECIMAL(28, 6)) AS low,
    TRY_CAST(max(value) FILTER (field = 'high') AS DECIMAL(28, 6)) AS high,
    max(value) FILTER (field = 'op') AS op,
    max(value) FILTER (field = 'currency') AS currency,
    max(value) FILTER (field = 'scope') AS scope,
    max(value) FILTER (field = 'basis') AS basis,
    max(value) FILTER (field = 'role') AS role,
    max(value) FILTER (field = 'negated') AS negated,
    string_agg(DISTINCT note, '; ') AS note,
    max(made_at) AS made_at
FROM (
    SELECT * FROM corrections
    QUALIFY row_number() OVER (PARTITION BY claim_key, field ORDER BY made_at DESC) = 1
)
GROUP BY claim_key
