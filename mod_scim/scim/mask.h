/*
 * Taking values out of what is kept for people to read: activity, the error log, httpd's access logs.
 *
 * A name is an attribute's, whatever the case; lists of names have commas between them. What is called so loses its
 * value at any depth, in whatever way a message names it: as a member ("emails"), in the name of one
 * ("name.familyName", "emails[type eq \"work\"].value", "urn:...:User:employeeNumber"), or in the `path` of a PATCH
 * operation, whose `value` then goes, as do the values that it compares with. Of a filter that names one all values go.
 *
 * The word `personal` in the list stands for all that tells who somebody is: the attributes whose schema says
 * "personal", every name that no schema has, and whatever has an @ in it.
 *
 * What cannot be read as what it should be (a filter, a path, a number, JSON in a string) is masked whole, where
 * anything of the tenant's is to be masked at all or where it speaks of a secret: nobody can say what in it is a value.
 * A parameter of a URL that SCIM does not have loses its value always.
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
    const char *secret; /* names of what is never answered (scim_schemas_t); passwords are among them in any case */
    const char *names;  /* what the tenant wants masked, "" nothing; NULL: not known yet, so every value is masked */
    const scim_schemas_t *schemas; /* what `personal` means; NULL: nothing */
} scim_mask_t;

/* Masks `value`, which is changed. */
void scim_mask_json(json_object *value, const scim_mask_t *mask, apr_pool_t *pool);

/* A path and query of the endpoint, percent-encoded or not. Its first `skip` bytes stay: the Location, say. Returns
 * `url` where there is nothing to mask. NULL for NULL. */
const char *scim_mask_url(const char *url, apr_size_t skip, const scim_mask_t *mask, apr_pool_t *pool);

/* An error's detail or cause, which may quote what has quotes in itself: where it may speak of what is masked,
 * everything between its first quote and its last one goes. Where it is not known what the tenant masks, secrets alone
 * are. Returns `text` where there is nothing to mask. NULL for NULL. */
const char *scim_mask_detail(const char *text, const scim_mask_t *mask, apr_pool_t *pool);

/* The same of what PostgreSQL or the system said of a fault that is not the request's: it quotes names of files, hosts
 * and roles, which whoever mends it must read. What is personal is masked in it where it has an @. */
const char *scim_mask_fault(const char *text, const scim_mask_t *mask, apr_pool_t *pool);

/* Masks what a dry run would have changed, JSON text as scim.changes makes it: of each item what was before and after,
 * and the name of a resource where the attribute is masked that it is made of. NULL for NULL. */
const char *scim_mask_changes(const char *changes, const scim_mask_t *mask, apr_pool_t *pool);

#endif
