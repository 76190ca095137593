-- The register of measures: what stands beside a cost. Nothing in it is ever changed: another
-- definition is a new version, another value of a month is a new version, and the latest counts.
-- Numbers are whole ten-thousandths.

CREATE TABLE measure (
    code TEXT NOT NULL,
    version BIGINT NOT NULL,
    name TEXT NOT NULL,
    definition TEXT NOT NULL,
    subject TEXT NOT NULL,
    unit_of_measure TEXT NOT NULL,
    form TEXT NOT NULL,
    good TEXT NOT NULL,
    of_patients BIGINT NOT NULL,
    source TEXT NOT NULL,
    keeper TEXT NOT NULL,
    recorded_by TEXT NOT NULL,
    recorded_at BIGINT NOT NULL,
    PRIMARY KEY (code, version)
);

-- A month from which another question is asked or another thing counted, so that what came before
-- is never one line with what comes after.
CREATE TABLE measure_break (
    measure TEXT NOT NULL,
    month TEXT NOT NULL,
    because TEXT NOT NULL,
    recorded_by TEXT NOT NULL,
    recorded_at BIGINT NOT NULL,
    PRIMARY KEY (measure, month)
);

CREATE TABLE measure_value (
    measure TEXT NOT NULL,
    unit TEXT NOT NULL REFERENCES unit (code),
    month TEXT NOT NULL,
    version BIGINT NOT NULL,
    value_e4 BIGINT NOT NULL,
    of_e4 BIGINT,
    source TEXT NOT NULL,
    file_name TEXT NOT NULL,
    because TEXT NOT NULL,
    recorded_by TEXT NOT NULL,
    recorded_at BIGINT NOT NULL,
    PRIMARY KEY (measure, unit, month, version)
);
