-- Growth a year of cost, size, compute, tokens and devices: a straight line through the logarithm of the
-- claims against time (least squares, with a 95 % interval for the slope), and beside it the
-- median of the slopes between pairs of claims at least half a year apart (Theil 1950, Sen 1968), which
-- outliers do not move. One claim a model and day counts; days known only from fetching do not.
-- ask: By what factor do training costs grow a year, and how sure is that?
-- column: metric: cost (training, reported or estimated, dollars of the day), parameters, compute, tokens, hardware (devices).
-- column: claims: Claims in the fit.
-- column: first_day: Day of the first.
-- column: last_day: Day of the last.
-- column: factor_a_year: Growth a year by least squares: 2 is a doubling.
-- column: factor_low: Lower end of its 95 % interval.
-- column: factor_high: Upper end.
-- column: robust_factor_a_year: Growth a year by the median of pairwise slopes (of at most 400 claims, the first by a hash of their id).
-- column: doubling_years: Years for a doubling, by least squares; negative where it falls.
-- column: r_squared: Share of the variance that the line explains.
WITH points AS (
    SELECT 'cost' AS metric, claim_date, model, usd::DOUBLE AS y, fact_id FROM cost_timeline
    WHERE scope = 'training' AND basis IN ('reported', 'estimated') AND period IS NULL AND usd > 0 AND date_basis <> 'fetched'
    UNION ALL
    SELECT kind, claim_date, model, value, fact_id FROM claims
    WHERE value > 0 AND date_basis <> 'fetched'
      AND (kind IN ('compute', 'tokens') OR (kind = 'parameters' AND role = 'total')
           OR (kind = 'hardware' AND coalesce(use, 'training') = 'training'))
),
single AS (
    SELECT metric, claim_date, model, median(ln(y)) AS log_y, min(fact_id) AS fact_id
    FROM points GROUP BY metric, claim_date, model
),
timed AS (
    SELECT *, date_diff('day', DATE '2000-01-01', claim_date) / 365.25 AS t FROM single
),
fit AS (
    SELECT metric, count(*) AS n, min(claim_date) AS first_day, max(claim_date) AS last_day,
           regr_slope(log_y, t) AS slope, regr_r2(log_y, t) AS r2, regr_sxx(log_y, t) AS sxx, regr_syy(log_y, t) AS syy
    FROM timed GROUP BY metric
),
erred AS (
    SELECT *, CASE WHEN n > 2 AND sxx > 0 THEN sqrt(greatest(syy - slope * slope * sxx, 0) / (n - 2) / sxx) END AS error,
           -- Student's t for 95 %: Cornish-Fisher from the normal 1.96 (Abramowitz and Stegun 26.7.5)
           1.959964 + 2.372271 / (n - 2) + 2.822498 / (n - 2) ** 2 + 2.55585 / (n - 2) ** 3 AS student
    FROM fit WHERE n > 2
),
drawn AS (
    SELECT *, row_number() OVER (PARTITION BY metric ORDER BY md5(fact_id), fact_id) AS place FROM timed
),
robust AS (
    SELECT a.metric, median((b.log_y - a.log_y) / (b.t - a.t)) AS slope
    FROM drawn AS a JOIN drawn AS b ON b.metric = a.metric AND b.t >= a.t + 0.5
    WHERE a.place <= 400 AND b.place <= 400
    GROUP BY a.metric
)
SELECT e.metric, e.n AS claims, e.first_day, e.last_day, exp(e.slope) AS factor_a_year,
       exp(e.slope - e.student * e.error) AS factor_low, exp(e.slope + e.student * e.error) AS factor_high,
       exp(r.slope) AS robust_factor_a_year, ln(2) / nullif(e.slope, 0) AS doubling_years, e.r2 AS r_squared
FROM erred AS e LEFT JOIN robust AS r ON r.metric = e.metric
WHERE e.error IS NOT NULL AND abs(e.slope) < 100
ORDER BY e.metric
