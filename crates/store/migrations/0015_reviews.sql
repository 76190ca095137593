-- Reviews of service lines: who runs them, how often they are looked at, what was found, decided and
-- agreed. Everything is only added to. What two people write of one thing at once is kept twice.

CREATE TABLE service_register (
    unit TEXT NOT NULL REFERENCES unit (code),
    number BIGINT NOT NULL,
    conditions TEXT NOT NULL,
    resources TEXT NOT NULL,
    cadence TEXT NOT NULL,
    begins_on TEXT NOT NULL,
    is_pilot BIGINT NOT NULL CHECK (is_pilot IN (0, 1)),
    recorded_by TEXT NOT NULL REFERENCES person (id),
    recorded_at BIGINT NOT NULL,
    PRIMARY KEY (unit, number)
);

CREATE TABLE service_post (
    unit TEXT NOT NULL REFERENCES unit (code),
    post TEXT NOT NULL,
    number BIGINT NOT NULL,
    person TEXT REFERENCES person (id),
    recorded_by TEXT NOT NULL REFERENCES person (id),
    recorded_at BIGINT NOT NULL,
    PRIMARY KEY (unit, post, number)
);

CREATE TABLE review_template (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    about TEXT NOT NULL,
    questions TEXT NOT NULL,
    data TEXT NOT NULL,
    measures TEXT NOT NULL,
    added_by TEXT NOT NULL REFERENCES person (id),
    added_at BIGINT NOT NULL
);

CREATE TABLE service_review (
    id TEXT PRIMARY KEY,
    unit TEXT NOT NULL REFERENCES unit (code),
    title TEXT NOT NULL,
    theme TEXT NOT NULL,
    meetings BIGINT NOT NULL,
    minutes BIGINT NOT NULL,
    due_on TEXT NOT NULL,
    follows TEXT REFERENCES service_review (id),
    opened_by TEXT NOT NULL,
    opened_at BIGINT NOT NULL
);

CREATE INDEX service_review_unit ON service_review (unit);
CREATE UNIQUE INDEX service_review_one_follows ON service_review (follows);

CREATE TABLE review_figures (
    review TEXT NOT NULL REFERENCES service_review (id),
    number BIGINT NOT NULL,
    run TEXT NOT NULL,
    period_end TEXT NOT NULL,
    figures TEXT NOT NULL,
    frozen_by TEXT NOT NULL REFERENCES person (id),
    frozen_at BIGINT NOT NULL,
    PRIMARY KEY (review, number)
);

CREATE TABLE review_meeting (
    id TEXT PRIMARY KEY,
    review TEXT NOT NULL REFERENCES service_review (id),
    arranged_at BIGINT NOT NULL
);

CREATE INDEX review_meeting_review ON review_meeting (review);

CREATE TABLE review_meeting_plan (
    meeting TEXT NOT NULL REFERENCES review_meeting (id),
    number BIGINT NOT NULL,
    held_on TEXT NOT NULL,
    begins_at TEXT NOT NULL,
    minutes BIGINT NOT NULL,
    place TEXT NOT NULL,
    chair TEXT NOT NULL REFERENCES person (id),
    chair_role TEXT NOT NULL,
    facilitator TEXT REFERENCES person (id),
    arranged_by TEXT NOT NULL REFERENCES person (id),
    arranged_at BIGINT NOT NULL,
    PRIMARY KEY (meeting, number)
);

CREATE TABLE review_meeting_closed (
    meeting TEXT PRIMARY KEY REFERENCES review_meeting (id),
    next_review TEXT REFERENCES service_review (id),
    closed_by TEXT NOT NULL REFERENCES person (id),
    closed_at BIGINT NOT NULL
);

CREATE TABLE review_item (
    id TEXT PRIMARY KEY,
    review TEXT NOT NULL REFERENCES service_review (id),
    meeting TEXT REFERENCES review_meeting (id),
    place BIGINT NOT NULL,
    UNIQUE (review, place)
);

CREATE TABLE review_item_version (
    item TEXT NOT NULL REFERENCES review_item (id),
    number BIGINT NOT NULL,
    seen BIGINT NOT NULL,
    body TEXT NOT NULL,
    written_by TEXT NOT NULL,
    written_at BIGINT NOT NULL,
    PRIMARY KEY (item, number)
);

CREATE TABLE review_action (
    review TEXT NOT NULL REFERENCES service_review (id),
    action TEXT NOT NULL,
    noted TEXT NOT NULL,
    owners TEXT NOT NULL,
    due_on TEXT NOT NULL,
    carried_from TEXT REFERENCES service_review (id),
    added_by TEXT NOT NULL,
    added_at BIGINT NOT NULL,
    PRIMARY KEY (review, action)
);

CREATE INDEX review_action_action ON review_action (action);

CREATE TABLE review_action_update (
    action TEXT NOT NULL,
    number BIGINT NOT NULL,
    meeting TEXT NOT NULL REFERENCES review_meeting (id),
    progress TEXT NOT NULL,
    words TEXT NOT NULL,
    said_by TEXT NOT NULL REFERENCES person (id),
    said_at BIGINT NOT NULL,
    PRIMARY KEY (action, number)
);
