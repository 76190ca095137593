-- Standards of the costing guidance that a walk-through names, by their codes.

CREATE TABLE walk_through_standard (
    walk_through TEXT NOT NULL REFERENCES walk_through (id),
    place BIGINT NOT NULL,
    code TEXT NOT NULL,
    PRIMARY KEY (walk_through, place),
    UNIQUE (walk_through, code)
);
