-- A member's strikes are counted by going from the first case of one to the first of the next, however
-- many cases a raid makes of one member: they are found by time in cases_of_user. Whether a reading of
-- the history made any, and the strongest that a strike had already, are found here; the conditions
-- stand in data/strikes.py in the same words.
CREATE INDEX cases_caught_up ON cases (guild_id, user_id, at) WHERE catch_up IS NOT NULL;
CREATE INDEX cases_punished ON cases (guild_id, user_id, step, coalesce(ms, 9000000000000000), at)
    WHERE counts = 1 AND state <> 'undone' AND step >= 3;
