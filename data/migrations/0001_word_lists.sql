-- The guilds, their word lists, and the record of changes. Times are UTC in milliseconds.

PRAGMA application_id = 0x50414C49;  -- "PALI": tells our files from other programs' databases

CREATE TABLE guilds (
    guild_id  INTEGER NOT NULL PRIMARY KEY,
    revision  INTEGER NOT NULL,          -- one more with every write of words
    joined_at INTEGER NOT NULL,          -- or first heard of, when lists were imported before
    left_at   INTEGER                    -- NULL while the bot is there
) STRICT;

CREATE TABLE lists (
    guild_id   INTEGER NOT NULL REFERENCES guilds (guild_id) ON DELETE CASCADE,
    list_id    INTEGER NOT NULL,         -- counts from 1 in each guild
    name       TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (guild_id, list_id),
    UNIQUE (guild_id, name)
) STRICT;

-- entry_id orders entries by when they were added. key is what makes two entries the same one.
CREATE TABLE banned_words (
    entry_id INTEGER NOT NULL PRIMARY KEY,
    guild_id INTEGER NOT NULL,
    list_id  INTEGER NOT NULL,
    key      TEXT    NOT NULL,
    text     TEXT    NOT NULL,
    added_by INTEGER NOT NULL,
    added_at INTEGER NOT NULL,
    UNIQUE (guild_id, list_id, key),
    FOREIGN KEY (guild_id, list_id) REFERENCES lists (guild_id, list_id) ON DELETE CASCADE
) STRICT;

-- An allowed phrase belongs to the guild and cancels hits of all its lists.
CREATE TABLE allowed_phrases (
    entry_id INTEGER NOT NULL PRIMARY KEY,
    guild_id INTEGER NOT NULL REFERENCES guilds (guild_id) ON DELETE CASCADE,
    key      TEXT    NOT NULL,
    text     TEXT    NOT NULL,
    added_by INTEGER NOT NULL,
    added_at INTEGER NOT NULL,
    UNIQUE (guild_id, key)
) STRICT;

CREATE TABLE changes (
    guild_id   INTEGER NOT NULL REFERENCES guilds (guild_id) ON DELETE CASCADE,
    change_id  INTEGER NOT NULL,         -- counts from 1 in each guild, without gaps
    at         INTEGER NOT NULL,
    actor_id   INTEGER NOT NULL,
    actor_name TEXT    NOT NULL,
    kind       TEXT    NOT NULL,
    before     TEXT,                     -- JSON, or NULL where nothing was
    after      TEXT,
    PRIMARY KEY (guild_id, change_id)
) STRICT;

-- The record only grows. A line can go in one way: its guild's row is deleted and takes all the
-- guild's rows with it. SQLite cascades after the parent row is gone, so that its absence tells
-- this one deletion from every other.

CREATE TRIGGER changes_are_kept_as_written BEFORE UPDATE ON changes
BEGIN
    SELECT RAISE(ABORT, 'the record of changes is append-only');
END;

CREATE TRIGGER changes_go_with_their_guild BEFORE DELETE ON changes
WHEN EXISTS (SELECT 1 FROM guilds WHERE guild_id = OLD.guild_id)
BEGIN
    SELECT RAISE(ABORT, 'the record of changes is append-only');
END;

-- INSERT OR REPLACE would overwrite without waking the two triggers above.
CREATE TRIGGER changes_are_numbered_in_order BEFORE INSERT ON changes
WHEN NEW.change_id <> (
    SELECT coalesce(max(change_id), 0) + 1 FROM changes WHERE guild_id = NEW.guild_id
)
BEGIN
    SELECT RAISE(ABORT, 'the record of changes is append-only');
END;

CREATE TRIGGER guilds_are_erased_after_leaving BEFORE DELETE ON guilds
WHEN OLD.left_at IS NULL
BEGIN
    SELECT RAISE(ABORT, 'only a guild that the bot has left is erased');
END;
