-- How far the messages of each channel and thread have been judged. Times are UTC in milliseconds.

CREATE TABLE cursors (
    guild_id     INTEGER NOT NULL REFERENCES guilds (guild_id) ON DELETE CASCADE,
    channel_id   INTEGER NOT NULL,
    message_id   INTEGER NOT NULL,       -- everything up to this one was judged and recorded
    behind_since INTEGER,                -- newer ones are still to be read, and edits since then
    PRIMARY KEY (guild_id, channel_id)
) STRICT;

-- Up to when the bot has heard what was said in a guild.
CREATE TABLE heard (
    guild_id INTEGER NOT NULL PRIMARY KEY REFERENCES guilds (guild_id) ON DELETE CASCADE,
    until    INTEGER NOT NULL
) STRICT;
