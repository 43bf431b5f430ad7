-- What things cost and when it was said: cost claims, once a story, in dollars.
-- ask: What did training cost, as reported, over the years?
-- ask: What was the most expensive training run of each year, with its sentence and its page?
-- ask: Which costs are stated in other currencies, and at what rate are they converted?
-- column: claim_date: First day of the claim within its story.
-- column: date_basis: How that day is known: page, feed, text, fetched (of such a claim the day is not known).
-- column: model: The model; null where the text names none (see description).
-- column: organization: Its makers.
-- column: scope: What the money was for: training, inference, finetuning, hardware, development, other.
-- column: basis: reported, estimated, projected, hypothetical.
-- column: op: =, ~ (about), > (more than), < (up to), range.
-- column: usd: The sum in dollars of its day; null for a range or without a rate.
-- column: usd_low: Lower end in dollars.
-- column: usd_high: Upper end in dollars.
-- column: value: The sum as stated, in its currency; null for a range.
-- column: currency: ISO 4217.
-- column: quote: The words it rests on, in the first copy.
-- column: url: Where the first copy was found (its path, for a local file that names no address).
-- column: fact_id: The fact in the first copy.
-- column: copies: Pages of the story that carry the claim.
-- column: low: Lower end as stated.
-- column: high: Upper end as stated.
-- column: vague: True for "millions of dollars".
-- column: period: day, month or year where it is a running cost.
-- column: description: Of the unnamed system that the figure is about.
-- column: attributed_to: Who says so.
-- column: rate: Dollars for one unit of the currency.
-- column: rate_day: Day of that rate.
-- column: rate_source: Where the rate is from.
-- column: title: Title of the first copy.
-- column: site: Its site.
-- column: article_id: The first copy.
-- column: story_id: The story.
SELECT
    c.claim_date, c.date_basis, c.model, c.organization, c.scope, c.basis, c.op,
    CASE c.currency WHEN 'USD' THEN c.amount::DECIMAL(28, 2) ELSE TRY_CAST(round(c.amount::DOUBLE * x.usd_per_unit, 2) AS DECIMAL(28, 2)) END AS usd,
    CASE c.currency WHEN 'USD' THEN c.amount_low::DECIMAL(28, 2) ELSE TRY_CAST(round(c.amount_low::DOUBLE * x.usd_per_unit, 2) AS DECIMAL(28, 2)) END AS usd_low,
    CASE c.currency WHEN 'USD' THEN c.amount_high::DECIMAL(28, 2) ELSE TRY_CAST(round(c.amount_high::DOUBLE * x.usd_per_unit, 2) AS DECIMAL(28, 2)) END AS usd_high,
    CAST(c.amount AS DECIMAL(28, 2)) AS value,
    c.currency, c.quote, coalesce(r.url, r.canonical_url, r.source) AS url, c.fact_id, c.copies,
    CAST(c.amount_low AS DECIMAL(28, 2)) AS low, CAST(c.amount_high AS DECIMAL(28, 2)) AS high,
    c.vague, c.period, c.description, c.attributed_to,
    CASE c.currency WHEN 'USD' THEN 1 ELSE x.usd_per_unit END AS rate,
    coalesce(x.rate_day, CASE c.currency WHEN 'USD' THEN c.claim_date END) AS rate_day,
    x.source AS rate_source,
    r.title, r.site, c.article_id, c.story_id
FROM claims AS c
JOIN articles AS r ON r.article_id = c.article_id
LEFT JOIN exchange_rates AS x ON x.currency = c.currency AND x.day = c.claim_date
WHERE c.kind = 'cost'
