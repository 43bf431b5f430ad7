-- What the crawler remembers of hosts and source documents.

CREATE TABLE robots_files ( -- A site's robots.txt as last fetched.
    origin VARCHAR NOT NULL, -- Scheme, host and port.
    status VARCHAR NOT NULL, -- rules, none (no such file) or unreachable.
    body BLOB NOT NULL, -- The rules, at most 512 KiB.
    fetched_at TIMESTAMP NOT NULL -- When it was fetched, UTC.
);

CREATE TABLE hosts ( -- How a host has behaved.
    host VARCHAR NOT NULL, -- Name of the host, with a port that is not the usual one.
    fail_count BIGINT NOT NULL, -- Failures in a row.
    rest_until TIMESTAMP -- Until when it is left alone, UTC.
);

CREATE TABLE source_documents ( -- The last body of a feed, sitemap or listing, so that "not modified" still leads to its entries.
    address VARCHAR NOT NULL, -- Its address.
    body BLOB NOT NULL -- The bytes, compressed with Zstandard.
);

ALTER TABLE addresses ADD COLUMN final_url VARCHAR;
COMMENT ON COLUMN addresses.final_url IS 'The address that answered in the end; the validators belong to it.';
ALTER TABLE addresses ADD COLUMN found_in VARCHAR;
COMMENT ON COLUMN addresses.found_in IS 'Name of the source that named it.';
