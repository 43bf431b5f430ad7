-- What an hour of a device costs to rent, by quarter and device family, in dollars of the day.
-- ask: How did the price of a GPU hour move?
-- column: quarter: First day of the quarter; null where the day is not known.
-- column: device: Device family.
-- column: claims: Claims, once a story.
-- column: lowest: Lowest price.
-- column: median: Median price.
-- column: highest: Highest price.
-- column: providers: Who asks it, where it is said.
SELECT CASE WHEN date_basis <> 'fetched' THEN date_trunc('quarter', claim_date)::DATE END AS quarter, device,
       count(*) AS claims, min(coalesce(usd, usd_low)) AS lowest, median(coalesce(usd, (usd_low + usd_high) / 2)) AS median,
       max(coalesce(usd, usd_high)) AS highest, list_sort(list(DISTINCT provider) FILTER (provider IS NOT NULL)) AS providers
FROM device_prices WHERE per = 'hour' AND coalesce(usd, usd_low) > 0
GROUP BY ALL ORDER BY quarter NULLS LAST, device
