/*
 * A cache for lists: page positions and totals for later requests.
 *
 * The cache itself is provided by httpd/pages.c (httpd's shared object cache). An entry may vanish at any time, and
 * must be verified when it is used. A key is a digest of everything that the value depends on, including the database,
 * because nodes, and virtual hosts with different databases, may share one cache.
 */
#ifndef SCIM_MEMORY_H
#define SCIM_MEMORY_H

#include <apr_pools.h>
#include <apr_tables.h>

#define SCIM_MEMORY_KEY   32   /* bytes of a key */
#define SCIM_MEMORY_VALUE 4096 /* bytes of a value, at most */

typedef struct scim_memory_t scim_memory_t;

struct scim_memory_t {
    /* Copies the value to `value` and returns its length; 0 if there is none. */
    apr_size_t (*recall)(const scim_memory_t *memory, const unsigned char *key, char *value, apr_pool_t *pool);
    void (*keep)(const scim_memory_t *memory, const unsigned char *key, const char *value, apr_size_t len,
                 apr_pool_t *pool);
};

struct scim_session_t;

typedef struct scim_memory_key_t {
    unsigned char bytes[SCIM_MEMORY_KEY];
} scim_memory_key_t;

/* `what` names the kind of value; `text` and `values` (const char *, NULL allowed) are the query. */
void scim_memory_key(scim_memory_key_t *out, const struct scim_session_t *session, const char *what, const char *text,
                     const apr_array_header_t *values);

/* The value, NUL-terminated, in the session's pool; NULL if there is none, or the session has no cache. */
const char *scim_memory_recall(const struct scim_session_t *session, const scim_memory_key_t *key);

/* Stores a value, unless it is too long. */
void scim_memory_keep(const struct scim_session_t *session, const scim_memory_key_t *key, const char *value);

#endif
