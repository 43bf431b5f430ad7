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
    SELECT c.*, coalesce(r.url, r.canonical_url, r.source) AS url
    FROM claims AS c JOIN articles AS r ON r.article_id = c.article_id
    WHERE c.model IS NOT NULL AND c.value > 0 AND c.period IS NULL AND NOT c.vague
      AND c.kind IN ('parameters', 'tokens', 'compute', 'cost', 'device_hours', 'duration', 'energy', 'emissions')
      AND coalesce(c.basis, 'reported') IN ('reported', 'estimated')
),
shared AS (
    SELECT model, kind, scope, role, device, unit, value, count(DISTINCT story_id) AS stories
    FROM told GROUP BY ALL
),
grouped AS (
    SELECT model, kind, scope, role, device, unit, count(DISTINCT story_id) AS stories,
           min(value) AS lowest, max(value) AS highest, max(value) / min(value) AS spread,
           min(claim_date) AS first_day,
           arg_min(value, (claim_date, fact_id)) AS first_value,
           arg_min(url, (claim_date, fact_id)) AS first_url,
           list(value ORDER BY claim_date, fact_id) AS values,
           list(fact_id ORDER BY claim_date, fact_id) AS fact_ids
    FROM told GROUP BY model, kind, scope, role, device, unit
)
SELECT g.* FROM grouped AS g
JOIN (SELECT model, kind, scope, role, device, unit, max(stories) AS agreed FROM shared GROUP BY ALL) AS s
    ON s.model = g.model AND s.kind = g.kind AND s.unit = g.unit AND s.scope IS NOT DISTINCT FROM g.scope
   AND s.role IS NOT DISTINCT FROM g.role AND s.device IS NOT DISTINCT FROM g.device
WHERE g.stories > 1 AND s.agreed < g.stories
  AND g.spread > CASE g.kind WHEN 'compute' THEN 1.5 WHEN 'cost' THEN 1.25 WHEN 'emissions' THEN 1.25
                             WHEN 'duration' THEN 1.15 WHEN 'energy' THEN 1.15 ELSE 1.1 END
ORDER BY spread DESC, model, kind
