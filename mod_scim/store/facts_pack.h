/*
 * Facts as bytes, for a cache that several processes share.
 *
 * The bytes are made and read by the same build of the module: a number of the layout comes first, and whatever does
 * not fit is taken for nothing. They are not trusted to be whole.
 */
#ifndef SCIM_FACTS_PACK_H
#define SCIM_FACTS_PACK_H

#include "facts.h"
#include "memory.h"
#include "scim/text.h"

/* Adds `facts`, and when they were read, to `out`. */
void scim_facts_pack(scim_buf_t *out, const scim_facts_t *facts, apr_time_t at);

/* Reads what was packed; NULL where it is not whole. *at gets when the facts were read. */
scim_facts_t *scim_facts_unpack(apr_time_t *at, const char *bytes, apr_size_t len, apr_pool_t *pool);

/* Adds a text to what facts are known by: NULL and "" are different values, and no two lists of parts look the same. */
void scim_facts_put_part(scim_buf_t *out, const char *text);

/* Adds the database, the tenant and the identity. */
void scim_facts_put_identity(scim_buf_t *out, const char *database, const scim_identity_t *identity);

/* What they are kept under: a digest of the database, the tenant and the identity. */
void scim_facts_key(unsigned char key[SCIM_MEMORY_KEY], const char *database, const scim_identity_t *identity,
                    apr_pool_t *pool);

#endif
