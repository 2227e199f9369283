-- Makes the functions that scim.lookup is kept by anew.
select scim.make_lookup()
