-- Records: each claim that was greater than every one before it, by metric.
-- ask: Which training run was the dearest ever when it was reported?
-- column: metric: cost (training, reported or estimated), parameters, compute, tokens, hardware (devices).
-- column: claim_date: Day of the claim.
-- column: model: The model.
-- column: organization: Its makers.
-- column: value: The figure: dollars of the day, or the kind's unit.
-- column: times_the_last: By how much it beat the record before.
-- column: quote: The words it rests on.
-- column: fact_id: The fact.
WITH points AS (
    SELECT 'cost' AS metric, claim_date, model, organization, usd::DOUBLE AS value, quote, fact_id FROM cost_timeline
    WHERE scope = 'training' AND basis IN ('reported', 'estimated') AND period IS NULL AND usd > 0 AND date_basis <> 'fetched'
    UNION ALL
    SELECT kind, claim_date, model, organization, value, quote, fact_id FROM claims
    WHERE value > 0 AND date_basis <> 'fetched' AND coalesce(basis, 'reported') IN ('reported', 'estimated')
      AND (kind IN ('compute', 'tokens') OR (kind = 'parameters' AND role = 'total')
           OR (kind = 'hardware' AND coalesce(use, 'training') = 'training'))
),
best AS (  -- one row a day: the greatest; of equal ones the first by name
    SELECT metric, claim_date, max(value) AS value,
           arg_min({m: model, o: organization, q: quote, f: fact_id}, (-value, coalesce(model, ''), fact_id)) AS top
    FROM points GROUP BY metric, claim_date
),
ranked AS (
    SELECT *, max(value) OVER (PARTITION BY metric ORDER BY claim_date ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
    FROM best
)
SELECT metric, claim_date, top.m AS model, top.o AS organization, value, value / before AS times_the_last, top.q AS quote,
       top.f AS fact_id
FROM ranked WHERE before IS NULL OR value > before
ORDER BY metric, claim_date
