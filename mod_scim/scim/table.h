/*
 * Hash tables whose keys a client chooses: values of lists, ids of members, bulkIds, targets of operations.
 *
 * APR's hash function is public: a client can choose keys that all fall into one bucket, so that a request with n keys
 * takes n * n steps. These tables use SipHash-2-4 with a secret random key of the process. They are apr_hash_t, used by
 * apr_hash_get and apr_hash_set as any other; only tables whose keys come from the configuration or are addresses may
 * be made by apr_hash_make (t/guards/45-tables).
 */
#ifndef SCIM_TABLE_H
#define SCIM_TABLE_H

#include <apr_hash.h>

apr_hash_t *scim_table_make(apr_pool_t *pool);

/* Adds a resource's id to a set; returns 0 if the set has it already. Ids are UUIDs, which are compared without case.
 */
int scim_table_add_id(apr_hash_t *ids, const char *id, apr_pool_t *pool);

/* SipHash-2-4 of bytes[0..len) under a key of two halves (Aumasson and Bernstein, 2012). */
apr_uint64_t scim_siphash(const apr_uint64_t key[2], const char *bytes, apr_size_t len);

#endif
