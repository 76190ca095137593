-- The review of its service that speaks of an idea.
ALTER TABLE idea_step ADD COLUMN review TEXT REFERENCES service_review (id);
