-- In which meeting of a review an action was agreed: there it is new, and nobody has to say yet how it stands.
ALTER TABLE review_action ADD COLUMN agreed_in TEXT REFERENCES review_meeting (id);
