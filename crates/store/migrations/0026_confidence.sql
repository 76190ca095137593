-- How far clinicians trust a published costing of their service line, each rating beside the run that
-- was seen, and decisions that rested on a costing. Everything is only added to; the latest of a
-- person and run counts. Who said what is shown to nobody but themselves.

CREATE TABLE confidence_rating (
    unit TEXT NOT NULL REFERENCES unit (code),
    run TEXT NOT NULL,
    number BIGINT NOT NULL,
    person TEXT NOT NULL REFERENCES person (id),
    level TEXT NOT NULL,
    reason TEXT NOT NULL,
    period TEXT NOT NULL,
    rated_at BIGINT NOT NULL,
    PRIMARY KEY (unit, run, number)
);

CREATE TABLE costing_decision (
    unit TEXT NOT NULL REFERENCES unit (code),
    number BIGINT NOT NULL,
    run TEXT NOT NULL,
    period TEXT NOT NULL,
    walk_through TEXT REFERENCES walk_through (id),
    kind TEXT NOT NULL,
    reference TEXT NOT NULL,
    words TEXT NOT NULL,
    linked_by TEXT NOT NULL REFERENCES person (id),
    linked_at BIGINT NOT NULL,
    PRIMARY KEY (unit, number)
);
