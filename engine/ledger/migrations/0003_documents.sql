-- Documents of both systems as they were last seen, linked or not: the totals of both books hold all of them,
-- however little a run reads. `body` is JSON: see documents.py.
CREATE TABLE documents (
    connector TEXT NOT NULL,
    stream TEXT NOT NULL,
    key TEXT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (connector, stream, key)
);

-- The next run reads the targets' books completely, once: what is only there was not kept before.
DELETE FROM cursors;
