/*
 * Facts as bytes, for the caches of one process and of several.
 *
 * The same build of the module writes and reads the bytes: they begin with a layout number, and bytes that do not fit
 * are ignored. Reading checks that they are complete.
 */
#ifndef SCIM_FACTS_PACK_H
#define SCIM_FACTS_PACK_H

#include "facts.h"
#include "memory.h"
#include "scim/text.h"

/* Adds `facts`, and when they were read, to `out`. */
void scim_facts_pack(scim_buf_t *out, const scim_facts_t *facts, apr_time_t at);

/* Reads packed facts; NULL if they are incomplete. *at gets when the facts were read. The texts point into `bytes`,
 * which must live as long as the facts. */
scim_facts_t *scim_facts_unpack(apr_time_t *at, const char *bytes, apr_size_t len, apr_pool_t *pool);

/* Adds a part to a cache key: NULL and "" are different, and different lists of parts give different keys. */
void scim_facts_put_part(scim_buf_t *out, const char *text);

/* Adds the tenant and the identity. */
void scim_facts_put_identity(scim_buf_t *out, const scim_identity_t *identity);

/* The key of facts in the shared cache: a digest of the database, the tenant and the identity. */
void scim_facts_key(unsigned char key[SCIM_MEMORY_KEY], const char *database, const scim_identity_t *identity,
                    apr_pool_t *pool);

#endif
