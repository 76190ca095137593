-- Allocations that a clinician and an accountant walked through, and inputs that clinicians signed.
-- All is only added to. What an allocation was is here as it stood in a published run: its rules in
-- words, and amounts of a whole unit in millionths of a pound. No patient is here.

CREATE TABLE walk_through (
    id TEXT PRIMARY KEY,
    unit TEXT NOT NULL REFERENCES unit (code),
    activity TEXT NOT NULL,
    run TEXT NOT NULL,
    rules TEXT NOT NULL,
    unit_micro BIGINT NOT NULL,
    trust_micro BIGINT NOT NULL,
    opened_by TEXT NOT NULL REFERENCES person (id),
    opened_at BIGINT NOT NULL
);

CREATE INDEX walk_through_unit ON walk_through (unit, opened_at);

CREATE TABLE walk_through_step (
    walk_through TEXT NOT NULL REFERENCES walk_through (id),
    number BIGINT NOT NULL,
    act TEXT NOT NULL,
    words TEXT NOT NULL,
    expected TEXT NOT NULL,
    taken_by TEXT NOT NULL REFERENCES person (id),
    taken_at BIGINT NOT NULL,
    PRIMARY KEY (walk_through, number)
);

CREATE TABLE input_signature (
    unit TEXT NOT NULL REFERENCES unit (code),
    number BIGINT NOT NULL,
    run TEXT NOT NULL,
    period TEXT NOT NULL,
    words TEXT NOT NULL,
    signed_by TEXT NOT NULL REFERENCES person (id),
    signed_at BIGINT NOT NULL,
    PRIMARY KEY (unit, number)
);

CREATE TABLE input_signed (
    unit TEXT NOT NULL,
    number BIGINT NOT NULL,
    place BIGINT NOT NULL,
    says TEXT NOT NULL,
    PRIMARY KEY (unit, number, place),
    FOREIGN KEY (unit, number) REFERENCES input_signature (unit, number)
);
