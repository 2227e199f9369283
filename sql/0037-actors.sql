-- Each statement names who acts, and no setting does. A row that is written by hand names the database user.
set local role scim_owner;

alter table scim.audit alter column actor_kind set default 'database', alter column actor set default session_user,
    alter column actor_key drop default, alter column request drop default;
alter table scim.access_grant alter column granted_by set default session_user;

reset role;
