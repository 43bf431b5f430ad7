-- Training cost by size: claims of a training cost whose model's size is known.
-- ask: How did the cost per parameter change over the years?
-- column: claim_date: Day of the cost claim.
-- column: date_basis: How that day is known.
-- column: model: The model.
-- column: organization: Its makers.
-- column: basis: Basis of the cost.
-- column: usd: Cost, dollars of its day.
-- column: parameters: Total parameters: the model's best current figure.
-- column: usd_per_billion_parameters: Dollars for a billion parameters.
-- column: fact_id: The cost claim.
-- column: url: Its page.
SELECT t.claim_date, t.date_basis, t.model, t.organization, t.basis, t.usd, m.parameters,
       t.usd::DOUBLE / (m.parameters / 1e9) AS usd_per_billion_parameters, t.fact_id, t.url
FROM cost_timeline AS t JOIN models AS m ON m.model = t.model
WHERE t.scope = 'training' AND t.basis IN ('reported', 'estimated') AND t.usd > 0 AND t.period IS NULL AND m.parameters > 0
ORDER BY t.claim_date, t.model, t.fact_id
