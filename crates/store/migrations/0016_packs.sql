-- Packs for a service line review: what was read off a published run when the pack was made, and what
-- was done with it. Both are only added to; what a pack says never changes after it was made, but for
-- the notes that are added.

CREATE TABLE pack (
    id TEXT PRIMARY KEY,
    unit TEXT NOT NULL REFERENCES unit (code),
    run TEXT NOT NULL,
    period_end TEXT NOT NULL,
    meeting_on TEXT,
    content TEXT NOT NULL,
    made_by TEXT NOT NULL REFERENCES person (id),
    made_at BIGINT NOT NULL
);

CREATE INDEX pack_unit ON pack (unit, made_at);

CREATE TABLE pack_step (
    pack TEXT NOT NULL REFERENCES pack (id),
    number BIGINT NOT NULL,
    act TEXT NOT NULL,
    about TEXT NOT NULL,
    words TEXT NOT NULL,
    taken_by TEXT NOT NULL REFERENCES person (id),
    taken_at BIGINT NOT NULL,
    PRIMARY KEY (pack, number)
);
