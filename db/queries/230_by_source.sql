-- What each site contributes: articles, stories, facts, cost claims, and how much of it is copied.
-- ask: Which sites bring figures of their own, and which only copies?
-- column: site: Host of the address, else the site's name.
-- column: articles: Articles.
-- column: stories: Stories among them.
-- column: first_day: Day of the first dated article.
-- column: last_day: Day of the last.
-- column: facts: Facts.
-- column: costs: Facts about cost.
-- column: models: Models named.
-- column: reposts: Articles that name another source.
-- column: shared: Articles whose story another site tells too.
WITH placed AS (
    SELECT article_id, story_id, published, original_source,
           coalesce(nullif(regexp_extract(url, '^https?://(?:www\.)?([^/:?#]+)', 1), ''), site, '(local file)') AS site
    FROM articles
),
told AS (SELECT story_id, count(DISTINCT site) AS sites FROM placed GROUP BY story_id),
counted AS (
    SELECT article_id, count(*) AS facts, count(*) FILTER (kind = 'cost') AS costs, list(DISTINCT model) FILTER (model IS NOT NULL) AS models
    FROM facts WHERE NOT negated GROUP BY article_id
)
SELECT p.site, count(*) AS articles, count(DISTINCT p.story_id) AS stories, min(p.published) AS first_day, max(p.published) AS last_day,
       coalesce(sum(c.facts), 0)::BIGINT AS facts, coalesce(sum(c.costs), 0)::BIGINT AS costs,
       len(list_distinct(flatten(list(c.models) FILTER (c.models IS NOT NULL)))) AS models,
       count(p.original_source) AS reposts, count(*) FILTER (t.sites > 1) AS shared
FROM placed AS p JOIN told AS t ON t.story_id = p.story_id LEFT JOIN counted AS c ON c.article_id = p.article_id
GROUP BY p.site ORDER BY facts DESC, site
