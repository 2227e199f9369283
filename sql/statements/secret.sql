-- The secret that signs cursors.
select s.key from scim.secret s
