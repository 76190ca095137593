-- For whom the steps other than those of the board are recorded, chosen with a reason. Everything is
-- only added to, and the latest counts; until somebody chooses they are recorded by unit.

CREATE TABLE step_mode (
    number BIGINT PRIMARY KEY,
    mode TEXT NOT NULL,
    because TEXT NOT NULL,
    chosen_by TEXT NOT NULL REFERENCES person (id),
    chosen_at BIGINT NOT NULL
);
