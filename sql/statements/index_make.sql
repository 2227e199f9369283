-- Generates again the functions that compute the rows of scim.lookup.
select scim.make_lookup()
