-- What is known to be wrong with the data of a unit, when its coding is reviewed, why the data is good
-- enough to go on, and two values of one measure that two sources give. Everything is only added to: a
-- change is a new version, and the latest counts.

CREATE TABLE data_issue (
    id TEXT NOT NULL,
    number BIGINT NOT NULL,
    unit TEXT NOT NULL REFERENCES unit (code),
    what TEXT NOT NULL,
    effect TEXT NOT NULL,
    effect_on TEXT NOT NULL,
    owner TEXT NOT NULL REFERENCES person (id),
    found_on TEXT NOT NULL,
    mended_on TEXT,
    holds_packs BIGINT NOT NULL CHECK (holds_packs IN (0, 1)),
    recorded_by TEXT NOT NULL REFERENCES person (id),
    recorded_at BIGINT NOT NULL,
    PRIMARY KEY (id, number)
);

CREATE INDEX data_issue_unit ON data_issue (unit);

CREATE TABLE coding_review (
    id TEXT NOT NULL,
    number BIGINT NOT NULL,
    unit TEXT NOT NULL REFERENCES unit (code),
    about TEXT NOT NULL,
    planned_on TEXT NOT NULL,
    done_on TEXT,
    result TEXT NOT NULL,
    recorded_by TEXT NOT NULL REFERENCES person (id),
    recorded_at BIGINT NOT NULL,
    PRIMARY KEY (id, number)
);

CREATE INDEX coding_review_unit ON coding_review (unit);

CREATE TABLE data_enough (
    unit TEXT NOT NULL REFERENCES unit (code),
    number BIGINT NOT NULL,
    words TEXT NOT NULL,
    said_by TEXT NOT NULL REFERENCES person (id),
    said_at BIGINT NOT NULL,
    PRIMARY KEY (unit, number)
);

-- A code of the register of measures stands in `measure`; two values are whole ten-thousandths.
CREATE TABLE measure_conflict (
    id TEXT PRIMARY KEY,
    unit TEXT NOT NULL REFERENCES unit (code),
    measure TEXT NOT NULL,
    month TEXT NOT NULL,
    first_e4 BIGINT NOT NULL,
    first_of_e4 BIGINT,
    first_source TEXT NOT NULL,
    second_e4 BIGINT NOT NULL,
    second_of_e4 BIGINT,
    second_source TEXT NOT NULL,
    found_by TEXT NOT NULL,
    found_at BIGINT NOT NULL
);

CREATE INDEX measure_conflict_unit ON measure_conflict (unit);

CREATE TABLE measure_conflict_step (
    conflict TEXT NOT NULL REFERENCES measure_conflict (id),
    number BIGINT NOT NULL,
    settles TEXT NOT NULL REFERENCES person (id),
    choice TEXT,
    because TEXT NOT NULL,
    taken_by TEXT NOT NULL REFERENCES person (id),
    taken_at BIGINT NOT NULL,
    PRIMARY KEY (conflict, number)
);
