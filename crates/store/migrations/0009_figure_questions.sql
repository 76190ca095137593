-- What people ask about figures that they see, whom they ask, and what came of it. Both are only
-- added to: owner, due day and state are those of the latest step. A figure is here by the address
-- of its page alone; no value of it is, and no patient.

CREATE TABLE figure_question (
    id TEXT PRIMARY KEY,
    unit TEXT NOT NULL REFERENCES unit (code),
    run TEXT NOT NULL,
    page TEXT NOT NULL,
    figure TEXT NOT NULL,
    words TEXT NOT NULL,
    side TEXT NOT NULL,
    owner TEXT NOT NULL REFERENCES person (id),
    due_on TEXT NOT NULL,
    asked_by TEXT NOT NULL REFERENCES person (id),
    asked_at BIGINT NOT NULL
);

CREATE INDEX figure_question_unit ON figure_question (unit, asked_at);

CREATE TABLE figure_question_step (
    question TEXT NOT NULL REFERENCES figure_question (id),
    number BIGINT NOT NULL,
    act TEXT NOT NULL,
    words TEXT NOT NULL,
    owner TEXT REFERENCES person (id),
    due_on TEXT,
    side TEXT NOT NULL,
    taken_by TEXT NOT NULL REFERENCES person (id),
    taken_at BIGINT NOT NULL,
    PRIMARY KEY (question, number)
);
