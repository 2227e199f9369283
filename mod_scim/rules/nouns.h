/*
 * The nouns (noun.h), and what administrators may do with each: tables of facts that refuse, and of what the audit log
 * tells. The facts are looked up by the statements that store/admin_NOUN.c names beside an action.
 */
#ifndef SCIM_RULES_NOUNS_H
#define SCIM_RULES_NOUNS_H

#include "noun.h"

/* What is answered where there is none that is called so. */
extern const scim_refusal_t scim_flag_missing;

extern const scim_action_t scim_flag_add, scim_flag_set, scim_flag_remove;
extern const scim_action_t scim_link_add, scim_link_remove;

#endif
