-- The intent log: what was decided and what is to be done, written before anything is done, and
-- what became of it. Ids, entries and times; never what people wrote, but for the last table.

CREATE TABLE decisions (
    decision_id INTEGER NOT NULL PRIMARY KEY,
    guild_id    INTEGER NOT NULL REFERENCES guilds (guild_id) ON DELETE CASCADE,
    cause       TEXT    NOT NULL,        -- what it is a decision about: a second event is no second one
    at          INTEGER NOT NULL,
    channel_id  INTEGER,
    user_id     INTEGER,                 -- NULL where Discord did not say who it was
    surface     TEXT    NOT NULL,        -- where the first hit was found
    list        TEXT    NOT NULL,
    entry       TEXT    NOT NULL,
    UNIQUE (guild_id, cause)
) STRICT;

-- state: pending until an answer of Discord's is known; forbidden ones wait for a permission.
-- unknown: it may have happened, and doing it again could do it twice.
CREATE TABLE actions (
    action_id   INTEGER NOT NULL PRIMARY KEY,
    guild_id    INTEGER NOT NULL,
    decision_id INTEGER NOT NULL REFERENCES decisions (decision_id) ON DELETE CASCADE,
    kind        TEXT    NOT NULL,
    target_id   INTEGER NOT NULL,        -- the message, member or thread
    channel_id  INTEGER,
    argument    TEXT,                    -- the name or title to set
    nonce       TEXT,                    -- what lets Discord refuse a second post of the same
    reason      TEXT    NOT NULL,        -- for the audit log
    created_at  INTEGER NOT NULL,
    deadline    INTEGER NOT NULL,        -- after which it is not tried any more
    state       TEXT    NOT NULL DEFAULT 'pending'
        CHECK (state IN ('pending', 'done', 'gone', 'forbidden', 'failed', 'unknown')),
    attempts    INTEGER NOT NULL DEFAULT 0,
    ended_at    INTEGER,
    detail      TEXT,                    -- Discord's words
    UNIQUE (decision_id, kind, target_id)
) STRICT;

CREATE INDEX actions_unfinished ON actions (guild_id) WHERE state IN ('pending', 'forbidden');

-- Nicknames that the bot took away, so that a mistake can be undone.
CREATE TABLE old_nicknames (
    guild_id   INTEGER NOT NULL REFERENCES guilds (guild_id) ON DELETE CASCADE,
    user_id    INTEGER NOT NULL,
    removed_at INTEGER NOT NULL,
    nickname   TEXT    NOT NULL,
    PRIMARY KEY (guild_id, user_id, removed_at)
) STRICT;
