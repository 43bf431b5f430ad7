-- Trends that texts state in words, once a story: what fell or rose, by what factor, over what time.
-- ask: What do texts say about how costs fall?
-- column: claim_date: Day of the claim.
-- column: date_basis: How that day is known.
-- column: subject: What the trend is about.
-- column: direction: up, down.
-- column: factor: The ratio.
-- column: period: Its time, in the text's words.
-- column: quote: The words it rests on.
-- column: fact_id: The fact.
-- column: article_id: The article.
SELECT claim_date, date_basis, subject, direction, value AS factor, period, quote, fact_id, article_id
FROM facts WHERE kind = 'trend' AND NOT negated AND NOT superseded
QUALIFY row_number() OVER (PARTITION BY story_id, subject, direction, value, period ORDER BY claim_date, article_id, fact_id) = 1
ORDER BY claim_date, fact_id
