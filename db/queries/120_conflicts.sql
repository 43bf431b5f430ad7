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
-- column: values: Every figure, by day.
-- column: fact_ids: The facts, by day.
WITH told AS (
    SELECT model_key, kind, scope, role, device, currency, value, story_id, claim_date, first_copy
    FROM claim_rows
    WHERE model_key IS NOT NULL AND value > 0 AND period IS NULL AND NOT vague
      AND kind IN ('parameters', 'tokens', 'compute', 'cost', 'device_hours', 'duration', 'energy', 'emissions')
      AND coalesce(first_copy.b, 'reported') IN ('reported', 'estimated')
),
grouped AS (
    SELECT model_key, kind, scope, role, device, currency, count(DISTINCT story_id) AS stories,
           min(value) AS lowest, max(value) AS highest, max(value) / min(value) AS spread
    FROM told GROUP BY model_key, kind, scope, role, device, currency
    HAVING stories > 1
       AND spread > CASE kind WHEN 'compute' THEN 1.5 WHEN 'cost' THEN 1.25 WHEN 'emissions' THEN 1.25
                              WHEN 'duration' THEN 1.15 WHEN 'energy' THEN 1.15 ELSE 1.1 END
),
kept AS (
    SELECT t.*, g.stories, g.lowest, g.highest, g.spread
    FROM told AS t JOIN grouped AS g
      ON g.model_key = t.model_key AND g.kind = t.kind AND g.scope IS NOT DISTINCT FROM t.scope
     AND g.role IS NOT DISTINCT FROM t.role AND g.device IS NOT DISTINCT FROM t.device
     AND g.currency IS NOT DISTINCT FROM t.currency
),
most AS (  -- the figure that most of a group's stories give
    SELECT model_key, kind, scope, role, device, currency, max(told_by) AS told_by
    FROM (SELECT model_key, kind, scope, role, device, currency, value, count(DISTINCT story_id) AS told_by
          FROM kept GROUP BY ALL)
    GROUP BY ALL
),
listed AS (
    SELECT model_key, kind, scope, role, device, currency, any_value(stories) AS stories, any_value(lowest) AS lowest,
           any_value(highest) AS highest, any_value(spread) AS spread,
           list_sort(list({day: claim_date, fact: first_copy.f, value: value, article: first_copy.i})) AS every
    FROM kept GROUP BY model_key, kind, scope, role, device, currency
)
SELECT m.model, c.kind, c.scope, c.role, c.device,
       CASE c.kind
           WHEN 'parameters' THEN 'parameters' WHEN 'tokens' THEN 'tokens' WHEN 'compute' THEN 'FLOP' WHEN 'cost' THEN c.currency
           WHEN 'device_hours' THEN 'device-hours' WHEN 'duration' THEN 'hours' WHEN 'energy' THEN 'kWh' ELSE 'kg CO2e'
       END AS unit,
       c.stories, c.lowest, c.highest, c.spread, c.every[1].day AS first_day, c.every[1].value AS first_value,
       coalesce(r.url, r.canonical_url, r.source) AS first_url,
       list_transform(c.every, lambda one: one.value) AS values, list_transform(c.every, lambda one: one.fact) AS fact_ids
FROM listed AS c
JOIN most AS g ON g.model_key = c.model_key AND g.kind = c.kind AND g.scope IS NOT DISTINCT FROM c.scope
 AND g.role IS NOT DISTINCT FROM c.role AND g.device IS NOT DISTINCT FROM c.device
 AND g.currency IS NOT DISTINCT FROM c.currency AND g.told_by < c.stories
JOIN model_rows AS m ON m.model_key = c.model_key
JOIN articles AS r ON r.article_id = c.every[1].article
ORDER BY c.spread DESC, m.model, c.kind
