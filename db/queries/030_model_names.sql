-- The name shown for each spelling of a model: an analyst's merge, else the reference table's
-- spelling, else the commonest one in what was read.
-- ask: Under which spellings was a model read?
-- column: model_key: A spelling in lower case without spaces and hyphens, as facts carry it.
-- column: model: The name shown.
-- column: canonical_key: Key of the name shown; equal for merged names.
WITH spelled AS (
    SELECT model_key, model, count(*) AS times FROM fact_rows WHERE model_key IS NOT NULL GROUP BY ALL
),
commonest AS (
    SELECT model_key, arg_max(model, (times, model)) AS model FROM spelled GROUP BY model_key
),
known AS (
    SELECT model_key, any_value(model ORDER BY published NULLS LAST, model) AS model
    FROM reference_models GROUP BY model_key
),
merged AS (
    SELECT model_key, into_key, into_model FROM merges
    QUALIFY row_number() OVER (PARTITION BY model_key ORDER BY made_at DESC) = 1
),
every AS (
    SELECT model_key FROM commonest UNION SELECT model_key FROM merged
    UNION SELECT into_key FROM merged
)
SELECT
    e.model_key,
    coalesce(m.into_model, i.into_model, k.model, c.model) AS model,
    coalesce(m.into_key, e.model_key) AS canonical_key
FROM every AS e
LEFT JOIN merged AS m ON m.model_key = e.model_key
LEFT JOIN (SELECT into_key, any_value(into_model) AS into_model FROM merged GROUP BY into_key) AS i
    ON i.into_key = e.model_key
LEFT JOIN known AS k ON k.model_key = e.model_key
LEFT JOIN commonest AS c ON c.model_key = e.model_key
