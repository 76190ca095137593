-- Who was there when an allocation was walked through: people of the register with their profession
-- and side as they were then, and guests by name and role. All is only added to: who was recorded by
-- mistake is taken back by a later record, which names the number of the first. What ended before
-- this has nobody.

CREATE TABLE walk_through_attendee (
    walk_through TEXT NOT NULL REFERENCES walk_through (id),
    number BIGINT NOT NULL,
    person TEXT REFERENCES person (id),
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    side TEXT,
    takes_back BIGINT,
    recorded_by TEXT NOT NULL REFERENCES person (id),
    recorded_at BIGINT NOT NULL,
    PRIMARY KEY (walk_through, number),
    FOREIGN KEY (walk_through, takes_back) REFERENCES walk_through_attendee (walk_through, number)
);
