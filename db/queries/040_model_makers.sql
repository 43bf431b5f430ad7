-- Who made each model: the organizations that most stories name, else the reference table's.
-- ask: Who makes a model, according to the texts?
-- column: canonical_key: Key of the model.
-- column: organization: Its makers, the one named most first, joined by commas.
-- column: stories: Stories that name the first of them; 0 where only the reference table does.
WITH said AS (
    SELECT coalesce(n.canonical_key, f.model_key) AS canonical_key,
           coalesce(o.organization, f.organization) AS organization,
           count(DISTINCT coalesce(s.story_id, f.article_id)) AS stories,
           min(f.claim_date) AS first_said
    FROM fact_rows AS f
    JOIN revisions AS v ON v.reading_id = f.reading_id AND v.is_current
    LEFT JOIN article_stories AS s ON s.article_id = f.article_id
    LEFT JOIN amendments AS c ON c.claim_key = f.claim_key
    LEFT JOIN model_names AS n ON n.model_key = f.model_key
    LEFT JOIN (SELECT DISTINCT organization_key, organization FROM organizations) AS o
        ON o.organization_key = f.organization_key
    WHERE f.kind = 'developer' AND NOT f.negated AND NOT coalesce(c.rejected, false)
      AND f.organization IS NOT NULL AND f.model_key IS NOT NULL
    GROUP BY ALL
),
ranked AS (
    SELECT *, max(stories) OVER (PARTITION BY canonical_key) AS most,
           row_number() OVER (PARTITION BY canonical_key ORDER BY stories DESC, first_said, organization) AS place
    FROM said
),
told AS (
    SELECT canonical_key, string_agg(organization, ', ' ORDER BY place) AS organization, max(stories) AS stories
    FROM ranked WHERE place <= 3 AND 2 * stories >= most GROUP BY canonical_key
),
known AS (
    SELECT model_key AS canonical_key, replace(any_value(organization ORDER BY published NULLS LAST, model), ',', ', ') AS organization
    FROM reference_models WHERE organization IS NOT NULL GROUP BY model_key
)
SELECT coalesce(t.canonical_key, k.canonical_key) AS canonical_key,
       coalesce(t.organization, k.organization) AS organization,
       coalesce(t.stories, 0) AS stories
FROM told AS t FULL JOIN known AS k ON k.canonical_key = t.canonical_key
