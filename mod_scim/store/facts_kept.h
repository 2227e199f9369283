/*
 * A process's cache of facts for authorization: the facts of recently requested accounts, with the snapshot in which
 * they were read.
 *
 * Cached facts are verified when they are used: one index look-up shows whether anything that affects accounts has
 * changed in the tenant since (sql/statements/facts_same.sql). If so, they are read again. So a decision always uses
 * the committed state, and reads one table instead of five or more.
 *
 *   a request of kim        -> facts of kim, read in snapshot 700:700:
 *   the next click          -> no change in the tenant since 700:700: -> the same facts
 *   something changes       -> the change's row in the tally is seen -> read again
 *
 * An entry is used for at most a minute, and not after this process has used another backend of PostgreSQL, which may
 * be another server with its own snapshots. The cache is bounded, and any thread may use it (places.h).
 */
#ifndef SCIM_FACTS_KEPT_H
#define SCIM_FACTS_KEPT_H

#include "facts.h"
#include "places.h"

/* `pool` must live as long as the process. NULL if no mutexes can be made. */
scim_facts_kept_t *scim_facts_kept_make(apr_pool_t *pool);

/* The key of an entry. */
typedef struct scim_kept_key_t {
    scim_places_key_t place;
    apr_uint64_t tenant; /* hash of the tenant only */
} scim_kept_key_t;

void scim_kept_key(scim_kept_key_t *key, const scim_facts_kept_t *kept, const scim_conn_t *conn,
                   const scim_identity_t *identity, const scim_wish_t *wish, apr_pool_t *pool);

/* The cached facts, in `pool`, and their snapshot (text); NULL: none, or the tenant changes so often that a look-up is
 * not worthwhile. */
scim_facts_t *scim_kept_find(const char **snapshot, scim_facts_kept_t *kept, const scim_kept_key_t *key,
                             const scim_conn_t *conn, apr_pool_t *pool);

/* Drops these facts and older ones of the tenant; for half a second the tenant's entries are not looked up. */
void scim_kept_changed(scim_facts_kept_t *kept, const scim_kept_key_t *key, const scim_conn_t *conn, apr_pool_t *pool);

/* Caches the facts of an account, unless they are too long. `snapshot` must be taken before they are read, and `met`
 * (scim_conn_met) before that. */
void scim_kept_put(scim_facts_kept_t *kept, const scim_kept_key_t *key, const scim_facts_t *facts, const char *snapshot,
                   unsigned met, apr_pool_t *pool);

#endif
