-- Tokens by which a program reads published figures under the rights of a person. Of the secret only
-- a hash is stored. A token is never changed, but for its last use and its end.

CREATE TABLE api_token (
    id TEXT PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    person TEXT NOT NULL REFERENCES person (id),
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    second_factor BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL,
    used_at BIGINT,
    ended_at BIGINT
);
CREATE INDEX api_token_by_person ON api_token (person);
