-- Whose practice a sit-down of a consultant and finance is about, as those who take part named it: by
-- the keyed reference that the run has, never by the code that was typed. All is only added to, and
-- the last of a sit-down stands. The reference is in no address, log or audit row.

CREATE TABLE sit_down_consultant (
    review TEXT NOT NULL REFERENCES service_review (id),
    number BIGINT NOT NULL,
    consultant TEXT NOT NULL,
    named_by TEXT NOT NULL REFERENCES person (id),
    named_at BIGINT NOT NULL,
    PRIMARY KEY (review, number)
);
