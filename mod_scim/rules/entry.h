/*
 * The audit log's entry for a change of one resource.
 *
 * `before` and `after` contain only the members of the document and the columns that have changed. `weight` is how many
 * people may lose access by the change, `logins` how many keep access but cannot log in as before; the guard against
 * mass changes adds these up.
 */
#ifndef SCIM_RULES_ENTRY_H
#define SCIM_RULES_ENTRY_H

#include "row.h"

typedef struct scim_entry_t {
    const char *action;  /* NULL: there is no entry */
    const char *name;    /* the resource's name; NULL: none */
    json_object *before; /* NULL: nothing */
    json_object *after;
    int weight;
    int logins;
} scim_entry_t;

/* The entry for a change of a stored row. For a deleted group `weight` is 0 here: the database counts its people. */
void scim_entry_change(scim_entry_t *entry, const scim_row_t *before, const scim_row_t *after, apr_pool_t *pool);

/* Whether the entry for this change of a user has a weight or a lost login. */
int scim_entry_loses(const scim_row_t *before, const scim_row_t *after);

#endif
