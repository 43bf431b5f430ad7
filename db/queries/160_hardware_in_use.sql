-- Devices that models were trained on, by year and device family.
-- ask: Which accelerators train models, year by year, and how many at once?
-- column: year: Year of the claims; null where the day is not known.
-- column: device: Device family.
-- column: claims: Claims, once a story.
-- column: models: Models named.
-- column: median_count: Median number of devices, where it is stated.
-- column: largest_count: Largest number.
-- column: largest_model: The model trained on that many.
SELECT CASE WHEN date_basis <> 'fetched' THEN year(claim_date) END AS year, device, count(*) AS claims,
       count(DISTINCT model) AS models, median(value) AS median_count, max(value) AS largest_count,
       arg_max({m: model}, (value, fact_id)).m AS largest_model
FROM claims
WHERE kind = 'hardware' AND coalesce(use, 'training') = 'training'
GROUP BY ALL ORDER BY year NULLS LAST, claims DESC, device
