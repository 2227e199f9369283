/*
 * Templates: what a user gets when it first appears.
 *
 * They are for each account that is made, by whomever, and not for one that comes back; in the order of priority. A
 * template's condition is a SCIM filter on the account as it is then: with the groups that templates before it have
 * given. The first that gives a role gives it, unless one was sent. All that match give their groups, subscriptions and
 * flags.
 *
 *   the templates A {"role": "user", "flags": ["new"]} and B {"condition": "title pr", "role": "boss"}, and a new
 *   account with a title and without a role: its row has the role "user" and the flag "new"; told is what both gave
 *
 * Role and flags are in the new row. The rest is written behind it by the statement templates_give, of what
 * scim_giving_t has collected: a list with an object for each template, which has
 *
 *   n, template, templateId          its place in the order, its name and id
 *   groups, subscriptions, flags     what it gives: ids, ids, names
 *   users                            the ids of those it is for
 *   role, roles                      the role, and the ids of those who have it of this template
 *   changes                          of each row that it changed: user, before, after (entry.h)
 *   failed                           instead of these, but for users: why its condition cannot be asked
 */
#ifndef SCIM_RULES_TEMPLATE_H
#define SCIM_RULES_TEMPLATE_H

#include "row.h"
#include "scim/filter.h"

typedef struct scim_template_t {
    const char *id;
    const char *name;
    const scim_filter_t *condition;    /* NULL: for all */
    const char *failed;                /* why the condition cannot be asked; NULL: it can */
    const char *role;                  /* NULL: none */
    apr_array_header_t *groups;        /* const char *: ids */
    apr_array_header_t *subscriptions; /* const char *: ids */
    apr_array_header_t *flags;         /* const char *: names */
} scim_template_t;

/* The templates of a tenant. */
typedef struct scim_templates_t {
    apr_array_header_t *list;         /* scim_template_t, in the order in which they are applied */
    const scim_resource_type_t *type; /* of users; NULL: the schemas are not known, so no condition can be asked */
    int conditions;                   /* one has a condition */
    int groups;                       /* one has a condition that asks for groups, and another gives some */
} scim_templates_t;

/* Reads the list that sql/statements/templates_listed.part tells. `schemas` may be NULL. */
scim_templates_t *scim_templates_read(json_object *list, const scim_schemas_t *schemas, apr_pool_t *pool);

/* What is collected for new accounts that are made together. */
typedef struct scim_giving_t {
    const scim_templates_t *templates;
    json_object *above; /* of groups that templates give, by id: a list of [id, displayName, whether direct] of the
                           groups that a member of it is in, as clients see them; NULL: none of them is asked for */
    json_object *given; /* the list; NULL: nothing */
    apr_pool_t *pool;
} scim_giving_t;

/* Decides what a new account gets; `id` is its id. Of `row` role and flags are changed. */
void scim_give(scim_giving_t *giving, const char *id, scim_row_t *row);

#endif
