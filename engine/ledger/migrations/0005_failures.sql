-- A batch that failed without naming a record. `failure` holds the target's words. `spent`: it was answered
-- with an error, so its key is not used again: what became of it is looked up.
ALTER TABLE batches ADD COLUMN failure TEXT NOT NULL DEFAULT '';
ALTER TABLE batches ADD COLUMN spent INTEGER NOT NULL DEFAULT 0;

CREATE INDEX batches_failed ON batches (id) WHERE failure <> '';
CREATE INDEX parts_record ON parts (mapping, source_key, batch);
