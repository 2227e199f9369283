-- Changes settings of a tenant. $1 tenant, $2 the tenant as it is shown
update scim.tenant t
   set display_name = x."displayName", restore = x.restore, profile = x.profile, password_schema = x."passwordSchema", sync_policy = x."syncPolicy",
       login_policy = x."loginPolicy", link_policy = x."linkPolicy", one_token = x."oneToken", default_role = x."defaultRole",
       role_wins = x."roleWins", unknown_role = x."unknownRole", reserved_roles = x."reservedRoles", dry_run = x."dryRun",
       guard_limit = x."guardLimit", guard_share = x."guardShare", guard_logins = x."guardLogins", activity_bodies = x."activityBodies",
       activity_mask = x."activityMask", activity_reads = x."activityReads", user_name_email = x."userNameEmail",
       derive_display_name = x."deriveDisplayName", local_match = x."localMatch", deletion = x.deletion, group_depth = x."groupDepth",
       login_attribute = x."loginAttribute", restore_mappings = x."restoreMappings",
       sent_entitlements = x."sentEntitlements"
  from jsonb_to_recordset(jsonb_build_array($2::jsonb)) x (
           "displayName" text, restore text, profile text, "passwordSchema" text, "syncPolicy" text, "loginPolicy" text, "linkPolicy" text,
           "oneToken" boolean, "defaultRole" text, "roleWins" text, "unknownRole" text, "reservedRoles" text[], "dryRun" boolean, "guardLimit" int,
           "guardShare" int, "guardLogins" boolean, "activityBodies" boolean, "activityMask" text[], "activityReads" int, "userNameEmail" boolean,
           "deriveDisplayName" boolean, "localMatch" text, deletion text, "groupDepth" int, "loginAttribute" text, "restoreMappings" text, "sentEntitlements" text)
 where t.tenant = $1
