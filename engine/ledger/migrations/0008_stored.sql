-- What was sent as the target stored it, with the ids of what was sent by name: later readings are compared with
-- that. Empty for links that an earlier version wrote: these are compared with what was sent.
ALTER TABLE links ADD COLUMN kept TEXT NOT NULL DEFAULT '{}';
