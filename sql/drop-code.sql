-- Drops the views, functions, triggers and composite types of the schemas scim and scim_app, before migrations run and
-- sql/code/ creates all of them again. Functions of tables stay, because a migration has created them: those that a
-- default, a generated column, an index, a constraint or a policy calls.
--
-- Other objects that depend on them are an error that names them. Grants to others on views and functions of scim_app
-- are stored in the setting scim.regrant, for the end of sql/code/.
do $$
declare
    schemas  oid[] := array ['scim'::regnamespace, 'scim_app'::regnamespace];
    kept     oid[];
    routines oid[];
    views    oid[]; -- and composite types
    types    oid[]; -- the types of their rows, and arrays of these
    others   text;
    command  text;
begin
    with recursive k (id) as (
        select d.refobjid
          from pg_depend d
         where d.refclassid = 'pg_proc'::regclass
           and d.classid not in ('pg_proc'::regclass, 'pg_rewrite'::regclass, 'pg_trigger'::regclass)
         union
        select d.refobjid
          from k
          join pg_depend d on d.classid = 'pg_proc'::regclass and d.objid = k.id and d.refclassid = 'pg_proc'::regclass)
    select coalesce(array_agg(k.id), '{}') into kept from k;
    select coalesce(array_agg(p.oid), '{}') into routines
      from pg_proc p
     where p.pronamespace = any (schemas) and p.oid <> all (kept)
       and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e');
    select coalesce(array_agg(c.oid), '{}') into views
      from pg_class c
     where c.relnamespace = any (schemas) and c.relkind in ('v', 'c');
    select coalesce(array_agg(t.oid), '{}') || coalesce(array_agg(t.typarray), '{}') into types from pg_type t where t.typrelid = any (views);

    select string_agg(distinct coalesce((select pg_describe_object('pg_class'::regclass, r.ev_class, 0)
                                           from pg_rewrite r
                                          where d.classid = 'pg_rewrite'::regclass and r.oid = d.objid),
                                        pg_describe_object(d.classid, d.objid, 0)), ', ') into others
      from pg_depend d
     where (d.refclassid = 'pg_proc'::regclass and d.refobjid = any (routines)
            or d.refclassid = 'pg_class'::regclass and d.refobjid = any (views)
            or d.refclassid = 'pg_type'::regclass and d.refobjid = any (types))
       and case d.classid
               when 'pg_proc'::regclass then d.objid <> all (routines)
               when 'pg_class'::regclass then d.objid <> all (views)
               when 'pg_type'::regclass then d.objid <> all (types)
               when 'pg_rewrite'::regclass then (select r.ev_class from pg_rewrite r where r.oid = d.objid) <> all (views)
               when 'pg_trigger'::regclass then
                   (select c.relnamespace from pg_trigger t join pg_class c on c.oid = t.tgrelid where t.oid = d.objid) <> all (schemas)
               else true
           end;
    if others is not null then
        raise exception 'other objects depend on views or functions that are to be replaced: %', others
            using hint = 'Drop them, run scimctl db upgrade, and create them again.';
    end if;

    perform set_config('scim.regrant', coalesce(string_agg(format('grant %s on %s to %s', g.privilege_type, g.what, g.grantee::regrole), ';'), ''), true)
      from (select 'table ' || c.oid::regclass as what, a.*
              from pg_class c
             cross join lateral aclexplode(c.relacl) a
             where c.oid = any (views) and c.relnamespace = 'scim_app'::regnamespace
             union all
            select 'routine ' || p.oid::regprocedure, a.*
              from pg_proc p
             cross join lateral aclexplode(p.proacl) a
             where p.oid = any (routines) and p.pronamespace = 'scim_app'::regnamespace) g
     where g.grantee <> 0 and g.grantee::regrole::text not in ('scim_owner', 'scim_web', 'scim_manage', 'scim_app');

    foreach command in array array(
            select format('drop view if exists %s cascade', c.oid::regclass) from pg_class c where c.oid = any (views) and c.relkind = 'v')
        || array(select format('drop routine if exists %s cascade', r::regprocedure) from unnest(routines) r)
        || array(select format('drop type if exists %s cascade', c.oid::regclass) from pg_class c where c.oid = any (views) and c.relkind = 'c') loop
        execute command;
    end loop;
end
$$;
