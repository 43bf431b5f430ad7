-- Current facts, one row a fact, with an analyst's word applied. Denied figures are here, marked
-- negated, and in no other view.
-- ask: What was said about one model, sentence by sentence?
-- ask: Which figures do texts deny?
-- column: fact_id: Made from the article and all that the fact says.
-- column: article_id: The article that says it.
-- column: kind: parameters, hardware, cost, duration, compute, device_hours, tokens, price, energy, emissions, developer, trend.
-- column: model: The model, by the name shown for all its spellings; null where the text names none.
-- column: organization: The maker named (developers), else the model's makers.
-- column: value: The kind's number in its unit; null for a range.
-- column: low: Lower end of a range or of a vague figure.
-- column: high: Upper end.
-- column: op: =, ~ (about), > (more than), < (up to), range.
-- column: unit: Unit of the number: parameters, devices, hours, FLOP, device-hours, tokens, kWh, kg CO2e, ratio; for money its currency (and "/hour" for rates).
-- column: currency: ISO 4217, for money.
-- column: device: Device family, for hardware, device hours and prices.
-- column: device_count: Number of devices, for hardware.
-- column: scope: What money was for: training, inference, finetuning, hardware, development, other.
-- column: basis: reported, estimated, projected, hypothetical.
-- column: role: Of parameters: total, active, expert.
-- column: negated: True where the text denies the figure.
-- column: derived: True where it is computed from the text's own figures, not stated.
-- column: claim_date: Day of the claim.
-- column: date_basis: How that day is known: page, feed, text, fetched.
-- column: quote: The words it rests on.
-- column: start_char: First character of the quote in the article's text (its title, if part says so).
-- column: end_char: Character after the quote.
-- column: rule: Name of the rule that found it.
-- column: model_as_read: The model as the text (and the reader) has it.
-- column: amount: Exact sum of money, in the currency.
-- column: amount_low: Exact lower end.
-- column: amount_high: Exact upper end.
-- column: vague: True for "millions of dollars".
-- column: superseded: True where the text itself corrects the figure.
-- column: use: Of hardware: training, inference.
-- column: period: Of running costs: day, month, year; of a trend, its time.
-- column: per: Of prices: hour, unit.
-- column: provider: Who asks the price.
-- column: subject: What a trend is about.
-- column: direction: Of a trend: up, down.
-- column: formula: How a derived figure was computed.
-- column: as_of: Time that the text gives for the figure.
-- column: attributed_to: Who says so.
-- column: linked_by: The pass that linked the model.
-- column: part: text or title.
-- column: description: Of the unnamed system that the figure is about.
-- column: at_char: First character of the figure itself.
-- column: at_end_char: Character after the figure.
-- column: corrected: True where an analyst amended it.
-- column: note: The analyst's note.
-- column: story_id: The story that the article tells.
-- column: model_key: Key of the name shown.
-- column: claim_key: The claim, the same through rereads.
-- column: reading_id: The reading it belongs to.
SELECT
    f.fact_id, f.article_id, f.kind,
    coalesce(n.model, c.model, f.model) AS model,
    CASE WHEN f.kind = 'developer' THEN coalesce(c.organization, o.organization, f.organization)
         ELSE coalesce(c.organization, d.organization) END AS organization,
    CASE WHEN coalesce(c.op, f.op) = 'range' THEN NULL ELSE coalesce(c.value::DOUBLE, f.value) END AS value,
    coalesce(c.low::DOUBLE, f.low) AS low,
    coalesce(c.high::DOUBLE, f.high) AS high,
    coalesce(c.op, f.op) AS op,
    CASE f.kind
        WHEN 'parameters' THEN 'parameters' WHEN 'hardware' THEN 'devices' WHEN 'duration' THEN 'hours'
        WHEN 'compute' THEN 'FLOP' WHEN 'device_hours' THEN 'device-hours' WHEN 'tokens' THEN 'tokens'
        WHEN 'energy' THEN 'kWh' WHEN 'emissions' THEN 'kg CO2e' WHEN 'trend' THEN 'ratio'
        WHEN 'cost' THEN coalesce(c.currency, f.currency)
        WHEN 'price' THEN coalesce(c.currency, f.currency) || CASE f.per WHEN 'hour' THEN '/hour' ELSE '' END
    END AS unit,
    coalesce(c.currency, f.currency) AS currency,
    coalesce(c.device, f.device) AS device,
    CASE WHEN f.kind = 'hardware' THEN TRY_CAST(coalesce(c.value::DOUBLE, f.value) AS BIGINT) END AS device_count,
    coalesce(c.scope, f.scope) AS scope,
    coalesce(c.basis, f.basis) AS basis,
    CASE WHEN f.kind = 'parameters' THEN coalesce(c.role, f.role, 'total') ELSE f.role END AS role,
    coalesce(c.negated = 'true', f.negated) AS negated,
    f.derived, f.claim_date, f.date_basis, f.quote, f.start_char, f.end_char, f.rule,
    f.model AS model_as_read,
    CASE WHEN coalesce(c.op, f.op) <> 'range' AND f.currency IS NOT NULL THEN coalesce(c.value, f.amount) END AS amount,
    CASE WHEN f.currency IS NOT NULL THEN coalesce(c.low, f.amount_low) END AS amount_low,
    CASE WHEN f.currency IS NOT NULL THEN coalesce(c.high, f.amount_high) END AS amount_high,
    f.vague, f.superseded, f.use, f.period, f.per, f.provider, f.subject, f.direction, f.formula, f.as_of,
    f.attributed_to, f.linked_by, f.part, f.description, f.at_char, f.at_end_char,
    c.claim_key IS NOT NULL AS corrected, c.note,
    coalesce(s.story_id, f.article_id) AS story_id,
    coalesce(n.canonical_key, c.model_key, f.model_key) AS model_key,
    f.claim_key, f.reading_id
FROM fact_rows AS f
JOIN revisions AS v ON v.reading_id = f.reading_id AND v.is_current
LEFT JOIN article_stories AS s ON s.article_id = f.article_id
LEFT JOIN amendments AS c ON c.claim_key = f.claim_key
LEFT JOIN model_names AS n ON n.model_key = coalesce(c.model_key, f.model_key)
LEFT JOIN model_rows AS d ON d.model_key = coalesce(n.canonical_key, c.model_key, f.model_key)
LEFT JOIN (SELECT DISTINCT organization_key, organization FROM organizations) AS o
    ON o.organization_key = f.organization_key
WHERE NOT coalesce(c.rejected, false)
