-- How well clinicians and finance work together, judged by both. Everything is only added to, and
-- the latest counts; what two leads have signed never changes.

CREATE TABLE assessment (
    id TEXT PRIMARY KEY,
    unit TEXT NOT NULL REFERENCES unit (code),
    framework TEXT NOT NULL,
    opened_by TEXT NOT NULL,
    opened_at BIGINT NOT NULL,
    closed_at BIGINT
);

CREATE UNIQUE INDEX assessment_one_open ON assessment (unit) WHERE closed_at IS NULL;

CREATE TABLE step_rating (
    assessment TEXT NOT NULL REFERENCES assessment (id),
    step TEXT NOT NULL,
    number BIGINT NOT NULL,
    side TEXT NOT NULL,
    rater TEXT NOT NULL REFERENCES person (id),
    rating TEXT NOT NULL,
    words TEXT NOT NULL,
    rated_at BIGINT NOT NULL,
    PRIMARY KEY (assessment, step, number)
);

CREATE TABLE step_agreed (
    assessment TEXT NOT NULL REFERENCES assessment (id),
    step TEXT NOT NULL,
    number BIGINT NOT NULL,
    rating TEXT NOT NULL,
    because TEXT NOT NULL,
    agreed_by TEXT NOT NULL REFERENCES person (id),
    agreed_at BIGINT NOT NULL,
    PRIMARY KEY (assessment, step, number)
);

CREATE TABLE evidence (
    id TEXT PRIMARY KEY,
    unit TEXT NOT NULL REFERENCES unit (code),
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    place TEXT NOT NULL,
    happened_on TEXT NOT NULL,
    expires_on TEXT,
    owner TEXT NOT NULL REFERENCES person (id),
    added_by TEXT NOT NULL,
    added_at BIGINT NOT NULL
);

CREATE INDEX evidence_unit ON evidence (unit);

CREATE TABLE evidence_step (
    evidence TEXT NOT NULL REFERENCES evidence (id),
    step TEXT NOT NULL,
    PRIMARY KEY (evidence, step)
);

CREATE TABLE evidence_review (
    evidence TEXT NOT NULL REFERENCES evidence (id),
    number BIGINT NOT NULL,
    state TEXT NOT NULL,
    because TEXT NOT NULL,
    reviewed_by TEXT NOT NULL REFERENCES person (id),
    reviewed_at BIGINT NOT NULL,
    PRIMARY KEY (evidence, number)
);

CREATE TABLE joint_working (
    unit TEXT NOT NULL REFERENCES unit (code),
    number BIGINT NOT NULL,
    status TEXT NOT NULL,
    words TEXT NOT NULL,
    shared_every TEXT,
    last_shared_on TEXT,
    lapse_confirmed BIGINT NOT NULL CHECK (lapse_confirmed IN (0, 1)),
    supports_managers TEXT NOT NULL,
    recorded_by TEXT NOT NULL REFERENCES person (id),
    recorded_at BIGINT NOT NULL,
    PRIMARY KEY (unit, number)
);

CREATE TABLE level_put_forward (
    id TEXT PRIMARY KEY,
    assessment TEXT NOT NULL REFERENCES assessment (id),
    number BIGINT NOT NULL,
    level BIGINT NOT NULL CHECK (level BETWEEN 1 AND 4),
    proposed BIGINT,
    because TEXT NOT NULL,
    culture TEXT NOT NULL,
    reassess_by TEXT NOT NULL,
    snapshot TEXT NOT NULL,
    put_forward_by TEXT NOT NULL REFERENCES person (id),
    put_forward_at BIGINT NOT NULL,
    UNIQUE (assessment, number)
);

CREATE TABLE level_answer (
    level TEXT NOT NULL REFERENCES level_put_forward (id),
    number BIGINT NOT NULL,
    side TEXT NOT NULL,
    says TEXT NOT NULL,
    because TEXT NOT NULL,
    answered_by TEXT NOT NULL REFERENCES person (id),
    answered_at BIGINT NOT NULL,
    PRIMARY KEY (level, number)
);
