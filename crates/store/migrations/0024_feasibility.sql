-- How feasible each owner finds an action, and why where it needs more than there is. Views are only
-- added to, and the latest of each owner counts.

CREATE TABLE joint_action_view (
    action TEXT NOT NULL REFERENCES joint_action (id),
    number BIGINT NOT NULL,
    person TEXT NOT NULL REFERENCES person (id),
    level TEXT NOT NULL,
    because TEXT NOT NULL,
    said_by TEXT NOT NULL REFERENCES person (id),
    said_at BIGINT NOT NULL,
    PRIMARY KEY (action, number)
);
