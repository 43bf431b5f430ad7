-- The name shown for each spelling of a model: an analyst's merge, else the reference table's
-- spelling, else the commonest one in what was read.
-- ask: Under which spellings was a model read?
-- column: model_key: A spelling in lower case without spaces and hyphens, as facts carry it.
-- column: model: The name shown.
-- column: canonical_key: Key of the name shown; equal for merged names.
SELECT model_key, model, model_key AS canonical_key FROM model_rows
WHERE model_key NOT IN (SELECT model_key FROM merges)
UNION ALL
SELECT m.model_key, coalesce(r.model, m.into_model), m.into_key
FROM (SELECT * FROM merges QUALIFY row_number() OVER (PARTITION BY model_key ORDER BY made_at DESC) = 1) AS m
LEFT JOIN model_rows AS r ON r.model_key = m.into_key
