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
    kind,
    min(claim_date) AS claim_date,
    arg_min(date_basis, (claim_date, article_id, start_char)) AS date_basis,
    model,
    any_value(organization) AS organization,
    device, any_value(device_count) AS device_count, scope,
    arg_min(basis, (claim_date, article_id, start_char)) AS basis,
    role, op, value, low, high,
    any_value(unit) AS unit,
    currency,
    any_value(amount) AS amount, any_value(amount_low) AS amount_low, any_value(amount_high) AS amount_high,
    bool_or(vague) AS vague,
    period, per, use, provider,
    arg_min(description, (claim_date, article_id, start_char)) AS description,
    arg_min(attributed_to, (claim_date, article_id, start_char)) AS attributed_to,
    arg_min(quote, (claim_date, article_id, start_char)) AS quote,
    arg_min(fact_id, (claim_date, article_id, start_char)) AS fact_id,
    arg_min(article_id, (claim_date, article_id, start_char)) AS article_id,
    story_id,
    count(DISTINCT article_id) AS copies
FROM facts
WHERE NOT negated AND NOT superseded AND NOT derived AND kind NOT IN ('developer', 'trend')
GROUP BY kind, story_id, model, CASE WHEN model IS NULL THEN start_char END, device, scope, role, op, value, low,
         high, currency, period, per, use, provider
