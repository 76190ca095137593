-- Foundations: audit, units, people, rights, sign-in, jobs, forms, loads, models, publications.
-- Common subset of SQLite and PostgreSQL: BIGINT and TEXT only. Instants are microseconds since
-- 1970-01-01 00:00 UTC, days are ISO texts, yes and no are 1 and 0, JSON is text.
-- Who did something is a person's reference, or `operator` for the command line.

CREATE TABLE audit (
    seq BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    session TEXT,
    role TEXT,
    scope TEXT,
    action TEXT NOT NULL,
    object TEXT,
    rows BIGINT,
    purpose TEXT,
    outcome TEXT NOT NULL,
    ip TEXT,
    request TEXT,
    prev_hash TEXT NOT NULL,
    hash TEXT NOT NULL
);
CREATE INDEX audit_by_actor ON audit (actor, seq);

CREATE TABLE audit_head (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    seq BIGINT NOT NULL,
    hash TEXT NOT NULL
);
INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, '');

CREATE TABLE unit (
    code TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    parent TEXT REFERENCES unit (code),
    from_date TEXT NOT NULL,
    until_date TEXT,
    version BIGINT NOT NULL
);
CREATE INDEX unit_by_parent ON unit (parent);

CREATE TABLE person (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL UNIQUE,
    job_title TEXT NOT NULL,
    profession TEXT NOT NULL,
    state TEXT NOT NULL,
    left_on TEXT,
    version BIGINT NOT NULL
);

CREATE TABLE right_granted (
    id TEXT PRIMARY KEY,
    person TEXT NOT NULL REFERENCES person (id),
    role TEXT NOT NULL,
    unit TEXT NOT NULL REFERENCES unit (code),
    patient_level BIGINT NOT NULL CHECK (patient_level IN (0, 1)),
    reason TEXT NOT NULL,
    from_date TEXT NOT NULL,
    until_date TEXT,
    granted_by TEXT NOT NULL,
    granted_at BIGINT NOT NULL,
    approved_by TEXT REFERENCES person (id),
    approved_at BIGINT,
    revoked_by TEXT,
    revoked_at BIGINT,
    last_used BIGINT
);
CREATE INDEX right_granted_by_person ON right_granted (person);

CREATE TABLE password (
    person TEXT PRIMARY KEY REFERENCES person (id),
    phc TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);

CREATE TABLE totp (
    person TEXT PRIMARY KEY REFERENCES person (id),
    sealed TEXT NOT NULL,
    last_used_step BIGINT NOT NULL
);

CREATE TABLE recovery_code (
    person TEXT NOT NULL REFERENCES person (id),
    hash TEXT NOT NULL,
    PRIMARY KEY (person, hash)
);

CREATE TABLE oidc_identity (
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    person TEXT NOT NULL REFERENCES person (id),
    linked_at BIGINT NOT NULL,
    PRIMARY KEY (issuer, subject)
);
CREATE INDEX oidc_identity_by_person ON oidc_identity (person);

CREATE TABLE session (
    id TEXT PRIMARY KEY,
    person TEXT NOT NULL REFERENCES person (id),
    csrf TEXT NOT NULL,
    created BIGINT NOT NULL,
    seen BIGINT NOT NULL,
    stepped_up_at BIGINT,
    ip TEXT NOT NULL,
    agent TEXT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX session_by_person ON session (person);

CREATE TABLE sign_in_attempt (
    key_hash TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX sign_in_attempt_by_key ON sign_in_attempt (key_hash, at);

CREATE TABLE job (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    class TEXT NOT NULL,
    state TEXT NOT NULL,
    payload TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    scope TEXT NOT NULL,
    idempotency_key TEXT NOT NULL UNIQUE,
    pid BIGINT,
    started BIGINT,
    ended BIGINT,
    seen BIGINT,
    stage TEXT,
    done BIGINT NOT NULL,
    total BIGINT NOT NULL,
    message TEXT,
    result TEXT,
    exit_code BIGINT,
    cancel_asked BIGINT NOT NULL CHECK (cancel_asked IN (0, 1))
);
CREATE UNIQUE INDEX job_one_running ON job (class) WHERE state = 'running';
CREATE INDEX job_by_state ON job (state, asked_at);

CREATE TABLE request_done (
    person TEXT NOT NULL,
    key_hash TEXT NOT NULL,
    content TEXT NOT NULL,
    at BIGINT NOT NULL,
    status BIGINT,
    location TEXT,
    PRIMARY KEY (person, key_hash)
);
CREATE INDEX request_done_by_at ON request_done (at);

CREATE TABLE draft (
    person TEXT NOT NULL REFERENCES person (id),
    form TEXT NOT NULL,
    text TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (person, form)
);

CREATE TABLE data_load (
    id TEXT PRIMARY KEY,
    year TEXT NOT NULL,
    label TEXT NOT NULL,
    folder TEXT NOT NULL,
    state TEXT NOT NULL,
    job TEXT REFERENCES job (id),
    loaded_by TEXT NOT NULL,
    loaded_at BIGINT NOT NULL,
    decided_by TEXT,
    decided_at BIGINT,
    reason TEXT,
    summary TEXT,
    version BIGINT NOT NULL
);
CREATE INDEX data_load_by_year ON data_load (year, loaded_at);

CREATE TABLE model_version (
    number BIGINT PRIMARY KEY,
    folder TEXT NOT NULL,
    parent BIGINT REFERENCES model_version (number),
    author TEXT NOT NULL,
    reason TEXT NOT NULL,
    at BIGINT NOT NULL,
    hash TEXT NOT NULL,
    state TEXT NOT NULL
);
CREATE UNIQUE INDEX model_version_one_in_force ON model_version (state) WHERE state = 'in_force';

CREATE TABLE publication (
    id TEXT PRIMARY KEY,
    run TEXT NOT NULL,
    prepared_by TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    asked_of TEXT NOT NULL REFERENCES person (id),
    asked_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    decided_by TEXT,
    decided_at BIGINT,
    version BIGINT NOT NULL
);
CREATE UNIQUE INDEX publication_one_open ON publication (run) WHERE state <> 'withdrawn';
