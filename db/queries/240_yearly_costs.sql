-- Training costs by year: how many claims, the middle, and the dearest with its sentence and page.
-- ask: What was the most expensive training run of each year, with its sentence and its page?
-- column: year: Year of the claims.
-- column: claims: Claims (reported or estimated), once a story.
-- column: median_usd: Median, dollars of the day.
-- column: highest_usd: The dearest.
-- column: model: Its model.
-- column: organization: Its makers.
-- column: basis: Its basis.
-- column: quote: The words it rests on.
-- column: url: Its page.
-- column: fact_id: The fact.
SELECT year, claims, median_usd, highest_usd, top.model AS model, top.organization AS organization, top.basis AS basis,
       top.quote AS quote, top.url AS url, top.fact_id AS fact_id
FROM (
    SELECT year(claim_date) AS year, count(*) AS claims, median(usd::DOUBLE) AS median_usd, max(usd) AS highest_usd,
           arg_min({model: model, organization: organization, basis: basis, quote: quote, url: url, fact_id: fact_id},
                   (-usd, coalesce(model, ''), fact_id)) AS top
    FROM (SELECT * REPLACE (coalesce(usd, usd_high) AS usd) FROM cost_timeline)
    WHERE scope = 'training' AND basis IN ('reported', 'estimated') AND period IS NULL AND usd IS NOT NULL
      AND date_basis <> 'fetched'
    GROUP BY year
)
ORDER BY year
