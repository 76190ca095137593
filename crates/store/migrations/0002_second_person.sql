-- A password that somebody else has set is changed at its first use; a role that shows patients by
-- itself waits for a second person as a patient-level right does.

ALTER TABLE password ADD COLUMN must_change BIGINT NOT NULL DEFAULT 0;
ALTER TABLE right_granted ADD COLUMN needs_second BIGINT NOT NULL DEFAULT 0;
