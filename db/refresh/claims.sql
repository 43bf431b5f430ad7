-- Claims of the stories in stale_stories: current facts, an analyst's word applied, once a story.
-- The first copy (by day, then article id, then place) lends its words; {only} narrows to those stories.
-- What makes two rows one claim goes into a hash, which is grouped by far faster than nineteen columns; it only
-- has to hold within a story. Words are fetched for the first copies alone.
INSERT INTO claim_rows BY NAME
WITH merged AS (
    SELECT model_key, into_key FROM merges
    QUALIFY row_number() OVER (PARTITION BY model_key ORDER BY made_at DESC) = 1
),
known AS (
    SELECT organization_key, any_value(organization ORDER BY organization) AS organization FROM organizations GROUP BY organization_key
),
told AS (
    SELECT f.rowid AS place, s.story_id, f.claim_date, f.article_id, f.start_char, f.fact_id, f.vague,
           hash(f.kind, coalesce(m.into_key, c.model_key, f.model_key),
                CASE WHEN f.kind = 'developer' THEN coalesce(c.organization, o.organization, f.organization) END,
                coalesce(c.device, f.device), coalesce(c.scope, f.scope),
                CASE WHEN f.kind = 'parameters' THEN coalesce(c.role, f.role, 'total') END,
                coalesce(c.op, f.op), CASE WHEN coalesce(c.op, f.op) <> 'range' THEN coalesce(c.value::DOUBLE, f.value) END,
                coalesce(c.low::DOUBLE, f.low), coalesce(c.high::DOUBLE, f.high),
                CASE WHEN f.currency IS NOT NULL AND coalesce(c.op, f.op) <> 'range' THEN coalesce(c.value, f.amount) END,
                CASE WHEN f.currency IS NOT NULL THEN coalesce(c.low, f.amount_low) END,
                CASE WHEN f.currency IS NOT NULL THEN coalesce(c.high, f.amount_high) END,
                coalesce(c.currency, f.currency), f.period, f.per,
                CASE WHEN f.kind = 'hardware' THEN coalesce(f.use, 'training') END, f.provider) AS claim
    FROM fact_rows AS f
    JOIN revisions AS v ON v.reading_id = f.reading_id AND v.is_current
    JOIN article_stories AS s ON s.article_id = f.article_id
    LEFT JOIN amendments AS c ON c.claim_key = f.claim_key
    LEFT JOIN merged AS m ON m.model_key = coalesce(c.model_key, f.model_key)
    LEFT JOIN known AS o ON o.organization_key = f.organization_key
    WHERE NOT coalesce(c.negated = 'true', f.negated) AND NOT f.superseded AND NOT f.derived AND f.kind <> 'trend'
      AND NOT coalesce(c.rejected, false) {only}
),
by_article AS (
    SELECT story_id, claim, article_id, bool_or(vague) AS vague,
           min({d: claim_date, a: article_id, s: start_char, f: fact_id, p: place}) AS first
    FROM told GROUP BY story_id, claim, article_id
),
firsts AS (
    SELECT story_id, min(first).p AS place, bool_or(vague) AS vague, count(*) AS copies
    FROM by_article GROUP BY story_id, claim
)
SELECT f.kind, t.story_id, coalesce(m.into_key, c.model_key, f.model_key) AS model_key,
       CASE WHEN f.kind = 'developer' THEN coalesce(c.organization, o.organization, f.organization) END AS organization,
       coalesce(c.device, f.device) AS device, coalesce(c.scope, f.scope) AS scope,
       CASE WHEN f.kind = 'parameters' THEN coalesce(c.role, f.role, 'total') END AS role, coalesce(c.op, f.op) AS op,
       CASE WHEN coalesce(c.op, f.op) <> 'range' THEN coalesce(c.value::DOUBLE, f.value) END AS value,
       coalesce(c.low::DOUBLE, f.low) AS low, coalesce(c.high::DOUBLE, f.high) AS high,
       CASE WHEN coalesce(c.op, f.op) <> 'range' AND f.currency IS NOT NULL THEN coalesce(c.value, f.amount) END AS amount,
       CASE WHEN f.currency IS NOT NULL THEN coalesce(c.low, f.amount_low) END AS amount_low,
       CASE WHEN f.currency IS NOT NULL THEN coalesce(c.high, f.amount_high) END AS amount_high,
       coalesce(c.currency, f.currency) AS currency, f.period, f.per,
       CASE WHEN f.kind = 'hardware' THEN coalesce(f.use, 'training') END AS use, f.provider, f.claim_date,
       {d: f.date_basis, b: coalesce(c.basis, f.basis), e: f.description, a: f.attributed_to, q: f.quote, f: f.fact_id,
        i: f.article_id} AS first_copy,
       t.vague, t.copies
FROM firsts AS t
JOIN fact_rows AS f ON f.rowid = t.place
LEFT JOIN amendments AS c ON c.claim_key = f.claim_key
LEFT JOIN merged AS m ON m.model_key = coalesce(c.model_key, f.model_key)
LEFT JOIN known AS o ON o.organization_key = f.organization_key
