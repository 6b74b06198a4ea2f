-- Policies and cases. Times are UTC in milliseconds; JSON where a value is read as a whole only.

-- What a guild has set; no row, or an absent key, means the default. See data/policies.py.
CREATE TABLE policies (
    guild_id INTEGER NOT NULL PRIMARY KEY REFERENCES guilds (guild_id) ON DELETE CASCADE,
    policy   TEXT    NOT NULL            -- JSON: exemptions, ladder, notices, mod log ...
) STRICT;

ALTER TABLE lists ADD COLUMN policy TEXT NOT NULL DEFAULT '{}';        -- JSON of a ListPolicy
ALTER TABLE banned_words ADD COLUMN terms TEXT;                        -- JSON of EntryTerms, or NULL
CREATE INDEX banned_words_with_terms ON banned_words (guild_id) WHERE terms IS NOT NULL;

ALTER TABLE changes ADD COLUMN undoes INTEGER;                         -- the number of the change taken back

-- Moderators who were told that they are exempt: once each.
CREATE TABLE exempt_told (
    guild_id INTEGER NOT NULL REFERENCES guilds (guild_id) ON DELETE CASCADE,
    user_id  INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    PRIMARY KEY (guild_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE cases (
    guild_id    INTEGER NOT NULL REFERENCES guilds (guild_id) ON DELETE CASCADE,
    number      INTEGER NOT NULL,        -- counts from 1 in each guild, without gaps
    cause       TEXT,                    -- of the decision or the audit-log entry: a second one is no new case
    at          INTEGER NOT NULL,
    kind        TEXT    NOT NULL,
    state       TEXT    NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'undone', 'expired')),
    user_id     INTEGER,                 -- NULL where Discord did not say who, and after an erasure
    user_name   TEXT    NOT NULL DEFAULT '',
    by_id       INTEGER NOT NULL,        -- 0: the bot
    by_name     TEXT    NOT NULL DEFAULT '',
    reason      TEXT    NOT NULL DEFAULT '',
    step        INTEGER NOT NULL,        -- the consequence, escalation included; see moderation/consequence.py
    ms          INTEGER,
    counts      INTEGER NOT NULL,        -- whether it is a strike, or part of one, while it is not undone
    catch_up    TEXT,                    -- which reading of the history found it; NULL while it happened
    strikes     INTEGER NOT NULL DEFAULT 0, -- how many there were with this one, as it was decided
    surface     TEXT,
    channel_id  INTEGER,
    message_id  INTEGER,
    list        TEXT    NOT NULL DEFAULT '', -- of the first hit
    entry       TEXT    NOT NULL DEFAULT '',
    text        TEXT,                    -- NULL when its time is over
    hits        TEXT    NOT NULL DEFAULT '[]', -- JSON
    more        INTEGER NOT NULL DEFAULT 0,
    attachments TEXT,                    -- JSON, names and links; goes with the text
    expires_at  INTEGER,
    undone_by   INTEGER,
    undone_name TEXT,
    changed_at  INTEGER NOT NULL,        -- the mod log shows it as it was then
    erased      INTEGER NOT NULL DEFAULT 0, -- the person was; user_id goes as soon as it is not needed
    PRIMARY KEY (guild_id, number),
    UNIQUE (guild_id, cause)
) STRICT, WITHOUT ROWID;

-- With all that strikes are counted from, so that a raid by one member does not slow down its own end.
CREATE INDEX cases_of_user ON cases (guild_id, user_id, at, counts, state, catch_up, step, ms);
CREATE INDEX cases_undone ON cases (guild_id, number) WHERE state = 'undone';
CREATE INDEX cases_by_moderator ON cases (guild_id, by_id, number);
CREATE INDEX cases_by_kind ON cases (guild_id, kind, number);
CREATE INDEX cases_by_entry ON cases (guild_id, entry, number);
CREATE INDEX cases_by_time ON cases (guild_id, at);
CREATE INDEX cases_with_text ON cases (guild_id, at) WHERE text IS NOT NULL OR attachments IS NOT NULL;
CREATE INDEX cases_to_forget ON cases (guild_id, number) WHERE erased = 1 AND user_id IS NOT NULL;
CREATE INDEX cases_expiring ON cases (expires_at) WHERE state = 'open' AND expires_at IS NOT NULL;

CREATE TABLE case_notes (
    note_id    INTEGER NOT NULL PRIMARY KEY,
    guild_id   INTEGER NOT NULL,
    number     INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    by_id      INTEGER NOT NULL,
    by_name    TEXT    NOT NULL,
    text       TEXT    NOT NULL,
    was_reason INTEGER NOT NULL DEFAULT 0,
    FOREIGN KEY (guild_id, number) REFERENCES cases (guild_id, number) ON DELETE CASCADE
) STRICT;

