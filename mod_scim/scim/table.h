/*
 * Hash tables whose keys a client chooses: values of lists, ids of members, bulkIds, targets of operations.
 *
 * APR's own hash function is known: a client who sends keys that it puts into one bucket makes a list of the table, and
 * a request of n keys costs n * n. These tables hash with SipHash-2-4 and a random key that the process makes once and
 * tells nobody. They are apr_hash_t, used by apr_hash_get and apr_hash_set as any other; only tables whose keys come
 * from the configuration or are addresses may be made by apr_hash_make (t/guards/45-tables).
 */
#ifndef SCIM_TABLE_H
#define SCIM_TABLE_H

#include <apr_hash.h>

apr_hash_t *scim_table_make(apr_pool_t *pool);

/* Adds a resource's id to a set of ids; returns 0 where the set has it already. Ids are UUIDs, which have no case. */
int scim_table_add_id(apr_hash_t *ids, const char *id, apr_pool_t *pool);

/* SipHash-2-4 of bytes[0..len) under a key of two halves (Aumasson and Bernstein, 2012). */
apr_uint64_t scim_siphash(const apr_uint64_t key[2], const char *bytes, apr_size_t len);

#endif
