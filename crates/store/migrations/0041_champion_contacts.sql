-- When champions were in contact: a log that is only added to. A contact that was recorded wrongly is
-- taken back with a reason and stays. What champions' own records said until now begins the log, each
-- day once.

CREATE TABLE champion_contact (
    unit TEXT NOT NULL REFERENCES unit (code),
    kind TEXT NOT NULL,
    number BIGINT NOT NULL,
    champion TEXT NOT NULL REFERENCES person (id),
    contact_on TEXT NOT NULL,
    with_whom TEXT NOT NULL,
    words TEXT NOT NULL,
    recorded_by TEXT NOT NULL REFERENCES person (id),
    recorded_at BIGINT NOT NULL,
    PRIMARY KEY (unit, kind, number)
);

CREATE TABLE champion_contact_taken_back (
    unit TEXT NOT NULL,
    kind TEXT NOT NULL,
    number BIGINT NOT NULL,
    because TEXT NOT NULL,
    taken_back_by TEXT NOT NULL REFERENCES person (id),
    taken_back_at BIGINT NOT NULL,
    PRIMARY KEY (unit, kind, number),
    FOREIGN KEY (unit, kind, number) REFERENCES champion_contact (unit, kind, number)
);

INSERT INTO champion_contact
    (unit, kind, number, champion, contact_on, with_whom, words, recorded_by, recorded_at)
SELECT c.unit, c.kind, c.number, c.person, c.last_contact_on, '', '', c.recorded_by, c.recorded_at
FROM champion c
WHERE c.person IS NOT NULL AND c.last_contact_on IS NOT NULL
  AND NOT EXISTS (
      SELECT 1 FROM champion e
      WHERE e.unit = c.unit AND e.kind = c.kind AND e.person = c.person
        AND e.last_contact_on = c.last_contact_on AND e.number < c.number);
