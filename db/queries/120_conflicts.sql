-- Figures of one model on which independent stories do not agree: the spread, and who said it first.
-- A story that lists several figures conflicts with nobody who gives one of them.
-- ask: On which models' figures do sources disagree, by how much, and who said what first?
-- column: model: The model.
-- column: kind: Kind of figure.
-- column: scope: What money was for.
-- column: role: Of parameters: total, active, expert.
-- column: device: Device, for device hours.
-- column: unit: Unit of the figures.
-- column: stories: Independent stories that give a figure.
-- column: lowest: Lowest figure.
-- column: highest: Highest figure.
-- column: spread: The highest by the lowest.
-- column: first_day: Day of the first claim.
-- column: first_value: What it said.
-- column: first_url: Where it stood.
-- column: values: The figures, each once, by the day when it was first given (the first hundred).
-- column: fact_ids: The facts that gave them first, in the same order.
WITH told AS (
    SELECT rowid AS place, hash(model_key, kind, scope, role, device, currency) AS what, hash(story_id) AS story, kind, value,
           claim_date AS day, first_copy.f AS fact
    FROM claim_rows
    WHERE model_key IS NOT NULL AND value > 0 AND period IS NULL AND NOT vague
      AND kind IN ('parameters', 'tokens', 'compute', 'cost', 'device_hours', 'duration', 'energy', 'emissions')
      AND coalesce(first_copy.b, 'reported') IN ('reported', 'estimated')
),
grouped AS (
    SELECT what, any_value(kind) AS kind, min(place) AS place, count(DISTINCT story) AS stories, min(value) AS lowest,
           max(value) AS highest, max(value) / min(value) AS spread
    FROM told GROUP BY what
    HAVING stories > 1
       AND spread > CASE any_value(kind) WHEN 'compute' THEN 1.5 WHEN 'cost' THEN 1.25 WHEN 'emissions' THEN 1.25
                                         WHEN 'duration' THEN 1.15 WHEN 'energy' THEN 1.15 ELSE 1.1 END
),
figures AS (  -- each figure once, with the fact that gave it first
    SELECT what, value, count(*) AS times, min({d: day, f: fact}) AS first
    FROM told SEMI JOIN grouped USING (what) GROUP BY what, value
),
agreed AS (  -- a figure that every story gives settles the matter
    SELECT DISTINCT t.what
    FROM told AS t
    JOIN (SELECT what, f.value, g.stories FROM figures AS f JOIN grouped AS g USING (what) WHERE f.times >= g.stories) AS s
      ON s.what = t.what AND s.value = t.value
    GROUP BY t.what, t.value HAVING count(DISTINCT t.story) = any_value(s.stories)
),
listed AS (
    SELECT what, min({d: first.d, f: first.f, v: value}, 100) AS every
    FROM figures ANTI JOIN agreed USING (what) GROUP BY what
)
SELECT m.model, c.kind, c.scope, c.role, c.device,
       CASE c.kind
           WHEN 'parameters' THEN 'parameters' WHEN 'tokens' THEN 'tokens' WHEN 'compute' THEN 'FLOP' WHEN 'cost' THEN c.currency
           WHEN 'device_hours' THEN 'device-hours' WHEN 'duration' THEN 'hours' WHEN 'energy' THEN 'kWh' ELSE 'kg CO2e'
       END AS unit,
       g.stories, g.lowest, g.highest, g.spread, l.every[1].d AS first_day, l.every[1].v AS first_value,
       coalesce(r.url, r.canonical_url, r.source) AS first_url,
       list_transform(l.every, lambda one: one.v) AS values, list_transform(l.every, lambda one: one.f) AS fact_ids
FROM grouped AS g
JOIN listed AS l ON l.what = g.what
JOIN claim_rows AS c ON c.rowid = g.place
JOIN model_rows AS m ON m.model_key = c.model_key
JOIN claim_rows AS o ON o.first_copy.f = l.every[1].f
JOIN articles AS r ON r.article_id = o.first_copy.i
ORDER BY g.spread DESC, m.model, c.kind
