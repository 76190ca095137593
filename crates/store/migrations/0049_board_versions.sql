-- Versions without names of explained differences, as they were released to the board, and withdrawn
-- for a reason. The text is kept as it was released: nothing that is written of the difference later
-- changes it. Both are only added to.

CREATE TABLE board_version (
    insight TEXT NOT NULL REFERENCES insight (id),
    number BIGINT NOT NULL,
    version BIGINT NOT NULL,
    differs TEXT NOT NULL,
    different TEXT NOT NULL,
    why TEXT NOT NULL,
    what_next TEXT NOT NULL,
    released_by TEXT NOT NULL REFERENCES person (id),
    released_at BIGINT NOT NULL,
    PRIMARY KEY (insight, number)
);

CREATE TABLE board_version_withdrawn (
    insight TEXT NOT NULL,
    number BIGINT NOT NULL,
    reason TEXT NOT NULL,
    withdrawn_by TEXT NOT NULL REFERENCES person (id),
    withdrawn_at BIGINT NOT NULL,
    PRIMARY KEY (insight, number),
    FOREIGN KEY (insight, number) REFERENCES board_version (insight, number)
);
