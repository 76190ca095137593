-- Ideas of staff, and what was done with them; both are only added to. Whoever wishes to stay
-- unnamed is named to nobody by any page: the reference is kept so that they can be told.

CREATE TABLE idea (
    id TEXT PRIMARY KEY,
    unit TEXT NOT NULL REFERENCES unit (code),
    words TEXT NOT NULL,
    is_named BIGINT NOT NULL,
    put_by TEXT NOT NULL REFERENCES person (id),
    put_at BIGINT NOT NULL
);

CREATE INDEX idea_unit ON idea (unit, put_at);

CREATE TABLE idea_step (
    idea TEXT NOT NULL REFERENCES idea (id),
    number BIGINT NOT NULL,
    act TEXT NOT NULL,
    data TEXT,
    words TEXT NOT NULL,
    action TEXT REFERENCES joint_action (id),
    taken_by TEXT NOT NULL REFERENCES person (id),
    taken_at BIGINT NOT NULL,
    PRIMARY KEY (idea, number)
);
