-- What a specialty tells finance of itself on one page, and who approved which version until when.
-- Everything is only added to.

CREATE TABLE briefing (
    unit TEXT NOT NULL REFERENCES unit (code),
    number BIGINT NOT NULL,
    does TEXT NOT NULL,
    who TEXT NOT NULL,
    hard TEXT NOT NULL,
    written_by TEXT NOT NULL REFERENCES person (id),
    written_at BIGINT NOT NULL,
    PRIMARY KEY (unit, number)
);

CREATE TABLE briefing_approval (
    unit TEXT NOT NULL,
    version BIGINT NOT NULL,
    number BIGINT NOT NULL,
    review_on TEXT NOT NULL,
    approved_by TEXT NOT NULL REFERENCES person (id),
    approved_at BIGINT NOT NULL,
    PRIMARY KEY (unit, version, number),
    FOREIGN KEY (unit, version) REFERENCES briefing (unit, number)
);
