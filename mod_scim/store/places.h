/*
 * A bounded cache of one process: byte strings under keys that clients choose.
 *
 * Keys and values are copied in and values are copied out, so any thread may use it. A key may be in one of eight
 * places, chosen by its hash; if all are taken, the oldest entry is dropped. The cache takes up to 8 MiB, and any entry
 * may be gone at any time. The caller decides how long an entry is valid.
 */
#ifndef SCIM_PLACES_H
#define SCIM_PLACES_H

#include <apr_pools.h>
#include <apr_time.h>

typedef struct scim_places_t scim_places_t;

typedef struct scim_places_key_t {
    const char *bytes;
    apr_size_t len;
    apr_uint64_t hash;
} scim_places_key_t;

/* `pool` must live as long as the process. NULL if no mutex can be made. */
scim_places_t *scim_places_make(apr_pool_t *pool);

/* A hash with a secret of the process, so that clients cannot predict it. */
apr_uint64_t scim_places_hash(const scim_places_t *places, const char *bytes, apr_size_t len);

/* The key of these bytes, which are not copied. */
scim_places_key_t scim_places_key(const scim_places_t *places, const char *bytes, apr_size_t len);

/* Returns a copy of the value in `pool`, its length and the time given to scim_places_put; NULL if there is none. */
const char *scim_places_get(apr_size_t *len, apr_time_t *at, const scim_places_t *places, const scim_places_key_t *key,
                            apr_pool_t *pool);

/* Replaces the entry with the same key. An entry of more than 1,024 bytes, with its key, is not stored. */
void scim_places_put(scim_places_t *places, const scim_places_key_t *key, const char *value, apr_size_t len,
                     apr_time_t at);

#endif
