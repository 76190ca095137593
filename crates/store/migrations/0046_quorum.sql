-- Who was there when a meeting was closed, as far as that lets it decide, and which decisions of
-- meetings that could not decide a later meeting confirmed. A meeting that was closed before this
-- has no row: its decisions stand as they are. Both are only added to.

CREATE TABLE review_meeting_quorum (
    meeting TEXT PRIMARY KEY REFERENCES review_meeting (id),
    people BIGINT NOT NULL,
    needed BIGINT NOT NULL,
    clinical BIGINT NOT NULL CHECK (clinical IN (0, 1)),
    finance BIGINT NOT NULL CHECK (finance IN (0, 1)),
    counted_by TEXT NOT NULL REFERENCES person (id),
    counted_at BIGINT NOT NULL
);

CREATE TABLE review_decision_confirmed (
    item TEXT NOT NULL REFERENCES review_item (id),
    number BIGINT NOT NULL,
    meeting TEXT NOT NULL REFERENCES review_meeting (id),
    confirmed_by TEXT NOT NULL REFERENCES person (id),
    confirmed_at BIGINT NOT NULL,
    PRIMARY KEY (item, number, meeting)
);

CREATE INDEX review_decision_confirmed_meeting ON review_decision_confirmed (meeting);
