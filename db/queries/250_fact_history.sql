-- Every fact ever read, current or not: what a page said before it changed, what older rules read, what an
-- analyst rejected.
-- ask: What did this page say before it changed?
-- column: fact_id: Made from the article and all that the fact says.
-- column: document_id: The document, the same for all its versions.
-- column: status: current, superseded (by a newer version or reading), rejected (by an analyst).
-- column: revision: Number of the revision.
-- column: kind: Kind of fact.
-- column: model: The model as read.
-- column: op: =, ~, >, <, range.
-- column: value: The kind's number in its unit.
-- column: low: Lower end.
-- column: high: Upper end.
-- column: currency: ISO 4217.
-- column: basis: reported, estimated, projected, hypothetical.
-- column: negated: True where the text denies it.
-- column: quote: The words it rests on.
-- column: url: Address (or path) of the page.
-- column: fetched_at: When that version was fetched, UTC.
-- column: stored_at: When it was stored, UTC.
-- column: rules_digest: Digest of the rules it was read with.
-- column: run_id: The run that stored it.
-- column: note: The analyst's note.
SELECT f.fact_id, v.document_id,
       CASE WHEN NOT v.is_current THEN 'superseded' WHEN coalesce(c.rejected, false) THEN 'rejected' ELSE 'current' END AS status,
       v.revision, f.kind, f.model, f.op, f.value, f.low, f.high, f.currency, f.basis, f.negated, f.quote,
       coalesce(r.url, r.canonical_url, r.source) AS url, v.fetched_at, v.stored_at, v.rules_digest, v.run_id, c.note
FROM fact_rows AS f
JOIN revisions AS v ON v.reading_id = f.reading_id
JOIN readings AS r ON r.reading_id = f.reading_id
LEFT JOIN amendments AS c ON c.claim_key = f.claim_key
