-- For what, for whom and after which consultation clinicians of a service line are compared. A
-- record is never changed: a change is a new record, and the latest of a unit is the one that counts.

CREATE TABLE comparison_purpose (
    unit TEXT NOT NULL REFERENCES unit (code),
    version BIGINT NOT NULL,
    purpose TEXT NOT NULL,
    audience TEXT NOT NULL,
    consultation TEXT NOT NULL,
    consulted_on TEXT NOT NULL,
    review_on TEXT NOT NULL,
    recorded_by TEXT NOT NULL REFERENCES person (id),
    recorded_at BIGINT NOT NULL,
    withdrawn_by TEXT REFERENCES person (id),
    withdrawn_at BIGINT,
    withdrawn_because TEXT,
    PRIMARY KEY (unit, version)
);
