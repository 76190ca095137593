-- Evidence that is a draft, a file or revised; what the system proposed and people made of it; scores
-- of costing quality; and how many people looked behind the figures of a unit, never who. Everything
-- is only added to, but for the marks of a month, which go when it has ended.

ALTER TABLE evidence ADD COLUMN is_draft BIGINT NOT NULL DEFAULT 0;

-- The revision that was looked at: a piece as it was added is the first.
ALTER TABLE evidence_review ADD COLUMN revision BIGINT NOT NULL DEFAULT 1;

CREATE TABLE evidence_revision (
    evidence TEXT NOT NULL REFERENCES evidence (id),
    number BIGINT NOT NULL CHECK (number > 1),
    place TEXT NOT NULL,
    happened_on TEXT NOT NULL,
    expires_on TEXT,
    revised_by TEXT NOT NULL REFERENCES person (id),
    revised_at BIGINT NOT NULL,
    PRIMARY KEY (evidence, number)
);

CREATE TABLE evidence_file (
    evidence TEXT NOT NULL REFERENCES evidence (id),
    revision BIGINT NOT NULL,
    name TEXT NOT NULL,
    media TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    PRIMARY KEY (evidence, revision)
);

CREATE TABLE evidence_proposal_decided (
    unit TEXT NOT NULL REFERENCES unit (code),
    proposal TEXT NOT NULL,
    period TEXT NOT NULL,
    decision TEXT NOT NULL,
    because TEXT NOT NULL,
    evidence TEXT REFERENCES evidence (id),
    decided_by TEXT NOT NULL REFERENCES person (id),
    decided_at BIGINT NOT NULL,
    PRIMARY KEY (unit, proposal, period)
);

CREATE TABLE costing_quality (
    measure TEXT NOT NULL,
    period TEXT NOT NULL,
    number BIGINT NOT NULL,
    score_tenths BIGINT NOT NULL CHECK (score_tenths BETWEEN 0 AND 1000),
    target_tenths BIGINT CHECK (target_tenths BETWEEN 0 AND 1000),
    benchmark TEXT NOT NULL,
    assessor TEXT NOT NULL,
    assessed_on TEXT NOT NULL,
    recorded_by TEXT NOT NULL REFERENCES person (id),
    recorded_at BIGINT NOT NULL,
    PRIMARY KEY (measure, period, number)
);

CREATE TABLE use_month (
    month TEXT PRIMARY KEY,
    salt TEXT NOT NULL
);

CREATE TABLE use_mark (
    unit TEXT NOT NULL REFERENCES unit (code),
    month TEXT NOT NULL REFERENCES use_month (month),
    mark TEXT NOT NULL,
    PRIMARY KEY (unit, month, mark)
);

CREATE TABLE use_count (
    unit TEXT NOT NULL REFERENCES unit (code),
    month TEXT NOT NULL,
    people BIGINT NOT NULL,
    PRIMARY KEY (unit, month)
);
