-- Why something in a pack was wrong that was found after it was issued; blank for every other step.
ALTER TABLE pack_step ADD COLUMN cause TEXT NOT NULL DEFAULT '';
