-- The ledger's tables. A comment behind a table or column becomes its COMMENT in the database.
-- No table has a key or an index: rows are only appended, or updated by small batches, and the
-- store keeps them apart with anti-joins (ART indexes are the weak spot of crash recovery).

CREATE TABLE ledger_info ( -- What this file was made with: digests of its views and reference tables.
    key VARCHAR NOT NULL, -- Name of the entry.
    value VARCHAR NOT NULL -- Its value.
);

CREATE TABLE runs ( -- One run of a command that writes.
    run_id VARCHAR NOT NULL, -- Id of the run, on every row that it stored.
    command VARCHAR NOT NULL, -- Command that was run: ingest, reread, load, retry, schedule.
    started_at TIMESTAMP NOT NULL, -- When it began, UTC.
    ended_at TIMESTAMP, -- When it ended, UTC; null while it runs or if it was killed.
    rules_digest VARCHAR, -- Digest of the rules it read with.
    version VARCHAR, -- Version of the program.
    counts VARCHAR -- What it stored, as a JSON object of counts.
);

CREATE TABLE sources ( -- A source that pages come from, as given on the command line or in sources.toml.
    source VARCHAR NOT NULL, -- Address, path or name of the source.
    kind VARCHAR, -- page, feed, sitemap, listing, folder, file, warc, jsonl.
    cadence_seconds BIGINT, -- How often it is due; null if it is not scheduled.
    last_run TIMESTAMP, -- When it was last looked at, UTC.
    next_due TIMESTAMP, -- When it is due again, UTC; null if it is not scheduled.
    interval_seconds BIGINT, -- The adaptive interval in use.
    fail_count BIGINT DEFAULT 0, -- Failures in a row.
    note VARCHAR -- What happened last, in words.
);

CREATE TABLE addresses ( -- What is remembered of an address between runs: validators and hashes.
    address VARCHAR NOT NULL, -- The address as asked for, without tracking parameters.
    etag VARCHAR, -- ETag of the last full answer.
    last_modified VARCHAR, -- Last-Modified of the last full answer, as sent.
    body_sha256 VARCHAR, -- Hash of the last body.
    status BIGINT, -- Last HTTP status.
    fetched_at TIMESTAMP, -- When it was last asked for, UTC.
    changed_at TIMESTAMP, -- When its body last changed, UTC.
    next_due TIMESTAMP, -- When it is due again, UTC.
    interval_seconds BIGINT, -- The adaptive interval in use.
    fail_count BIGINT DEFAULT 0 -- Failures in a row.
);

CREATE TABLE pages ( -- A raw page as it came, kept for rereading.
    page_sha256 VARCHAR NOT NULL, -- Hash of the raw bytes.
    document_id VARCHAR NOT NULL, -- The document it is a version of.
    input_id VARCHAR NOT NULL, -- Short name of the input.
    source VARCHAR NOT NULL, -- What was asked for: a path or an address.
    url VARCHAR, -- Where it was found in the end.
    media VARCHAR NOT NULL, -- html, text, or clean (text taken as clean).
    charset VARCHAR, -- Character set that the transport declared.
    hints VARCHAR, -- What the place that named the page said of it, as a JSON object.
    fetched_at TIMESTAMP NOT NULL, -- When it was fetched, UTC.
    bytes BIGINT NOT NULL, -- Size of the raw bytes.
    body BLOB -- The raw bytes, compressed with Zstandard; null if they are only in the archive.
);

CREATE TABLE revisions ( -- A version of a document, in the order they were stored. Never changed but for is_current.
    revision BIGINT NOT NULL, -- Running number of the revision in this file.
    document_id VARCHAR NOT NULL, -- The document: one address, or one local input.
    reading_id VARCHAR NOT NULL, -- What was read from it.
    article_id VARCHAR, -- The article, null where the page was rejected.
    page_sha256 VARCHAR NOT NULL, -- Hash of the raw page.
    fetched_at TIMESTAMP NOT NULL, -- When the page was fetched, UTC.
    stored_at TIMESTAMP NOT NULL, -- When the revision was stored, UTC.
    run_id VARCHAR, -- The run that stored it.
    rules_digest VARCHAR, -- Digest of the rules it was read with.
    is_current BOOLEAN NOT NULL -- Whether this is the document's current revision.
);

