/*
 * What the audit log tells of a change of one resource.
 *
 * `before` and `after` hold the members of the document, and the facts beside it, that have changed, and nothing else.
 * `weight` is how many people may lose access by the change, and `logins` how many who keep it cannot log in as before:
 * what the guard against mass changes adds up.
 */
#ifndef SCIM_RULES_ENTRY_H
#define SCIM_RULES_ENTRY_H

#include "row.h"

typedef struct scim_entry_t {
    const char *action;  /* NULL: there is nothing to tell */
    const char *name;    /* what the resource is called; NULL: it has no name */
    json_object *before; /* NULL: nothing */
    json_object *after;
    int weight;
    int logins;
} scim_entry_t;

/* The entry of a change of a row that is there. Of a deleted group `weight` is 0 here: the database counts the people
 * in it. */
void scim_entry_change(scim_entry_t *entry, const scim_row_t *before, const scim_row_t *after, apr_pool_t *pool);

/* Whether an entry of that change of a user has a weight, or a login that was lost. */
int scim_entry_loses(const scim_row_t *before, const scim_row_t *after);

#endif
