-- Why an action that is wanted is not requested: reported once, and settled by that. Empty: it is requested.
ALTER TABLE actions ADD COLUMN why TEXT NOT NULL DEFAULT '';
