/*
 * What a list leaves behind for later ones, so that these need not find it out again.
 *
 * A cache that somebody else keeps (httpd/pages.c: httpd's shared object cache): everything in it may be gone at any
 * time, and nothing is ever true because it is in it. A key is a digest of all that the value depends on; the database
 * is among it, since nodes, and virtual hosts with databases of their own, may share one cache.
 */
#ifndef SCIM_MEMORY_H
#define SCIM_MEMORY_H

#include <apr_pools.h>
#include <apr_tables.h>

#define SCIM_MEMORY_KEY   32   /* bytes of a key */
#define SCIM_MEMORY_VALUE 4096 /* bytes of a value, at most */

typedef struct scim_memory_t scim_memory_t;

struct scim_memory_t {
    /* Copies the value to `value` and returns its length; 0 where there is none. */
    apr_size_t (*recall)(const scim_memory_t *memory, const unsigned char *key, char *value, apr_pool_t *pool);
    void (*keep)(const scim_memory_t *memory, const unsigned char *key, const char *value, apr_size_t len,
                 apr_pool_t *pool);
};

struct scim_session_t;

typedef struct scim_memory_key_t {
    unsigned char bytes[SCIM_MEMORY_KEY];
} scim_memory_key_t;

/* `what` names the kind of value; `text` and `values` (const char *, NULL allowed) are what it is the answer to. */
void scim_memory_key(scim_memory_key_t *out, const struct scim_session_t *session, const char *what, const char *text,
                     const apr_array_header_t *values);

/* The value, ended by NUL, in the session's pool; NULL where there is none, or the session has no memory. */
const char *scim_memory_recall(const struct scim_session_t *session, const scim_memory_key_t *key);

/* What is too long is not kept. */
void scim_memory_keep(const struct scim_session_t *session, const scim_memory_key_t *key, const char *value);

#endif
