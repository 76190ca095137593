-- The use that a benefit was read from published costings: frozen with the run and the hash of its
-- manifest, so that a page shows later what was read then. All is only added to. Use is a number or
-- seconds, as the costing counts it; amounts are millionths of a pound. No patient is here.

CREATE TABLE benefit_costed (
    benefit TEXT PRIMARY KEY REFERENCES benefit (id),
    line TEXT NOT NULL,
    activity TEXT NOT NULL,
    name TEXT NOT NULL,
    one BIGINT NOT NULL,
    is_claimed BIGINT NOT NULL CHECK (is_claimed IN (0, 1))
);

-- The baseline is of the first step that read something; each later costing of the step that read it.
CREATE TABLE benefit_costed_run (
    benefit TEXT NOT NULL REFERENCES benefit_costed (benefit),
    run TEXT NOT NULL,
    step BIGINT NOT NULL,
    is_baseline BIGINT NOT NULL CHECK (is_baseline IN (0, 1)),
    manifest TEXT NOT NULL,
    financial_year TEXT NOT NULL,
    months BIGINT NOT NULL,
    published TEXT NOT NULL,
    used BIGINT NOT NULL,
    variable BIGINT NOT NULL,
    semi_fixed BIGINT NOT NULL,
    fixed BIGINT NOT NULL,
    unstated BIGINT NOT NULL,
    PRIMARY KEY (benefit, run)
);

CREATE TABLE benefit_costed_month (
    benefit TEXT NOT NULL REFERENCES benefit_costed (benefit),
    run TEXT NOT NULL,
    month TEXT NOT NULL,
    used BIGINT NOT NULL,
    PRIMARY KEY (benefit, run, month),
    FOREIGN KEY (benefit, run) REFERENCES benefit_costed_run (benefit, run)
);
