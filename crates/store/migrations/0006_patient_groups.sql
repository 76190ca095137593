-- Patient groups that clinicians define: which patients belong to them, as text. A change is a new
-- version, and the latest counts.

CREATE TABLE patient_group (
    id TEXT NOT NULL,
    version BIGINT NOT NULL,
    unit TEXT NOT NULL REFERENCES unit (code),
    name TEXT NOT NULL,
    definition TEXT NOT NULL,
    is_shared BIGINT NOT NULL,
    recorded_by TEXT NOT NULL,
    recorded_at BIGINT NOT NULL,
    PRIMARY KEY (id, version)
);