CREATE INDEX case_notes_of_case ON case_notes (guild_id, number);

-- The actions get two more states: held (the brake: it waits for a moderator) and withdrawn (its case
-- was undone before it was carried out). A CHECK cannot be changed in place.
CREATE TABLE new_actions (
    action_id   INTEGER NOT NULL PRIMARY KEY,
    guild_id    INTEGER NOT NULL,
    decision_id INTEGER NOT NULL REFERENCES decisions (decision_id) ON DELETE CASCADE,
    kind        TEXT    NOT NULL,
    target_id   INTEGER NOT NULL,        -- the message, member or thread
    channel_id  INTEGER,
    argument    TEXT,                    -- the name or title to set; JSON for what is done to members
    nonce       TEXT,                    -- what lets Discord refuse a second post of the same
    reason      TEXT    NOT NULL,        -- for the audit log
    created_at  INTEGER NOT NULL,
    deadline    INTEGER NOT NULL,        -- after which it is not tried any more
    state       TEXT    NOT NULL DEFAULT 'pending' CHECK (state IN (
        'pending', 'done', 'gone', 'forbidden', 'failed', 'unknown', 'held', 'withdrawn')),
    attempts    INTEGER NOT NULL DEFAULT 0,
    ended_at    INTEGER,
    detail      TEXT,                    -- Discord's words
    UNIQUE (decision_id, kind, target_id)
) STRICT;
INSERT INTO new_actions SELECT * FROM actions;
DROP TABLE actions;
ALTER TABLE new_actions RENAME TO actions;
CREATE INDEX actions_unfinished ON actions (guild_id) WHERE state IN ('pending', 'forbidden', 'held');
CREATE INDEX actions_punishing ON actions (guild_id, created_at) WHERE kind IN ('timeout', 'kick', 'ban');

ALTER TABLE decisions ADD COLUMN case_number INTEGER;                  -- NULL for those of before
CREATE INDEX decisions_of_case ON decisions (guild_id, case_number) WHERE case_number IS NOT NULL;

-- What stands in the mod log, and what is to be written there. See data/log_posts.py.
CREATE TABLE log_posts (
    post_id    INTEGER NOT NULL PRIMARY KEY,
    guild_id   INTEGER NOT NULL REFERENCES guilds (guild_id) ON DELETE CASCADE,
    channel_id INTEGER NOT NULL,
    message_id INTEGER,                  -- NULL until Discord has told it
    nonce      TEXT    NOT NULL,
    made_at    INTEGER NOT NULL,
    shown_at   INTEGER,                  -- the newest change of its cases that it shows
    gone       INTEGER NOT NULL DEFAULT 0 -- somebody deleted the message: it is not written again
) STRICT;

CREATE INDEX log_posts_of_guild ON log_posts (guild_id);

CREATE TABLE log_post_cases (
    guild_id INTEGER NOT NULL,
    number   INTEGER NOT NULL,
    post_id  INTEGER NOT NULL REFERENCES log_posts (post_id) ON DELETE CASCADE,
    PRIMARY KEY (guild_id, number),
    FOREIGN KEY (guild_id, number) REFERENCES cases (guild_id, number) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX log_post_cases_of_post ON log_post_cases (post_id);

CREATE TABLE log_channels (
    guild_id   INTEGER NOT NULL REFERENCES guilds (guild_id) ON DELETE CASCADE,
    channel_id INTEGER NOT NULL,
    since      INTEGER NOT NULL,         -- since when it is the mod log: what is older is not told
    trouble    TEXT,                     -- what the owner was told is wrong with it; NULL: nothing
    PRIMARY KEY (guild_id, channel_id)
) STRICT, WITHOUT ROWID;

-- What was erased and may still lie in unused places of the file, which is rewritten from then on
-- (data/erasing.py). No foreign key: the guild itself may be what was erased.
CREATE TABLE erasures (
    guild_id    INTEGER NOT NULL,
    rewrite_at  INTEGER NOT NULL
) STRICT;

-- Short replies to authors that are still to be taken away. See data/notices.py.
CREATE TABLE notice_replies (
    guild_id   INTEGER NOT NULL REFERENCES guilds (guild_id) ON DELETE CASCADE,
    channel_id INTEGER NOT NULL,
    message_id INTEGER NOT NULL,
    due_at     INTEGER NOT NULL,
    PRIMARY KEY (guild_id, message_id)
) STRICT;

-- Up to which entry Discord's audit log was read. See data/hand_made.py.
CREATE TABLE audit_logs (
    guild_id INTEGER NOT NULL PRIMARY KEY REFERENCES guilds (guild_id) ON DELETE CASCADE,
    seen     INTEGER NOT NULL            -- the id of an entry
) STRICT;
