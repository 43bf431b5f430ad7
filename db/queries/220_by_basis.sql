-- Cost claims by year, scope and basis: how much of what is printed is reported, and how much guessed.
-- ask: What share of training costs is reported by the makers, and what share estimated by others?
-- column: year: Year of the claims; null where the day is not known.
-- column: scope: What the money was for.
-- column: basis: reported, estimated, projected, hypothetical.
-- column: claims: Claims, once a story.
-- column: copies: Pages that carry them.
-- column: median_usd: Median, dollars of the day.
-- column: highest_usd: Highest.
-- column: share: Share of the year's claims of that scope.
SELECT *, claims / sum(claims) OVER (PARTITION BY year, scope) AS share
FROM (
    SELECT CASE WHEN date_basis <> 'fetched' THEN year(claim_date) END AS year, scope, basis, count(*) AS claims,
           sum(copies)::BIGINT AS copies, median(usd::DOUBLE) AS median_usd, max(usd) AS highest_usd
    FROM cost_timeline WHERE period IS NULL GROUP BY ALL
)
ORDER BY year NULLS LAST, scope, basis
