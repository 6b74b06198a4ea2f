-- By which version of the folding the keys of a guild's entries were made; see data/rekeying.py.
ALTER TABLE guilds ADD COLUMN folding INTEGER NOT NULL DEFAULT 0;