CREATE TABLE readings ( -- What cleaning and reading made of a page: an article, or a page set aside.
    reading_id VARCHAR NOT NULL, -- Made from document, article, facts and cuts.
    document_id VARCHAR NOT NULL, -- The document.
    article_id VARCHAR, -- Made from address, title and text; null where the page was rejected.
    input_id VARCHAR NOT NULL, -- Short name of the input.
    source VARCHAR NOT NULL, -- What was asked for: a path or an address.
    url VARCHAR, -- Where the page was found in the end.
    canonical_url VARCHAR, -- The address that the page calls its own.
    site VARCHAR, -- Name of the site.
    title VARCHAR, -- Title, freed from spam.
    author VARCHAR, -- Author as printed.
    published DATE, -- The page's own date.
    modified DATE, -- The page's own date of change.
    date_basis VARCHAR, -- How the date is known: page, feed, text, or fetched where there is none.
    language VARCHAR, -- ISO 639-1 code of the text's language.
    original_source VARCHAR, -- Who published it first, where the page says so.
    bases VARCHAR, -- Where each piece of metadata was read, as a JSON object.
    text VARCHAR, -- The clean text.
    rejected VARCHAR, -- Why the page was set aside; null for an article.
    detail VARCHAR, -- More about the rejection.
    skipped VARCHAR, -- Why nothing was read from the text (its language), or empty.
    signature BLOB -- Fingerprint of the text (60 minima of 32 bits), for finding copies.
);

CREATE TABLE fact_rows ( -- A fact in a reading. The view "facts" shows the current ones, with an analyst's word applied.
    reading_id VARCHAR NOT NULL, -- The reading it belongs to.
    fact_id VARCHAR NOT NULL, -- Made from the article and all that the fact says.
    claim_key VARCHAR NOT NULL, -- Made from document, kind, model and figure: the same through rereads.
    article_id VARCHAR NOT NULL, -- The article.
    kind VARCHAR NOT NULL, -- Kind of fact.
    model VARCHAR, -- Model as read.
    model_key VARCHAR, -- The model's name in lower case without spaces and hyphens.
    op VARCHAR NOT NULL, -- =, ~ (about), > (more than), < (up to), range.
    value DOUBLE, -- The kind's number in its unit.
    low DOUBLE, -- Lower end.
    high DOUBLE, -- Upper end.
    amount DECIMAL(28, 6), -- Exact sum of money, in the currency.
    amount_low DECIMAL(28, 6), -- Exact lower end.
    amount_high DECIMAL(28, 6), -- Exact upper end.
    currency VARCHAR, -- ISO 4217.
    device VARCHAR, -- Device family.
    role VARCHAR, -- total, active, expert.
    use VARCHAR, -- training, inference.
    scope VARCHAR, -- What the money was for.
    basis VARCHAR, -- reported, estimated, projected, hypothetical.
    period VARCHAR, -- day, month, year for running costs; of a trend, its time.
    per VARCHAR, -- hour, unit.
    provider VARCHAR, -- Who asks the price.
    organization VARCHAR, -- The organization, for developers.
    organization_key VARCHAR, -- Its name in lower case without spaces and hyphens.
    subject VARCHAR, -- What a trend is about.
    direction VARCHAR, -- up, down.
    derived BOOLEAN NOT NULL, -- Computed from the text's own figures, not stated.
    formula VARCHAR, -- How it was computed.
    negated BOOLEAN NOT NULL, -- The text denies the figure.
    vague BOOLEAN NOT NULL, -- "Millions of dollars".
    superseded BOOLEAN NOT NULL, -- The text itself corrects it.
    as_of VARCHAR, -- Time that the text gives for the figure.
    attributed_to VARCHAR, -- Who says so.
    linked_by VARCHAR, -- Pass that linked the model.
    part VARCHAR NOT NULL, -- text or title.
    description VARCHAR, -- Of the unnamed system that the figure is about.
    start_char BIGINT NOT NULL, -- First character of the evidence in the text (or title).
    end_char BIGINT NOT NULL, -- Character after the evidence.
    at_char BIGINT NOT NULL, -- First character of the figure.
    at_end_char BIGINT NOT NULL, -- Character after the figure.
    quote VARCHAR NOT NULL, -- The evidence.
    rule VARCHAR NOT NULL, -- Rule that found it.
    claim_date DATE NOT NULL, -- Day of the claim.
    date_basis VARCHAR NOT NULL -- How that day is known: page, feed, text, fetched.
);

CREATE TABLE cut_rows ( -- A span cut from a page, or doubted and kept.
    reading_id VARCHAR NOT NULL, -- The reading it belongs to.
    cut_id VARCHAR NOT NULL, -- Made from page, part and content.
    article_id VARCHAR, -- The article; null where the whole page was rejected.
    text VARCHAR NOT NULL, -- What was cut.
    reason VARCHAR NOT NULL, -- Why.
    rule VARCHAR NOT NULL, -- Rule that cut it.
    evidence VARCHAR[], -- Independent kinds of evidence.
    position BIGINT NOT NULL, -- Characters of kept text before the cut.
    part VARCHAR NOT NULL, -- text or title.
    kept BOOLEAN NOT NULL -- True for a span with one kind of evidence only, which stayed in the text.
);

