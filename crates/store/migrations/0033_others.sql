-- Values of others that a difference is set beside, as somebody brought them in: all is only added to,
-- and the last of a difference stands. Values are ten-thousandths of their unit. They are of other
-- trusts, wards or services, never of a person.

CREATE TABLE insight_others (
    insight TEXT NOT NULL REFERENCES insight (id),
    number BIGINT NOT NULL,
    own_e4 BIGINT NOT NULL,
    good TEXT NOT NULL,
    counted_in TEXT NOT NULL,
    source TEXT NOT NULL,
    added_by TEXT NOT NULL REFERENCES person (id),
    added_at BIGINT NOT NULL,
    PRIMARY KEY (insight, number)
);

CREATE TABLE insight_others_value (
    insight TEXT NOT NULL REFERENCES insight (id),
    number BIGINT NOT NULL,
    place BIGINT NOT NULL,
    value_e4 BIGINT NOT NULL,
    PRIMARY KEY (insight, number, place),
    FOREIGN KEY (insight, number) REFERENCES insight_others (insight, number)
);
