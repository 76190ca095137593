-- Differences that are followed up, and clinicians whom chance does not account for. All is only
-- added to: how either stands is what its steps say. What differs is in the words of whoever opened
-- it, with the address of the page that shows it; no figure of a patient is here. A clinician is
-- here by the keyed reference that the run has, and by the person whom somebody chose to tell, so
-- that they can read their own; neither is in any address, log or audit row.

CREATE TABLE insight (
    id TEXT PRIMARY KEY,
    unit TEXT NOT NULL REFERENCES unit (code),
    page TEXT NOT NULL,
    run TEXT NOT NULL,
    differs TEXT NOT NULL,
    comparator TEXT NOT NULL,
    due_on TEXT NOT NULL,
    opened_by TEXT NOT NULL REFERENCES person (id),
    opened_at BIGINT NOT NULL
);

CREATE INDEX insight_unit ON insight (unit, opened_at);

CREATE TABLE insight_step (
    insight TEXT NOT NULL REFERENCES insight (id),
    number BIGINT NOT NULL,
    act TEXT NOT NULL,
    question TEXT,
    side TEXT,
    words TEXT NOT NULL,
    action TEXT REFERENCES joint_action (id),
    taken_by TEXT NOT NULL REFERENCES person (id),
    taken_at BIGINT NOT NULL,
    PRIMARY KEY (insight, number)
);

CREATE TABLE follow_up (
    id TEXT PRIMARY KEY,
    unit TEXT NOT NULL REFERENCES unit (code),
    pod TEXT NOT NULL,
    hrg TEXT NOT NULL,
    use_code TEXT NOT NULL,
    leave_out_shared BIGINT NOT NULL,
    leave_out_emergencies BIGINT NOT NULL,
    run TEXT NOT NULL,
    consultant TEXT NOT NULL,
    code TEXT NOT NULL,
    found TEXT NOT NULL,
    begun_on TEXT NOT NULL,
    opened_by TEXT NOT NULL REFERENCES person (id),
    opened_at BIGINT NOT NULL
);

CREATE INDEX follow_up_unit ON follow_up (unit, opened_at);

CREATE TABLE follow_up_step (
    follow_up TEXT NOT NULL REFERENCES follow_up (id),
    number BIGINT NOT NULL,
    act TEXT NOT NULL,
    kind TEXT NOT NULL,
    month BIGINT,
    cost_e4 BIGINT,
    cost_unit TEXT NOT NULL,
    cost_source TEXT NOT NULL,
    quality_e4 BIGINT,
    quality_unit TEXT NOT NULL,
    quality_source TEXT NOT NULL,
    words TEXT NOT NULL,
    person TEXT REFERENCES person (id),
    taken_by TEXT NOT NULL REFERENCES person (id),
    taken_at BIGINT NOT NULL,
    PRIMARY KEY (follow_up, number)
);