CREATE TABLE aliases_read ( -- Other spellings of a model or organization that a text uses.
    reading_id VARCHAR NOT NULL, -- The reading.
    entity VARCHAR NOT NULL, -- model or organization.
    name VARCHAR NOT NULL, -- Name that the facts carry.
    name_key VARCHAR NOT NULL, -- That name in lower case without spaces and hyphens.
    alias VARCHAR NOT NULL -- The other spelling.
);

CREATE TABLE story_keys ( -- Marks by which copies of one story are found.
    article_id VARCHAR NOT NULL, -- The article.
    key VARCHAR NOT NULL, -- The mark: an address, a named source with a title, or a band of the fingerprint.
    likeness DOUBLE NOT NULL -- How like the texts must be beside it: 0 where sharing it settles the matter.
);

CREATE TABLE article_stories ( -- Which story an article tells.
    article_id VARCHAR NOT NULL, -- The article.
    story_id VARCHAR NOT NULL -- Smallest article id among the copies.
);

CREATE TABLE failure_rows ( -- An input that could not be had or read.
    input VARCHAR NOT NULL, -- The input: a path or an address.
    stage VARCHAR NOT NULL, -- Step that failed.
    reason VARCHAR NOT NULL, -- Why, in a word or two.
    hint VARCHAR, -- What to do about it.
    attempts BIGINT NOT NULL, -- How often it was tried.
    first_tried TIMESTAMP NOT NULL, -- First failure, UTC.
    last_tried TIMESTAMP NOT NULL, -- Last failure, UTC.
    next_try TIMESTAMP, -- When to try again, UTC; null when it is given up.
    resolved_at TIMESTAMP, -- When it came right, UTC.
    run_id VARCHAR -- The run that saw the last failure.
);

CREATE TABLE finding_rows ( -- A cross-check of what texts say.
    finding_id VARCHAR NOT NULL, -- Made from check, model and inputs.
    check_name VARCHAR NOT NULL, -- Name of the check.
    model VARCHAR, -- The model.
    verdict VARCHAR NOT NULL, -- agrees, differs, conflicts.
    formula VARCHAR NOT NULL, -- The sum with its figures put in.
    fact_ids VARCHAR[] NOT NULL, -- The inputs.
    expected DOUBLE, -- What the formula gives.
    stated DOUBLE, -- What the text states.
    tolerance DOUBLE, -- Relative difference that still counts as agreement.
    found_at TIMESTAMP NOT NULL -- When it was computed, UTC.
);

CREATE TABLE corrections ( -- An analyst's word about a claim, kept apart from what was read.
    claim_key VARCHAR NOT NULL, -- The claim: document, kind, model and figure as read.
    fact_id VARCHAR NOT NULL, -- The fact it was said of.
    field VARCHAR NOT NULL, -- rejected, or the field that is amended.
    value VARCHAR, -- The new value.
    note VARCHAR, -- Why.
    made_at TIMESTAMP NOT NULL -- When, UTC. The latest word on a field holds.
);

CREATE TABLE merges ( -- An analyst's word: two names of one model.
    model_key VARCHAR NOT NULL, -- Key of the name that goes.
    model VARCHAR NOT NULL, -- The name that goes.
    into_key VARCHAR NOT NULL, -- Key of the name that stays.
    into_model VARCHAR NOT NULL, -- The name that stays.
    note VARCHAR, -- Why.
    made_at TIMESTAMP NOT NULL -- When, UTC.
);

CREATE TABLE restored_cuts ( -- An analyst's word: this cut is taken back whenever the page is read.
    cut_id VARCHAR NOT NULL, -- The cut.
    document_id VARCHAR NOT NULL, -- The document it was cut from.
    text VARCHAR NOT NULL, -- What was cut.
    note VARCHAR, -- Why it belongs to the text.
    made_at TIMESTAMP NOT NULL -- When, UTC.
);

CREATE TABLE loaded_parts ( -- A Parquet part that was loaded, so that none is loaded twice.
    part VARCHAR NOT NULL, -- Name of the part: the hash of its content.
    loaded_at TIMESTAMP NOT NULL, -- When, UTC.
    facts BIGINT NOT NULL -- Facts that it brought.
);

CREATE TABLE exchange_rates ( -- Euro reference rates of the European Central Bank, for the days that claims needed.
    currency VARCHAR NOT NULL, -- ISO 4217.
    day DATE NOT NULL, -- Day of the claim.
    usd_per_unit DOUBLE NOT NULL, -- Dollars for one unit of the currency.
    rate_day DATE NOT NULL, -- Day of the rate: the last working day at or before the claim.
    source VARCHAR NOT NULL -- Where the rate is from, with its version.
);

