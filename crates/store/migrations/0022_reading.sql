-- Who has read what the words of an assessment mean, how far the trust says it is with patient-level
-- costing, and where resources can be read. Everything is only added to, and the latest counts.

CREATE TABLE definitions_read (
    person TEXT NOT NULL REFERENCES person (id),
    unit TEXT NOT NULL REFERENCES unit (code),
    framework TEXT NOT NULL,
    read_at BIGINT NOT NULL,
    PRIMARY KEY (person, unit, framework)
);

CREATE TABLE plics_state (
    number BIGINT PRIMARY KEY,
    state TEXT NOT NULL,
    words TEXT NOT NULL,
    recorded_by TEXT NOT NULL REFERENCES person (id),
    recorded_at BIGINT NOT NULL
);

CREATE TABLE resource_link (
    resource TEXT NOT NULL,
    number BIGINT NOT NULL,
    address TEXT NOT NULL,
    recorded_by TEXT NOT NULL REFERENCES person (id),
    recorded_at BIGINT NOT NULL,
    PRIMARY KEY (resource, number)
);

-- Each look at an address, and what came of it: blank where it answered.
CREATE TABLE resource_check (
    resource TEXT NOT NULL,
    number BIGINT NOT NULL,
    checked_at BIGINT NOT NULL,
    fault TEXT NOT NULL,
    PRIMARY KEY (resource, number, checked_at)
);
