-- Spans cut from current pages: the audit trail.
-- ask: What was cut as spam, from which pages, and why?
-- column: cut_id: Made from page, part and content.
-- column: article_id: The article; null where the whole page was set aside.
-- column: text: What was cut.
-- column: reason: Why.
-- column: rule: Rule that cut it.
-- column: evidence: Independent kinds of evidence.
-- column: position: Characters of kept text before the cut.
-- column: part: text or title.
-- column: kept: True for a span with one kind of evidence only, which stayed in the text.
-- column: url: Address (or path) of the page.
-- column: rejected: Why the whole page was set aside; null for an article.
-- column: restored: True where an analyst took the cut back; it is undone at the next reread.
SELECT c.cut_id, c.article_id, c.text, c.reason, c.rule, c.evidence, c.position, c.part, c.kept,
       coalesce(r.url, r.source) AS url, r.rejected,
       c.cut_id IN (SELECT cut_id FROM restored_cuts) AS restored
FROM cut_rows AS c
JOIN revisions AS v ON v.reading_id = c.reading_id AND v.is_current
JOIN readings AS r ON r.reading_id = c.reading_id
