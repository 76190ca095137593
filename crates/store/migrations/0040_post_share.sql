-- What share of a whole-time equivalent whoever holds a post of a service line gives to it. It stands
-- beside the record that appointed them, so that it ends with it.

CREATE TABLE service_post_share (
    unit TEXT NOT NULL,
    post TEXT NOT NULL,
    number BIGINT NOT NULL,
    percent BIGINT NOT NULL CHECK (percent > 0),
    PRIMARY KEY (unit, post, number),
    FOREIGN KEY (unit, post, number) REFERENCES service_post (unit, post, number)
);
