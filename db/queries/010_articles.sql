-- Stored pages in their current version, one row a page.
-- ask: Which sites say most about training costs?
-- ask: Which pages are reposts, and of what?
-- column: article_id: Made from address, title and text.
-- column: url: Where the page was found; null for a local file that names no address.
-- column: canonical_url: The address that the page calls its own.
-- column: site: Name of the site.
-- column: title: Title, freed from spam.
-- column: author: Author as printed.
-- column: published: The page's own date.
-- column: date_basis: How the date is known: page, feed, text; fetched where there is none.
-- column: language: ISO 639-1 code of the text's language.
-- column: original_source: Who published it first, where the page says so.
-- column: story_id: The story it tells: copies share it.
-- column: fetched_at: When this version was fetched, UTC.
-- column: source: Path or address that was asked for.
-- column: input_id: Short name of the input.
-- column: modified: The page's own date of change.
-- column: characters: Length of the clean text.
-- column: document_id: The document, the same for all its versions.
-- column: reading_id: The reading that facts and cuts belong to.
SELECT
    r.article_id, r.url, r.canonical_url, r.site, r.title, r.author, r.published, r.date_basis, r.language,
    r.original_source, coalesce(s.story_id, r.article_id) AS story_id, v.fetched_at, r.source, r.input_id,
    r.modified, length(r.text) AS characters, r.document_id, r.reading_id
FROM revisions AS v
JOIN readings AS r ON r.reading_id = v.reading_id
LEFT JOIN article_stories AS s ON s.article_id = r.article_id
WHERE v.is_current AND r.rejected IS NULL
