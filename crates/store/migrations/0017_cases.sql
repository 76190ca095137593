-- Business cases and what is worked out for them: journeys of patients, demand and capacity, ceilings
-- of prices. Everything is only added to: what is written stands in versions, what is done with it in
-- steps, both counted together so that nobody overwrites what they have not seen. Figures of a costing
-- stand in the step that attached them, as they were then. No patient is here.

CREATE TABLE case_record (
    id TEXT PRIMARY KEY,
    unit TEXT NOT NULL REFERENCES unit (code),
    kind TEXT NOT NULL,
    added_by TEXT NOT NULL REFERENCES person (id),
    added_at BIGINT NOT NULL
);

CREATE INDEX case_record_unit ON case_record (unit, added_at);

CREATE TABLE case_version (
    record TEXT NOT NULL REFERENCES case_record (id),
    number BIGINT NOT NULL,
    body TEXT NOT NULL,
    written_by TEXT NOT NULL REFERENCES person (id),
    written_at BIGINT NOT NULL,
    PRIMARY KEY (record, number)
);

CREATE TABLE case_step (
    record TEXT NOT NULL REFERENCES case_record (id),
    number BIGINT NOT NULL,
    step TEXT NOT NULL,
    taken_by TEXT NOT NULL REFERENCES person (id),
    taken_at BIGINT NOT NULL,
    PRIMARY KEY (record, number)
);
