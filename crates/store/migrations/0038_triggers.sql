-- What called for joint working that is ad hoc, as a question of its own: of which kind it is, and which
-- it is. Both are missing where joint working is not ad hoc, and in records from before it was asked.

ALTER TABLE joint_working ADD COLUMN trigger_kind TEXT;

ALTER TABLE joint_working ADD COLUMN trigger_words TEXT;
