/*
 * Masks values in texts for people: activity, the error log, httpd's access logs.
 *
 * Masked attributes are given by name, without case, in comma-separated lists. Their values are masked at any depth,
 * however a message names them: as a member ("emails"), in a member's name ("name.familyName", "emails[type eq
 * \"work\"].value", "urn:...:User:employeeNumber"), or in the `path` of a PATCH operation, whose `value` and compared
 * values are then masked. In a filter that names one all values are masked.
 *
 * The word `personal` in the list stands for everything that identifies a person: the attributes marked "personal" in
 * their schema, every name that no schema has, and each value with an @.
 *
 * Text that cannot be parsed (a filter, a path, a number, JSON in a string) is masked whole, because its values cannot
 * be found, if the tenant masks anything or if it names a secret. The value of a URL parameter that SCIM does not
 * define is always masked.
 *
 *     /Users?filter=emails eq "x"      -> /Users?filter=emails eq "***"
 *     /Users?filter=emails eq 'x'      -> /Users?filter=***
 *     /Users?FILTER=emails+eq+x&key=x  -> /Users?FILTER=emails+eq+***&key=***
 *     {"path":"password=x","value":1}  -> {"path":"***","value":"***"}
 */
#ifndef SCIM_MASK_H
#define SCIM_MASK_H

#include <apr_pools.h>
#include <json-c/json.h>

#include "schema.h"

#define SCIM_MASK_PERSONAL "personal"

/* What is masked. */
typedef struct scim_mask_t {
    const char *secret; /* names of attributes that are never returned (scim_schemas_t), and always passwords */
    const char *names;  /* the tenant's mask; "": nothing; NULL: not known yet, so every value is masked */
    const scim_schemas_t *schemas; /* what `personal` means; NULL: nothing */
} scim_mask_t;

/* Masks `value` in place. */
void scim_mask_json(json_object *value, const scim_mask_t *mask, apr_pool_t *pool);

/* A path and query of the endpoint, percent-encoded or not. Its first `skip` bytes stay, for example the Location.
 * Returns `url` if there is nothing to mask. NULL for NULL. */
const char *scim_mask_url(const char *url, apr_size_t skip, const scim_mask_t *mask, apr_pool_t *pool);

/* An error's detail or cause. A quoted value may itself contain quotes: if the text may name a masked attribute,
 * everything between its first and its last quote is masked. If the tenant's mask is unknown, only secrets are masked.
 * Returns `text` if there is nothing to mask. NULL for NULL. */
const char *scim_mask_detail(const char *text, const scim_mask_t *mask, apr_pool_t *pool);

/* The same for a text of PostgreSQL or the system about a fault that the request did not cause: it quotes names of
 * files, hosts and roles, which the operator needs. Of personal data only texts with an @ are masked. */
const char *scim_mask_fault(const char *text, const scim_mask_t *mask, apr_pool_t *pool);

/* Masks the changes of a dry run, JSON text made by scim.changes: `before` and `after` of each item, and the name of a
 * resource if the name comes from a masked attribute. NULL for NULL. */
const char *scim_mask_changes(const char *changes, const scim_mask_t *mask, apr_pool_t *pool);

#endif
