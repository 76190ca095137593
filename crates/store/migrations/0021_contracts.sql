-- What commissioners may look at: contracts with their service lines, the measures that are agreed
-- with them, and who looks. Everything is only added to, and the latest number of a contract counts.

CREATE TABLE contract (
    id TEXT NOT NULL,
    number BIGINT NOT NULL,
    name TEXT NOT NULL,
    commissioner_code TEXT NOT NULL,
    commissioner TEXT NOT NULL,
    begins_on TEXT NOT NULL,
    ends_on TEXT NOT NULL,
    seen_until TEXT NOT NULL,
    words TEXT NOT NULL,
    recorded_by TEXT NOT NULL REFERENCES person (id),
    recorded_at BIGINT NOT NULL,
    PRIMARY KEY (id, number)
);

CREATE TABLE contract_unit (
    contract TEXT NOT NULL,
    number BIGINT NOT NULL,
    unit TEXT NOT NULL REFERENCES unit (code),
    PRIMARY KEY (contract, number, unit)
);

CREATE TABLE contract_measure (
    contract TEXT NOT NULL,
    number BIGINT NOT NULL,
    measure TEXT NOT NULL,
    PRIMARY KEY (contract, number, measure)
);

CREATE TABLE contract_reader (
    contract TEXT NOT NULL,
    number BIGINT NOT NULL,
    person TEXT NOT NULL REFERENCES person (id),
    PRIMARY KEY (contract, number, person)
);
