/*
 * Templates: what a new user gets.
 *
 * They apply to each account when it is made by anybody, not when it is restored, in the order of priority. A
 * template's condition is a SCIM filter on the account, including the groups that earlier templates have given. The
 * role comes from the first matching template that has one, unless a role was sent. All matching templates give their
 * groups, subscriptions and flags.
 *
 *   the templates A {"role": "user", "flags": ["new"]} and B {"condition": "title pr", "role": "boss"}, and a new
 *   account with a title and without a role: its row gets the role "user" and the flag "new"; the audit log has what
 *   both gave
 *
 * Role and flags are in the new row. The statement templates_give writes the rest after it, from the list that
 * scim_giving_t has collected: an object for each template, with
 *
 *   n, template, templateId          its position in the order, its name and id
 *   groups, subscriptions, flags     what it gives: ids, ids, names
 *   users                            the ids of the users that it applies to
 *   role, roles                      the role, and the ids of the users who get it from this template
 *   changes                          for each row that it changed: user, before, after (entry.h)
 *   failed                           why its condition cannot be evaluated; then only this and `users` are present
 */
#ifndef SCIM_RULES_TEMPLATE_H
#define SCIM_RULES_TEMPLATE_H

#include "row.h"
#include "scim/filter.h"

typedef struct scim_template_t {
    const char *id;
    const char *name;
    const scim_filter_t *condition;    /* NULL: for all */
    const char *failed;                /* why the condition cannot be evaluated; NULL: it can */
    const char *role;                  /* NULL: none */
    apr_array_header_t *groups;        /* const char *: ids */
    apr_array_header_t *subscriptions; /* const char *: ids */
    apr_array_header_t *flags;         /* const char *: names */
} scim_template_t;

/* The templates of a tenant. */
typedef struct scim_templates_t {
    apr_array_header_t *list;         /* scim_template_t, in the order in which they are applied */
    const scim_resource_type_t *type; /* User; NULL: the schemas are unknown, so no condition can be evaluated */
    int conditions;                   /* some template has a condition */
    int groups;                       /* some condition uses groups, and another template gives groups */
} scim_templates_t;

/* Reads the list from sql/statements/templates_listed.part. `schemas` may be NULL. */
scim_templates_t *scim_templates_read(json_object *list, const scim_schemas_t *schemas, apr_pool_t *pool);

/* What templates give to accounts that are made together. */
typedef struct scim_giving_t {
    const scim_templates_t *templates;
    json_object *above; /* for each group that a template gives, by id: the groups that its members are in, as clients
                           see them, as a list of [id, displayName, direct]; NULL: no condition needs them */
    json_object *given; /* the list; NULL: nothing */
    apr_pool_t *pool;
} scim_giving_t;

/* Decides what the new account `id` gets. Changes role and flags of `row`. */
void scim_give(scim_giving_t *giving, const char *id, scim_row_t *row);

#endif
