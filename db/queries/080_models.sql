-- Models, with their makers, other spellings and best current figures (the one most stories give,
-- the latest where that is a tie; reported before estimated).
-- ask: How big is a model, on what was it trained, and what did it cost?
-- column: model: The name shown.
-- column: organization: Its makers.
-- column: aliases: Other spellings that texts use.
-- column: first_seen: Day of the first claim about it.
-- column: parameters: Total parameters.
-- column: active_parameters: Parameters used for a token.
-- column: tokens: Training tokens.
-- column: compute_flop: Training compute, FLOP.
-- column: device: Device it was trained on.
-- column: device_count: Number of devices.
-- column: device_hours: Device hours of training.
-- column: training_hours: Duration of training, hours.
-- column: training_usd: Cost of training, dollars of its day.
-- column: energy_kwh: Energy, kWh.
-- column: emissions_kg: Emissions, kg CO2e.
-- column: facts: Current facts about it.
-- column: articles: Articles that speak of it.
-- column: stories: Independent stories that speak of it.
WITH counted AS (
    SELECT model, any_value(model_key) AS model_key, any_value(organization) FILTER (kind <> 'developer') AS organization,
           any_value(organization) FILTER (kind = 'developer') AS maker,
           min(claim_date) AS first_seen, count(*) AS facts, count(DISTINCT article_id) AS articles,
           count(DISTINCT story_id) AS stories
    FROM facts WHERE model IS NOT NULL AND NOT negated GROUP BY model
),
claimed AS (
    SELECT model, kind, coalesce(role, '') AS role, device, value, count(*) AS stories, max(claim_date) AS latest,
           min(CASE basis WHEN 'reported' THEN 0 WHEN 'estimated' THEN 1 WHEN 'projected' THEN 2 WHEN 'hypothetical' THEN 3 ELSE 0 END) AS sense
    FROM claims
    WHERE model IS NOT NULL AND kind NOT IN ('cost', 'price') AND value IS NOT NULL AND coalesce(use, 'training') = 'training'
    GROUP BY ALL
),
best AS (
    SELECT model, kind, role,
           arg_max(value, (-sense, stories, latest, value)) AS value,
           arg_max(device, (-sense, stories, latest, value)) AS device
    FROM claimed GROUP BY model, kind, role
),
priced AS (
    SELECT model, arg_max(usd, (-sense, stories, latest, usd)) AS usd
    FROM (
        SELECT model, usd, count(*) AS stories, max(claim_date) AS latest,
               min(CASE basis WHEN 'reported' THEN 0 WHEN 'estimated' THEN 1 WHEN 'projected' THEN 2 ELSE 3 END) AS sense
        FROM cost_timeline
        WHERE model IS NOT NULL AND scope = 'training' AND usd IS NOT NULL AND period IS NULL AND basis IN ('reported', 'estimated')
        GROUP BY ALL
    ) GROUP BY model
),
wide AS (
    SELECT model,
           max(value) FILTER (kind = 'parameters' AND role = 'total') AS parameters,
           max(value) FILTER (kind = 'parameters' AND role = 'active') AS active_parameters,
           max(value) FILTER (kind = 'tokens') AS tokens,
           max(value) FILTER (kind = 'compute') AS compute_flop,
           max(device) FILTER (kind = 'hardware') AS device,
           max(value) FILTER (kind = 'hardware') AS device_count,
           max(value) FILTER (kind = 'device_hours') AS device_hours,
           max(value) FILTER (kind = 'duration') AS training_hours,
           max(value) FILTER (kind = 'energy') AS energy_kwh,
           max(value) FILTER (kind = 'emissions') AS emissions_kg
    FROM best GROUP BY model
),
spelled AS (
    SELECT model, list_sort(list(DISTINCT spelling) FILTER (spelling <> model)) AS aliases
    FROM (
        SELECT DISTINCT n.model, f.model AS spelling
        FROM (SELECT DISTINCT model_key, model FROM fact_rows WHERE model_key IS NOT NULL) AS f
        JOIN model_names AS n ON n.model_key = f.model_key
        UNION
        SELECT DISTINCT n.model, a.alias FROM aliases_read AS a
        JOIN revisions AS v ON v.reading_id = a.reading_id AND v.is_current
        JOIN model_names AS n ON n.model_key = a.name_key
        WHERE a.entity = 'model'
    ) GROUP BY model
)
SELECT c.model, coalesce(d.organization, c.organization, c.maker) AS organization, coalesce(s.aliases, []) AS aliases, c.first_seen,
       w.parameters, w.active_parameters, w.tokens, w.compute_flop, w.device, w.device_count, w.device_hours,
       w.training_hours, p.usd AS training_usd, w.energy_kwh, w.emissions_kg, c.facts, c.articles, c.stories
FROM counted AS c
LEFT JOIN wide AS w ON w.model = c.model
LEFT JOIN priced AS p ON p.model = c.model
LEFT JOIN spelled AS s ON s.model = c.model
LEFT JOIN model_makers AS d ON d.canonical_key = c.model_key
