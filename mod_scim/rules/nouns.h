/*
 * The nouns (noun.h) and administrators' actions: tables of refusals and of the audit log's contents. The statements
 * that store/admin_NOUN.c names with an action look up the facts.
 */
#ifndef SCIM_RULES_NOUNS_H
#define SCIM_RULES_NOUNS_H

#include "noun.h"

/* The refusals for a name that does not exist. */
extern const scim_refusal_t scim_flag_missing, scim_subscription_missing, scim_role_missing, scim_template_missing,
    scim_token_missing, scim_group_missing, scim_user_missing, scim_hold_missing, scim_activity_missing;
/* And for a deleted user. */
extern const scim_refusal_t scim_user_deleted;

extern const scim_action_t scim_flag_add, scim_flag_set, scim_flag_remove;
extern const scim_action_t scim_link_add, scim_link_remove;
extern const scim_action_t scim_duplicate_dismiss;
extern const scim_action_t scim_subscription_add, scim_subscription_set, scim_subscription_remove;
extern const scim_action_t scim_role_add, scim_role_set, scim_role_remove;
extern const scim_action_t scim_mapping_add, scim_mapping_add_many, scim_mapping_remove;
extern const scim_action_t scim_grant_add, scim_grant_remove, scim_access_login;
extern const scim_action_t scim_template_add, scim_template_set, scim_template_remove;
extern const scim_action_t scim_group_add, scim_group_set, scim_group_remove, scim_group_restore, scim_group_unlink,
    scim_group_link;
extern const scim_action_t scim_group_add_members, scim_group_remove_member;
extern const scim_action_t scim_token_add, scim_token_set, scim_token_revoke;
extern const scim_action_t scim_hold_release, scim_hold_reject, scim_hold_reject_all;

extern const scim_action_t scim_user_add, scim_user_set, scim_user_remove, scim_user_erase_deleted;
extern const scim_action_t scim_user_restore, scim_user_convert, scim_user_protect, scim_user_unprotect;
extern const scim_action_t scim_user_merge, scim_user_merge_preview;

extern const scim_action_t scim_tenant_add, scim_tenant_set;
extern const scim_action_t scim_tenant_enable, scim_tenant_disable;

/* The refusals for the expiry of a new token, and the audit entry for a token; `is` is NULL for a new one. */
extern const scim_refusal_t scim_token_end[];
void scim_token_tell(scim_outcome_t *outcome, const char *action, json_object *is, json_object *will);

/* Adds the audit entry for a grant (an object with subscription, role and source) that a user gets (`grant`) or loses
 * (`withdraw`). `name` is the user's name; NULL: the user does not exist any more. */
void scim_grant_tell(scim_outcome_t *outcome, const char *action, const char *user, const char *name,
                     json_object *grant);

#endif
