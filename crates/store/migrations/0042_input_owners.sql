-- Clinical owners of the inputs and rules on which the cost of a service line rests, and what each of
-- them signed. Everything is only added to, and the latest record of an input counts; nobody as owner
-- takes an earlier one back.

CREATE TABLE input_owner (
    unit TEXT NOT NULL REFERENCES unit (code),
    number BIGINT NOT NULL,
    input TEXT NOT NULL,
    owner TEXT REFERENCES person (id),
    named_by TEXT NOT NULL REFERENCES person (id),
    named_at BIGINT NOT NULL,
    PRIMARY KEY (unit, number)
);

CREATE TABLE owner_signature (
    unit TEXT NOT NULL REFERENCES unit (code),
    number BIGINT NOT NULL,
    input TEXT NOT NULL,
    run TEXT NOT NULL,
    period TEXT NOT NULL,
    words TEXT NOT NULL,
    signed_by TEXT NOT NULL REFERENCES person (id),
    signed_at BIGINT NOT NULL,
    PRIMARY KEY (unit, number)
);

CREATE TABLE owner_signed (
    unit TEXT NOT NULL,
    number BIGINT NOT NULL,
    place BIGINT NOT NULL,
    says TEXT NOT NULL,
    PRIMARY KEY (unit, number, place),
    FOREIGN KEY (unit, number) REFERENCES owner_signature (unit, number)
);
