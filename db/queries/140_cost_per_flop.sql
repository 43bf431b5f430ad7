-- Training cost by compute: claims of a training cost whose model's compute is known (stated, or 6ND).
-- ask: How much compute does a dollar of training buy, and how did that change?
-- column: claim_date: Day of the cost claim.
-- column: date_basis: How that day is known.
-- column: model: The model.
-- column: organization: Its makers.
-- column: basis: Basis of the cost.
-- column: usd: Cost, dollars of its day.
-- column: compute_flop: Training compute, FLOP.
-- column: compute_basis: stated, or 6ND: six times (active) parameters times tokens.
-- column: usd_per_exaflop: Dollars for 10^18 FLOP.
-- column: flop_per_usd: FLOP for a dollar.
-- column: fact_id: The cost claim.
-- column: url: Its page.
WITH computed AS (
    SELECT model, coalesce(compute_flop, 6 * coalesce(active_parameters, parameters) * tokens) AS flop,
           CASE WHEN compute_flop IS NULL THEN '6ND' ELSE 'stated' END AS compute_basis
    FROM models
)
SELECT t.claim_date, t.date_basis, t.model, t.organization, t.basis, t.usd, c.flop AS compute_flop, c.compute_basis,
       t.usd::DOUBLE / (c.flop / 1e18) AS usd_per_exaflop, c.flop / t.usd::DOUBLE AS flop_per_usd, t.fact_id, t.url
FROM cost_timeline AS t JOIN computed AS c ON c.model = t.model
WHERE t.scope = 'training' AND t.basis IN ('reported', 'estimated') AND t.usd > 0 AND t.period IS NULL AND c.flop > 0
ORDER BY t.claim_date, t.model, t.fact_id
