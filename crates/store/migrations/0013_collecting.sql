-- Returning confirmed levels, sharing them with groups by consent, and collecting them from others.
-- Everything is only added to; what was sent, received and published is kept as it was, byte by byte.

CREATE TABLE level_return (
    id TEXT PRIMARY KEY,
    organisation_code TEXT NOT NULL,
    year BIGINT NOT NULL,
    collector TEXT NOT NULL,
    version BIGINT NOT NULL,
    level TEXT NOT NULL REFERENCES level_put_forward (id),
    csv TEXT NOT NULL,
    receipt TEXT NOT NULL,
    sent_by TEXT NOT NULL REFERENCES person (id),
    sent_at BIGINT NOT NULL,
    UNIQUE (year, collector, version)
);

CREATE TABLE level_consent (
    id TEXT PRIMARY KEY,
    group_name TEXT NOT NULL,
    year BIGINT NOT NULL,
    organisation_code TEXT NOT NULL,
    level TEXT NOT NULL REFERENCES level_put_forward (id),
    csv TEXT NOT NULL,
    receipt TEXT NOT NULL,
    consented_by TEXT NOT NULL REFERENCES person (id),
    consented_at BIGINT NOT NULL,
    withdrawn_by TEXT REFERENCES person (id),
    withdrawn_at BIGINT
);

CREATE UNIQUE INDEX level_consent_one ON level_consent (group_name, year) WHERE withdrawn_at IS NULL;

CREATE TABLE group_distribution (
    group_name TEXT NOT NULL,
    year BIGINT NOT NULL,
    number BIGINT NOT NULL,
    csv TEXT NOT NULL,
    loaded_by TEXT NOT NULL REFERENCES person (id),
    loaded_at BIGINT NOT NULL,
    PRIMARY KEY (group_name, year, number)
);

CREATE TABLE collection_round (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    year BIGINT NOT NULL,
    open_on TEXT NOT NULL,
    opened_by TEXT NOT NULL REFERENCES person (id),
    opened_at BIGINT NOT NULL,
    UNIQUE (kind, name, year)
);

CREATE TABLE collection_register (
    round TEXT NOT NULL REFERENCES collection_round (id),
    number BIGINT NOT NULL,
    file_name TEXT NOT NULL,
    csv TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    row_count BIGINT NOT NULL,
    brought_by TEXT NOT NULL REFERENCES person (id),
    brought_at BIGINT NOT NULL,
    PRIMARY KEY (round, number)
);

CREATE TABLE collection_file (
    round TEXT NOT NULL REFERENCES collection_round (id),
    number BIGINT NOT NULL,
    file_name TEXT NOT NULL,
    csv TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    row_count BIGINT NOT NULL,
    taken TEXT NOT NULL,
    received_by TEXT NOT NULL REFERENCES person (id),
    received_at BIGINT NOT NULL,
    PRIMARY KEY (round, number)
);

CREATE TABLE collection_publication (
    round TEXT NOT NULL REFERENCES collection_round (id),
    number BIGINT NOT NULL,
    snapshot TEXT NOT NULL,
    published_by TEXT NOT NULL REFERENCES person (id),
    published_at BIGINT NOT NULL,
    PRIMARY KEY (round, number)
);
