-- Stores how often a token is used, unless another httpd has done so meanwhile. $1 tenant, $2 key id, $3 the usual gap
-- in minutes, $4 the longest gap; null: not known
update scim.token k
   set learned = now(), usual_gap = $3::int, longest_gap = $4::int
 where k.tenant = $1 and k.key_id = $2 and (k.learned is null or k.learned < now() - interval '1 day')
