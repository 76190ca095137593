-- Overviews of the costing that were given to those who lead a service line, and the order in which
-- service lines follow. Everything is only added to: an overview that was recorded wrongly is taken
-- back with a reason, and each move in the order stays.

CREATE TABLE costing_overview (
    unit TEXT NOT NULL REFERENCES unit (code),
    number BIGINT NOT NULL,
    given_on TEXT NOT NULL,
    given_by TEXT NOT NULL REFERENCES person (id),
    others TEXT NOT NULL,
    recorded_by TEXT NOT NULL REFERENCES person (id),
    recorded_at BIGINT NOT NULL,
    PRIMARY KEY (unit, number)
);

CREATE TABLE costing_overview_to (
    unit TEXT NOT NULL,
    number BIGINT NOT NULL,
    person TEXT NOT NULL REFERENCES person (id),
    PRIMARY KEY (unit, number, person),
    FOREIGN KEY (unit, number) REFERENCES costing_overview (unit, number)
);

CREATE TABLE costing_overview_taken_back (
    unit TEXT NOT NULL,
    number BIGINT NOT NULL,
    because TEXT NOT NULL,
    taken_back_by TEXT NOT NULL REFERENCES person (id),
    taken_back_at BIGINT NOT NULL,
    PRIMARY KEY (unit, number),
    FOREIGN KEY (unit, number) REFERENCES costing_overview (unit, number)
);

-- Place 0 takes a service line out of the order.
CREATE TABLE roll_out_move (
    number BIGINT PRIMARY KEY,
    unit TEXT NOT NULL REFERENCES unit (code),
    place BIGINT NOT NULL CHECK (place >= 0),
    reason TEXT NOT NULL,
    moved_by TEXT NOT NULL REFERENCES person (id),
    moved_at BIGINT NOT NULL
);
