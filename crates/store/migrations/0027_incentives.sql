-- Incentives and penalties that rest on a measure of quality and on verified savings together. All is
-- only added to: a rule is written in versions until somebody decides upon it, and agreements, decisions
-- and its end are steps. A decision keeps what the trigger said then. Amounts are millionths of a pound,
-- figures of measures ten-thousandths. Nothing here pays or books anything, and no patient is here.

CREATE TABLE incentive (
    id TEXT PRIMARY KEY,
    unit TEXT NOT NULL REFERENCES unit (code),
    follows TEXT UNIQUE REFERENCES incentive (id),
    added_by TEXT NOT NULL REFERENCES person (id),
    added_at BIGINT NOT NULL
);

CREATE INDEX incentive_unit ON incentive (unit, added_at);

CREATE TABLE incentive_version (
    incentive TEXT NOT NULL REFERENCES incentive (id),
    number BIGINT NOT NULL,
    way TEXT NOT NULL,
    what TEXT NOT NULL,
    from_day TEXT NOT NULL,
    to_day TEXT NOT NULL,
    measure TEXT NOT NULL,
    measure_unit TEXT NOT NULL REFERENCES unit (code),
    good TEXT NOT NULL,
    target_e4 BIGINT NOT NULL,
    savings_micro BIGINT NOT NULL,
    because TEXT NOT NULL,
    written_by TEXT NOT NULL REFERENCES person (id),
    written_at BIGINT NOT NULL,
    PRIMARY KEY (incentive, number)
);

CREATE TABLE incentive_step (
    incentive TEXT NOT NULL REFERENCES incentive (id),
    number BIGINT NOT NULL,
    act TEXT NOT NULL,
    side TEXT NOT NULL,
    version BIGINT NOT NULL,
    from_day TEXT,
    to_day TEXT,
    verdict TEXT,
    outcome TEXT,
    quality_e4 BIGINT,
    verified_micro BIGINT,
    words TEXT NOT NULL,
    taken_by TEXT NOT NULL REFERENCES person (id),
    taken_at BIGINT NOT NULL,
    PRIMARY KEY (incentive, number)
);
