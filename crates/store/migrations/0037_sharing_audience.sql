-- With whom data on cost and quality are shared: a code of the list of audiences, and words of one's own.
-- Records from before have neither: whom they mean was not recorded.
ALTER TABLE joint_working ADD COLUMN audience TEXT;
ALTER TABLE joint_working ADD COLUMN audience_words TEXT;
