-- What those who gave the care ask clinical coding about the record of one event, and what it
-- answers. Both are only added to; the latest answer counts. An event is here by its keyed
-- reference alone.

CREATE TABLE coding_query (
    id TEXT PRIMARY KEY,
    unit TEXT NOT NULL REFERENCES unit (code),
    run TEXT NOT NULL,
    event TEXT NOT NULL,
    about TEXT NOT NULL,
    words TEXT NOT NULL,
    asked_by TEXT NOT NULL REFERENCES person (id),
    asked_at BIGINT NOT NULL
);

CREATE INDEX coding_query_unit ON coding_query (unit, asked_at);
CREATE INDEX coding_query_event ON coding_query (event);

CREATE TABLE coding_answer (
    query TEXT NOT NULL REFERENCES coding_query (id),
    number BIGINT NOT NULL,
    says TEXT NOT NULL,
    because TEXT NOT NULL,
    answered_by TEXT NOT NULL REFERENCES person (id),
    answered_at BIGINT NOT NULL,
    PRIMARY KEY (query, number)
);
