-- Models in stale_models, from the claims: the name shown, the makers, other spellings, best figures.
-- Best is what most stories give, reported before estimated, the latest where that is a tie.
INSERT INTO model_rows BY NAME
WITH merged AS (
    SELECT model_key, into_key, into_model FROM merges
    QUALIFY row_number() OVER (PARTITION BY model_key ORDER BY made_at DESC) = 1
),
mine AS (SELECT * FROM claim_rows WHERE model_key IS NOT NULL {only}),
counted AS (
    SELECT model_key, min(claim_date) AS first_seen, count(*) FILTER (kind <> 'developer') AS claims, sum(copies)::BIGINT AS facts,
           count(DISTINCT story_id) AS stories
    FROM mine GROUP BY model_key
),
spelled AS (
    SELECT coalesce(m.into_key, f.model_key) AS model_key, f.model AS spelling, count(*) AS times
    FROM fact_rows AS f LEFT JOIN merged AS m ON m.model_key = f.model_key
    WHERE f.model_key IS NOT NULL {only_spelled}
    GROUP BY ALL
),
read_as AS (
    SELECT DISTINCT coalesce(m.into_key, a.name_key) AS model_key, a.alias AS spelling
    FROM aliases_read AS a
    JOIN revisions AS v ON v.reading_id = a.reading_id AND v.is_current
    LEFT JOIN merged AS m ON m.model_key = a.name_key
    WHERE a.entity = 'model'
),
amended AS (
    SELECT model_key, max(model) AS spelling FROM amendments WHERE model_key IS NOT NULL GROUP BY model_key
),
known AS (
    SELECT model_key, any_value(model ORDER BY published NULLS LAST, model) AS model,
           replace(any_value(organization ORDER BY published NULLS LAST, model), ',', ', ') AS organization
    FROM reference_models GROUP BY model_key
),
commonest AS (SELECT model_key, arg_max(spelling, (times, spelling)) AS spelling FROM spelled GROUP BY model_key),
chosen AS (SELECT into_key AS model_key, any_value(into_model) AS model FROM merged GROUP BY into_key),
named AS (
    SELECT c.model_key, coalesce(h.model, k.model, p.spelling, d.spelling, c.model_key) AS model,
           k.organization AS known_organization
    FROM counted AS c
    LEFT JOIN chosen AS h ON h.model_key = c.model_key
    LEFT JOIN known AS k ON k.model_key = c.model_key
    LEFT JOIN commonest AS p ON p.model_key = c.model_key
    LEFT JOIN amended AS d ON d.model_key = c.model_key
),
others AS (
    SELECT n.model_key, list(DISTINCT o.spelling ORDER BY o.spelling) AS aliases
    FROM named AS n
    JOIN (SELECT model_key, spelling FROM spelled UNION SELECT model_key, spelling FROM read_as) AS o
        ON o.model_key = n.model_key AND o.spelling <> n.model
    GROUP BY n.model_key
),
said AS (
    SELECT model_key, organization, count(DISTINCT story_id) AS stories, min(claim_date) AS first_said
    FROM mine WHERE kind = 'developer' AND organization IS NOT NULL GROUP BY model_key, organization
),
ranked AS (
    SELECT *, max(stories) OVER (PARTITION BY model_key) AS most,
           row_number() OVER (PARTITION BY model_key ORDER BY stories DESC, first_said, organization) AS place
    FROM said
),
makers AS (
    SELECT model_key, string_agg(organization, ', ' ORDER BY place) AS organization
    FROM ranked WHERE place <= 3 AND 2 * stories >= most GROUP BY model_key
),
figures AS (
    SELECT model_key, kind, role, device, value, count(*) AS stories, max(claim_date) AS latest,
           min(CASE first_copy.b WHEN 'estimated' THEN 1 WHEN 'projected' THEN 2 WHEN 'hypothetical' THEN 3 ELSE 0 END) AS sense
    FROM mine
    WHERE kind NOT IN ('cost', 'price', 'developer') AND value IS NOT NULL AND coalesce(use, 'training') = 'training'
    GROUP BY ALL
),
best AS (
    SELECT model_key, kind, role, arg_max({v: value, d: device}, (-sense, stories, latest, value)) AS top
    FROM figures GROUP BY model_key, kind, role
),
wide AS (
    SELECT model_key,
           max(top.v) FILTER (kind = 'parameters' AND role = 'total') AS parameters,
           max(top.v) FILTER (kind = 'parameters' AND role = 'active') AS active_parameters,
           max(top.v) FILTER (kind = 'tokens') AS tokens,
           max(top.v) FILTER (kind = 'compute') AS compute_flop,
           max(top.d) FILTER (kind = 'hardware') AS device,
           max(top.v) FILTER (kind = 'hardware') AS device_count,
           max(top.v) FILTER (kind = 'device_hours') AS device_hours,
           max(top.v) FILTER (kind = 'duration') AS training_hours,
           max(top.v) FILTER (kind = 'energy') AS energy_kwh,
           max(top.v) FILTER (kind = 'emissions') AS emissions_kg
    FROM best GROUP BY model_key
),
sums AS (
    SELECT c.model_key, c.amount, c.currency, c.claim_date, c.story_id,
           CASE c.first_copy.b WHEN 'estimated' THEN 1 ELSE 0 END AS sense,
           CASE c.currency WHEN 'USD' THEN c.amount::DECIMAL(28, 2)
                ELSE TRY_CAST(round(c.amount::DOUBLE * x.usd_per_unit, 2) AS DECIMAL(28, 2)) END AS usd
    FROM mine AS c LEFT JOIN exchange_rates AS x ON x.currency = c.currency AND x.day = c.claim_date
    WHERE c.kind = 'cost' AND c.scope = 'training' AND c.period IS NULL AND NOT c.vague
      AND coalesce(c.first_copy.b, 'reported') IN ('reported', 'estimated')
),
priced AS (
    SELECT model_key, arg_max(usd, (-sense, stories, latest, usd)) AS training_usd
    FROM (
        SELECT model_key, usd, count(*) AS stories, max(claim_date) AS latest, min(sense) AS sense
        FROM sums WHERE usd IS NOT NULL GROUP BY model_key, usd
    ) GROUP BY model_key
)
SELECT c.model_key, n.model, coalesce(d.organization, n.known_organization) AS organization,
       coalesce(o.aliases, []) AS aliases, c.first_seen, w.parameters, w.active_parameters, w.tokens, w.compute_flop,
       w.device, w.device_count, w.device_hours, w.training_hours, p.training_usd, w.energy_kwh, w.emissions_kg,
       c.facts, c.claims, c.stories
FROM counted AS c
JOIN named AS n ON n.model_key = c.model_key
LEFT JOIN makers AS d ON d.model_key = c.model_key
LEFT JOIN others AS o ON o.model_key = c.model_key
LEFT JOIN wide AS w ON w.model_key = c.model_key
LEFT JOIN priced AS p ON p.model_key = c.model_key
