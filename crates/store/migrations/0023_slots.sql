-- When a meeting of a review can be held: slots that are proposed, who is asked, what they answer and
-- what came of it. Everything is only added to; the latest reply of somebody counts.

CREATE TABLE slot_poll (
    id TEXT PRIMARY KEY,
    review TEXT NOT NULL REFERENCES service_review (id),
    proposed_by TEXT NOT NULL REFERENCES person (id),
    proposed_at BIGINT NOT NULL
);

CREATE INDEX slot_poll_review ON slot_poll (review);

CREATE TABLE meeting_slot (
    poll TEXT NOT NULL REFERENCES slot_poll (id),
    number BIGINT NOT NULL,
    held_on TEXT NOT NULL,
    begins_at TEXT NOT NULL,
    minutes BIGINT NOT NULL,
    PRIMARY KEY (poll, number)
);

CREATE TABLE slot_asked (
    poll TEXT NOT NULL REFERENCES slot_poll (id),
    person TEXT NOT NULL REFERENCES person (id),
    number BIGINT NOT NULL,
    profession TEXT NOT NULL,
    role TEXT NOT NULL,
    deputy_for TEXT REFERENCES person (id),
    asked_by TEXT NOT NULL REFERENCES person (id),
    asked_at BIGINT NOT NULL,
    PRIMARY KEY (poll, person),
    UNIQUE (poll, number)
);

CREATE TABLE slot_reply (
    poll TEXT NOT NULL REFERENCES slot_poll (id),
    number BIGINT NOT NULL,
    person TEXT NOT NULL REFERENCES person (id),
    words TEXT NOT NULL,
    replied_at BIGINT NOT NULL,
    PRIMARY KEY (poll, number)
);

CREATE TABLE slot_answer (
    poll TEXT NOT NULL,
    reply BIGINT NOT NULL,
    slot BIGINT NOT NULL,
    answer TEXT NOT NULL,
    PRIMARY KEY (poll, reply, slot),
    FOREIGN KEY (poll, reply) REFERENCES slot_reply (poll, number),
    FOREIGN KEY (poll, slot) REFERENCES meeting_slot (poll, number)
);

-- With the slot that was picked and the meeting that was arranged then; neither where it was given up.
CREATE TABLE slot_poll_ended (
    poll TEXT PRIMARY KEY REFERENCES slot_poll (id),
    slot BIGINT,
    meeting TEXT REFERENCES review_meeting (id),
    ended_by TEXT NOT NULL REFERENCES person (id),
    ended_at BIGINT NOT NULL,
    FOREIGN KEY (poll, slot) REFERENCES meeting_slot (poll, number),
    CHECK ((slot IS NULL) = (meeting IS NULL))
);
