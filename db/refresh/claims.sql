-- Claims of the stories in stale_stories: current facts, an analyst's word applied, once a story.
-- The first copy (by day, then article id, then place) lends its words; {only} narrows to those stories.
INSERT INTO claim_rows BY NAME
WITH merged AS (
    SELECT model_key, into_key FROM merges
    QUALIFY row_number() OVER (PARTITION BY model_key ORDER BY made_at DESC) = 1
),
said AS (
    SELECT row_number() OVER () AS place, f.kind, s.story_id, coalesce(m.into_key, c.model_key, f.model_key) AS model_key, f.claim_date, f.date_basis,
           CASE WHEN f.kind = 'developer' THEN coalesce(c.organization, o.organization, f.organization) END AS organization,
           coalesce(c.device, f.device) AS device, coalesce(c.scope, f.scope) AS scope, coalesce(c.basis, f.basis) AS basis,
           CASE WHEN f.kind = 'parameters' THEN coalesce(c.role, f.role, 'total') END AS role,
           coalesce(c.op, f.op) AS op,
           CASE WHEN coalesce(c.op, f.op) <> 'range' THEN coalesce(c.value::DOUBLE, f.value) END AS value,
           coalesce(c.low::DOUBLE, f.low) AS low, coalesce(c.high::DOUBLE, f.high) AS high,
           CASE WHEN coalesce(c.op, f.op) <> 'range' AND f.currency IS NOT NULL THEN coalesce(c.value, f.amount) END AS amount,
           CASE WHEN f.currency IS NOT NULL THEN coalesce(c.low, f.amount_low) END AS amount_low,
           CASE WHEN f.currency IS NOT NULL THEN coalesce(c.high, f.amount_high) END AS amount_high,
           coalesce(c.currency, f.currency) AS currency, f.vague, f.period, f.per,
           CASE WHEN f.kind = 'hardware' THEN coalesce(f.use, 'training') END AS use, f.provider, f.description,
           f.attributed_to, f.quote, f.fact_id, f.article_id, f.start_char
    FROM fact_rows AS f
    JOIN revisions AS v ON v.reading_id = f.reading_id AND v.is_current
    JOIN article_stories AS s ON s.article_id = f.article_id
    LEFT JOIN amendments AS c ON c.claim_key = f.claim_key
    LEFT JOIN merged AS m ON m.model_key = coalesce(c.model_key, f.model_key)
    LEFT JOIN (SELECT DISTINCT organization_key, organization FROM organizations) AS o
        ON o.organization_key = f.organization_key
    WHERE NOT coalesce(c.negated = 'true', f.negated) AND NOT f.superseded AND NOT f.derived AND f.kind <> 'trend'
      AND NOT coalesce(c.rejected, false) {only}
),
-- What makes two rows one claim goes into a hash, which is grouped by far faster than twenty columns; it only
-- has to hold within a story.
told AS MATERIALIZED (
    SELECT *, hash(kind, model_key, organization, device, scope, role, op, value, low, high, amount, amount_low, amount_high,
                   currency, period, per, use, provider) AS claim
    FROM said
),
firsts AS (
    SELECT min({d: claim_date, a: article_id, s: start_char, f: fact_id, p: place}).p AS place, bool_or(vague) AS vague,
           count(DISTINCT article_id) AS copies
    FROM told GROUP BY story_id, claim
)
SELECT t.kind, t.story_id, t.model_key, t.organization, t.device, t.scope, t.role, t.op, t.value, t.low, t.high, t.amount,
       t.amount_low, t.amount_high, t.currency, t.period, t.per, t.use, t.provider, t.claim_date,
       {d: t.date_basis, b: t.basis, e: t.description, a: t.attributed_to, q: t.quote, f: t.fact_id, i: t.article_id} AS first_copy,
       o.vague, o.copies
FROM firsts AS o JOIN told AS t ON t.place = o.place