CREATE TABLE price_index ( -- US consumer prices, annual averages, for constant dollars.
    year BIGINT NOT NULL, -- Year.
    cpi_u DOUBLE NOT NULL, -- CPI-U, US city average, all items, 1982-84 = 100.
    source VARCHAR NOT NULL -- Source and version of the table.
);

CREATE TABLE reference_models ( -- Models in Epoch AI's table (CC BY 4.0): canonical spelling and maker, evidence only.
    model_key VARCHAR NOT NULL, -- The name in lower case without spaces and hyphens.
    model VARCHAR NOT NULL, -- The name.
    organization VARCHAR, -- Its makers, as Epoch writes them.
    published DATE, -- Its date of publication.
    parameters DOUBLE -- Its parameters.
);

CREATE TABLE organizations ( -- Known organizations: one name each, with other spellings.
    organization_key VARCHAR NOT NULL, -- A spelling in lower case without spaces and hyphens.
    organization VARCHAR NOT NULL, -- The name shown.
    alias VARCHAR NOT NULL -- The spelling.
);

CREATE TABLE devices ( -- Known accelerators (Epoch AI, CC BY 4.0).
    device VARCHAR NOT NULL, -- Short canonical family, as facts carry it.
    name VARCHAR NOT NULL, -- Full name.
    aliases VARCHAR[], -- Other spellings.
    vendor VARCHAR, -- Maker.
    type VARCHAR, -- GPU, TPU, other.
    release_date DATE, -- When it came out.
    tdp_w DOUBLE, -- Power, watts.
    memory_gb DOUBLE, -- Memory, 10^9 bytes.
    peak_fp16_flops DOUBLE -- Dense peak in FP16 or BF16, FLOP per second.
);

CREATE TABLE claim_rows ( -- Claims once a story, kept up to date from the facts (view "claims").
    kind VARCHAR NOT NULL, -- Kind of fact.
    story_id VARCHAR NOT NULL, -- The story.
    model_key VARCHAR, -- Key of the model, merges applied.
    organization VARCHAR, -- The maker, for developers.
    device VARCHAR, -- Device family.
    scope VARCHAR, -- What money was for.
    role VARCHAR, -- Of parameters.
    op VARCHAR NOT NULL, -- Comparator.
    value DOUBLE, -- The kind's number in its unit.
    low DOUBLE, -- Lower end.
    high DOUBLE, -- Upper end.
    amount DECIMAL(28, 6), -- Exact sum of money.
    amount_low DECIMAL(28, 6), -- Exact lower end.
    amount_high DECIMAL(28, 6), -- Exact upper end.
    currency VARCHAR, -- ISO 4217.
    period VARCHAR, -- Of running costs.
    per VARCHAR, -- Of prices.
    use VARCHAR, -- Of hardware.
    provider VARCHAR, -- Who asks a price.
    claim_date DATE NOT NULL, -- First day of the claim.
    first_copy STRUCT(d VARCHAR, b VARCHAR, e VARCHAR, a VARCHAR, q VARCHAR, f VARCHAR, i VARCHAR), -- Of the first copy: date basis, basis, description, attributed to, quote, fact id, article id.
    vague BOOLEAN NOT NULL, -- "Millions of dollars".
    copies BIGINT NOT NULL -- Pages of the story that carry it.
);

CREATE TABLE model_rows ( -- Models with their best figures, kept up to date from the claims (view "models").
    model_key VARCHAR NOT NULL, -- Key of the model, merges applied.
    model VARCHAR NOT NULL, -- The name shown.
    organization VARCHAR, -- Its makers.
    aliases VARCHAR[], -- Other spellings.
    first_seen DATE, -- Day of the first claim.
    parameters DOUBLE, -- Total parameters.
    active_parameters DOUBLE, -- Parameters used for a token.
    tokens DOUBLE, -- Training tokens.
    compute_flop DOUBLE, -- Training compute.
    device VARCHAR, -- Device it was trained on.
    device_count DOUBLE, -- How many.
    device_hours DOUBLE, -- Device hours.
    training_hours DOUBLE, -- Duration of training.
    training_usd DECIMAL(28, 2), -- Cost of training.
    energy_kwh DOUBLE, -- Energy.
    emissions_kg DOUBLE, -- Emissions.
    facts BIGINT, -- Facts about it: claims times copies.
    claims BIGINT, -- Claims about it, once a story.
    stories BIGINT -- Stories that speak of it.
);

CREATE TABLE pending ( -- What claim_rows and model_rows do not show yet; empty but in the middle of a run.
    what VARCHAR NOT NULL, -- story, model, or everything.
    id VARCHAR NOT NULL -- Id of the story or key of the model.
);
