-- What cursors are signed with.
select s.key from scim.secret s
