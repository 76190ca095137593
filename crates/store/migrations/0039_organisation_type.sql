-- What type of organisation this is, and by what source somebody says so. Everything is only added to,
-- and the latest counts.

CREATE TABLE organisation_type (
    number BIGINT PRIMARY KEY,
    code TEXT NOT NULL,
    source TEXT NOT NULL,
    recorded_by TEXT NOT NULL REFERENCES person (id),
    recorded_at BIGINT NOT NULL
);
