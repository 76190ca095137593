-- How joint working spreads: a plan by unit, very small specialties, joint teams, champions, what
-- the two directors speak of, what others make of a rating, rounds, and a trust's own steps.
-- Everything is only added to, and the latest counts.

CREATE TABLE roll_out (
    unit TEXT NOT NULL REFERENCES unit (code),
    number BIGINT NOT NULL,
    planned_on TEXT,
    actual_on TEXT,
    words TEXT NOT NULL,
    recorded_by TEXT NOT NULL REFERENCES person (id),
    recorded_at BIGINT NOT NULL,
    PRIMARY KEY (unit, number)
);

CREATE TABLE small_statement (
    id TEXT PRIMARY KEY,
    number BIGINT NOT NULL UNIQUE,
    words TEXT NOT NULL,
    run TEXT NOT NULL,
    period TEXT NOT NULL,
    made_by TEXT NOT NULL REFERENCES person (id),
    made_at BIGINT NOT NULL
);

-- The shares of a unit, each as a part and its whole; none where the run cannot tell it.
CREATE TABLE small_statement_unit (
    statement TEXT NOT NULL REFERENCES small_statement (id),
    unit TEXT NOT NULL REFERENCES unit (code),
    cost_part BIGINT,
    cost_whole BIGINT,
    expenditure_part BIGINT,
    expenditure_whole BIGINT,
    activity_part BIGINT,
    activity_whole BIGINT,
    PRIMARY KEY (statement, unit)
);

CREATE TABLE small_statement_signature (
    statement TEXT NOT NULL REFERENCES small_statement (id),
    side TEXT NOT NULL,
    signed_by TEXT NOT NULL REFERENCES person (id),
    signed_at BIGINT NOT NULL,
    PRIMARY KEY (statement, side)
);

CREATE TABLE joint_team (
    id TEXT NOT NULL,
    number BIGINT NOT NULL,
    unit TEXT NOT NULL REFERENCES unit (code),
    name TEXT NOT NULL,
    works_on TEXT NOT NULL,
    clinical_lead TEXT NOT NULL REFERENCES person (id),
    finance_member TEXT NOT NULL REFERENCES person (id),
    others TEXT NOT NULL,
    since TEXT NOT NULL,
    until TEXT,
    recorded_by TEXT NOT NULL REFERENCES person (id),
    recorded_at BIGINT NOT NULL,
    PRIMARY KEY (id, number)
);

CREATE INDEX joint_team_unit ON joint_team (unit);

CREATE TABLE champion (
    unit TEXT NOT NULL REFERENCES unit (code),
    kind TEXT NOT NULL,
    number BIGINT NOT NULL,
    person TEXT REFERENCES person (id),
    contact_every TEXT,
    last_contact_on TEXT,
    words TEXT NOT NULL,
    recorded_by TEXT NOT NULL REFERENCES person (id),
    recorded_at BIGINT NOT NULL,
    PRIMARY KEY (unit, kind, number)
);

CREATE TABLE sponsor_pair (
    number BIGINT PRIMARY KEY,
    medical TEXT NOT NULL REFERENCES person (id),
    finance TEXT NOT NULL REFERENCES person (id),
    appeared_on TEXT,
    words TEXT NOT NULL,
    recorded_by TEXT NOT NULL REFERENCES person (id),
    recorded_at BIGINT NOT NULL
);

CREATE TABLE board_dialogue (
    id TEXT PRIMARY KEY,
    happened_on TEXT NOT NULL,
    topics TEXT NOT NULL,
    decisions TEXT NOT NULL,
    recorded_by TEXT NOT NULL REFERENCES person (id),
    recorded_at BIGINT NOT NULL
);

CREATE TABLE board_dialogue_evidence (
    dialogue TEXT PRIMARY KEY REFERENCES board_dialogue (id),
    evidence TEXT NOT NULL REFERENCES evidence (id)
);

CREATE TABLE moderated_rating (
    assessment TEXT NOT NULL REFERENCES assessment (id),
    step TEXT NOT NULL,
    number BIGINT NOT NULL,
    rating TEXT NOT NULL,
    words TEXT NOT NULL,
    moderated_by TEXT NOT NULL REFERENCES person (id),
    moderated_at BIGINT NOT NULL,
    PRIMARY KEY (assessment, step, number)
);

CREATE TABLE assessment_round (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    period TEXT NOT NULL,
    due_on TEXT NOT NULL,
    opened_by TEXT NOT NULL REFERENCES person (id),
    opened_at BIGINT NOT NULL
);

CREATE TABLE assessment_round_unit (
    round TEXT NOT NULL REFERENCES assessment_round (id),
    unit TEXT NOT NULL REFERENCES unit (code),
    PRIMARY KEY (round, unit)
);

CREATE TABLE local_step (
    id TEXT PRIMARY KEY,
    number BIGINT NOT NULL UNIQUE,
    category TEXT NOT NULL,
    label TEXT NOT NULL,
    guidance TEXT NOT NULL,
    added_by TEXT NOT NULL REFERENCES person (id),
    added_at BIGINT NOT NULL,
    retired_by TEXT REFERENCES person (id),
    retired_at BIGINT
);
