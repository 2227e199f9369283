-- Whom each index of resources is for. An index that nobody asks for costs each write: t/http/plans.t refuses one without a comment.
set local role scim_owner;

comment on index scim.resource_pkey is 'requests by id; lists in their default order';
comment on index scim.resource_user_name is 'userName eq, by which identity providers look for an account before they make one; decisions of Require scim-...; one account of a name';
comment on index scim.resource_login is 'decisions and one account of an address, where people log in by e-mail address';
comment on index scim.resource_group_name is 'displayName eq of groups, by which Entra ID and Okta look for a group before they make one; one group of a name where the tenant wants it';
comment on index scim.resource_external_id is 'externalId eq (Entra ID, SAP, Okta); a POST that brings a former user back';
comment on index scim.resource_display_name is 'displayName eq of users; lists sorted by displayName; search of the console';
comment on index scim.resource_former_name is 'a POST that brings a former user back by its userName';
comment on index scim.resource_modified is 'meta.lastModified gt, by which clients ask for what has changed; lists of administrators by the time of change';
comment on index scim.resource_formatted_name is 'name.formatted eq, as the schema file declares; lists sorted by it';
comment on index scim.resource_family_name is 'name.familyName eq (SailPoint, One Identity); the console''s list by name and its search';
comment on index scim.resource_given_name is 'name.givenName eq; the console''s search';
comment on index scim.resource_middle_name is 'name.middleName eq, as the schema file declares; empty where nobody has one';
comment on index scim.resource_honorific_prefix is 'name.honorificPrefix eq, as the schema file declares; empty where nobody has one';
comment on index scim.resource_honorific_suffix is 'name.honorificSuffix eq, as the schema file declares; empty where nobody has one';
comment on index scim.resource_employee_number is 'employeeNumber eq, by which ConnId (midPoint, Syncope) and SailPoint match accounts';
comment on index scim.resource_list is 'lists of the endpoint, which show what is on the wire';
comment on index scim.resource_local is 'whether a tenant has local accounts, which a POST and each change of members ask; their list';
comment on index scim.resource_gone is 'lists of deleted resources; housekeeping that erases them';
comment on index scim.resource_protected is 'the list of protected accounts, and what rules remember of them';
comment on index scim.resource_role is 'lists of administrators by role, and whether a role is in use';
comment on index scim.resource_flagged is 'lists of administrators by flag, and whether a flag is in use';
comment on index scim.resource_main_contact is 'one main contact for a tenant';
comment on index scim.resource_steered is 'previews: whom policy and groups decide about, without their documents';

reset role;
