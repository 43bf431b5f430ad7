-- Prices of devices, once a story, in dollars: rent by the hour, and purchase.
-- ask: What did an hour of an A100 cost over time, and from whom?
-- column: claim_date: First day of the claim within its story.
-- column: date_basis: How that day is known.
-- column: device: Device family.
-- column: provider: Who asks the price.
-- column: per: hour or unit.
-- column: op: =, ~, >, <, range.
-- column: usd: Dollars of its day; null for a range or without a rate.
-- column: usd_low: Lower end in dollars.
-- column: usd_high: Upper end in dollars.
-- column: value: The price as stated.
-- column: low: Lower end as stated.
-- column: high: Upper end as stated.
-- column: currency: ISO 4217.
-- column: rate: Dollars for one unit of the currency.
-- column: rate_day: Day of that rate.
-- column: quote: The words it rests on.
-- column: url: Where the first copy was found.
-- column: fact_id: The fact in the first copy.
-- column: article_id: The first copy.
-- column: story_id: The story.
-- column: copies: Pages of the story that carry the claim.
SELECT
    c.claim_date, c.date_basis, c.device, c.provider, c.per, c.op,
    CASE c.currency WHEN 'USD' THEN c.value ELSE round(c.value * x.usd_per_unit, 4) END AS usd,
    CASE c.currency WHEN 'USD' THEN c.low ELSE round(c.low * x.usd_per_unit, 4) END AS usd_low,
    CASE c.currency WHEN 'USD' THEN c.high ELSE round(c.high * x.usd_per_unit, 4) END AS usd_high,
    c.value, c.low, c.high, c.currency,
    CASE c.currency WHEN 'USD' THEN 1 ELSE x.usd_per_unit END AS rate,
    coalesce(x.rate_day, CASE c.currency WHEN 'USD' THEN c.claim_date END) AS rate_day,
    c.quote, coalesce(r.url, r.canonical_url, r.source) AS url, c.fact_id, c.article_id, c.story_id, c.copies
FROM claims AS c
JOIN articles AS r ON r.article_id = c.article_id
LEFT JOIN exchange_rates AS x ON x.currency = c.currency AND x.day = c.claim_date
WHERE c.kind = 'price'
