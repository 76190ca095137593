-- What people agree to do together, and what came of it. All is only added to: how an action stands
-- is what its latest update says, and what became of a claim what its latest steps say. Amounts are
-- millionths of their unit, of a pound where a benefit is cash. No patient is here.

CREATE TABLE joint_action (
    id TEXT PRIMARY KEY,
    unit TEXT NOT NULL REFERENCES unit (code),
    what TEXT NOT NULL,
    joint BIGINT NOT NULL,
    size_low_e4 BIGINT,
    size_high_e4 BIGINT,
    size_unit TEXT NOT NULL,
    effort TEXT NOT NULL,
    priority TEXT NOT NULL,
    measure TEXT NOT NULL,
    quality TEXT NOT NULL,
    origin TEXT NOT NULL,
    starts_on TEXT NOT NULL,
    due_on TEXT NOT NULL,
    added_by TEXT NOT NULL REFERENCES person (id),
    added_at BIGINT NOT NULL
);

CREATE INDEX joint_action_unit ON joint_action (unit, due_on);

CREATE TABLE joint_action_owner (
    action TEXT NOT NULL REFERENCES joint_action (id),
    person TEXT NOT NULL REFERENCES person (id),
    profession TEXT NOT NULL,
    PRIMARY KEY (action, person)
);

CREATE TABLE joint_action_update (
    action TEXT NOT NULL REFERENCES joint_action (id),
    number BIGINT NOT NULL,
    says TEXT NOT NULL,
    because TEXT NOT NULL,
    due_on TEXT,
    updated_by TEXT NOT NULL REFERENCES person (id),
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (action, number)
);

CREATE TABLE benefit (
    id TEXT PRIMARY KEY,
    unit TEXT NOT NULL REFERENCES unit (code),
    title TEXT NOT NULL,
    kind TEXT NOT NULL,
    is_cash BIGINT NOT NULL,
    recurrent BIGINT NOT NULL,
    owner TEXT NOT NULL REFERENCES person (id),
    basis TEXT NOT NULL,
    from_day TEXT NOT NULL,
    to_day TEXT NOT NULL,
    baseline BIGINT,
    target BIGINT,
    used_by TEXT NOT NULL,
    use_before BIGINT,
    use_after BIGINT,
    rate_variable BIGINT,
    rate_semi_fixed BIGINT,
    rate_fixed BIGINT,
    rate_source TEXT NOT NULL,
    pair_measure TEXT,
    pair_unit TEXT REFERENCES unit (code),
    pair_limit_e4 BIGINT,
    pair_good TEXT,
    action TEXT REFERENCES joint_action (id),
    domain TEXT NOT NULL,
    added_by TEXT NOT NULL REFERENCES person (id),
    added_at BIGINT NOT NULL
);

CREATE INDEX benefit_unit ON benefit (unit, added_at);

CREATE TABLE benefit_step (
    benefit TEXT NOT NULL REFERENCES benefit (id),
    number BIGINT NOT NULL,
    act TEXT NOT NULL,
    side TEXT NOT NULL,
    code TEXT NOT NULL,
    month TEXT NOT NULL,
    amount BIGINT NOT NULL,
    not_accepted BIGINT NOT NULL,
    words TEXT NOT NULL,
    taken_by TEXT NOT NULL REFERENCES person (id),
    taken_at BIGINT NOT NULL,
    PRIMARY KEY (benefit, number)
);
