-- How big models are: claims of parameters, once a story.
-- ask: How did the size of models grow?
-- column: claim_date: First day of the claim within its story.
-- column: date_basis: How that day is known.
-- column: model: The model.
-- column: organization: Its makers.
-- column: role: total, active, expert.
-- column: op: =, ~, >, <, range.
-- column: parameters: Parameters; null for a range.
-- column: low: Lower end.
-- column: high: Upper end.
-- column: quote: The words it rests on.
-- column: fact_id: The fact in the first copy.
-- column: story_id: The story.
-- column: copies: Pages of the story that carry the claim.
SELECT claim_date, date_basis, model, organization, role, op, value AS parameters, low, high, quote, fact_id,
       story_id, copies
FROM claims WHERE kind = 'parameters'
ORDER BY claim_date, model, fact_id
