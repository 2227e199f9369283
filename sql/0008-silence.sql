-- How often a token is used, and when the log said last that it no longer is.
set local role scim_owner;

-- In minutes: within which it should be used, as an administrator says; and how long the gaps between its uses have been lately, usually
-- and at the longest.
alter table scim.token add column expect_every int check (expect_every > 0), add column usual_gap int, add column longest_gap int,
    add column learned timestamptz, add column quiet_told timestamptz;

reset role;
