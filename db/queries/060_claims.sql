-- Claims of every kind with a figure, once a story however many copies it has: stated, not denied,
-- not corrected by the text itself, and not derived.
-- ask: How many independent stories give a model's size, and do they agree?
-- column: kind: Kind of fact.
-- column: claim_date: First day of the claim within its story.
-- column: date_basis: How that day is known: page, feed, text, fetched.
-- column: model: The model; null where the text names none.
-- column: organization: Its makers.
-- column: device: Device family.
-- column: device_count: Number of devices, for hardware.
-- column: scope: What money was for.
-- column: basis: reported, estimated, projected, hypothetical.
-- column: role: Of parameters: total, active, expert.
-- column: op: =, ~, >, <, range.
-- column: value: The kind's number in its unit.
-- column: low: Lower end.
-- column: high: Upper end.
-- column: unit: Unit of the number.
-- column: currency: ISO 4217.
-- column: amount: Exact sum of money.
-- column: amount_low: Exact lower end.
-- column: amount_high: Exact upper end.
-- column: vague: True for "millions of dollars".
-- column: period: Of running costs: day, month, year.
-- column: per: Of prices: hour, unit.
-- column: use: Of hardware: training, inference.
-- column: provider: Who asks the price.
-- column: description: Of the unnamed system that the figure is about.
-- column: attributed_to: Who says so.
-- column: quote: The words it rests on, in the first copy.
-- column: fact_id: The fact in the first copy.
-- column: article_id: The first copy.
-- column: story_id: The story.
-- column: copies: Pages of the story that carry the claim.
SELECT
    c.kind, c.claim_date, c.first_copy.d AS date_basis, m.model, m.organization, c.device,
    CASE WHEN c.kind = 'hardware' THEN TRY_CAST(c.value AS BIGINT) END AS device_count, c.scope, c.first_copy.b AS basis,
    c.role, c.op, c.value, c.low, c.high,
    CASE c.kind
        WHEN 'parameters' THEN 'parameters' WHEN 'hardware' THEN 'devices' WHEN 'duration' THEN 'hours'
        WHEN 'compute' THEN 'FLOP' WHEN 'device_hours' THEN 'device-hours' WHEN 'tokens' THEN 'tokens'
        WHEN 'energy' THEN 'kWh' WHEN 'emissions' THEN 'kg CO2e' WHEN 'cost' THEN c.currency
        WHEN 'price' THEN c.currency || CASE c.per WHEN 'hour' THEN '/hour' ELSE '' END
    END AS unit,
    c.currency, c.amount, c.amount_low, c.amount_high, c.vague, c.period, c.per, c.use, c.provider,
    c.first_copy.e AS description, c.first_copy.a AS attributed_to, c.first_copy.q AS quote, c.first_copy.f AS fact_id,
    c.first_copy.i AS article_id, c.story_id, c.copies
FROM claim_rows AS c LEFT JOIN model_rows AS m ON m.model_key = c.model_key
WHERE c.kind <> 'developer'
