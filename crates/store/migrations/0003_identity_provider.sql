-- Sign-in through an identity provider: by which session there a session was opened, how it was
-- proved, how a person is joined to an identity, and which answers were used already.

ALTER TABLE session ADD COLUMN issuer TEXT;
ALTER TABLE session ADD COLUMN subject TEXT;
ALTER TABLE session ADD COLUMN provider_session TEXT;
-- When the provider says that they proved who they are; none where it does not say.
ALTER TABLE session ADD COLUMN proved_at BIGINT;
ALTER TABLE session ADD COLUMN second_factor BIGINT NOT NULL DEFAULT 0;
CREATE INDEX session_by_subject ON session (issuer, subject);

CREATE TABLE identity_invitation (
    person TEXT PRIMARY KEY REFERENCES person (id),
    hash TEXT NOT NULL UNIQUE,
    until_at BIGINT NOT NULL
);

CREATE TABLE answer_used (
    hash TEXT PRIMARY KEY,
    until_at BIGINT NOT NULL
);
CREATE INDEX answer_used_by_until ON answer_used (until_at);
