/*
 * What a process remembers of decisions: the facts of accounts that were asked for lately, by the snapshot in which
 * they were read.
 *
 * Facts are remembered, and verified where they are used: one look at an index tells whether anything that decides
 * about accounts has changed in the tenant since (sql/statements/facts_same.sql). Where something has, they are read
 * anew. So a decision is always by committed state, and costs one table instead of five or more.
 *
 *   a person asks           -> facts of kim, read in snapshot 700:700:
 *   the next click          -> no change in the tenant since 700:700: -> the same facts
 *   anything is changed     -> the change's row of the tally is seen  -> read anew
 *
 * Nothing is used for longer than a minute, nor after this process has met another backend of PostgreSQL: that may be
 * another server, whose snapshots are its own. The place of one is taken by another, so it is bounded: 8 MiB. Any
 * thread may use it.
 */
#ifndef SCIM_FACTS_KEPT_H
#define SCIM_FACTS_KEPT_H

#include "facts.h"

/* `pool` lives as long as the process. NULL where threads cannot be kept apart. */
scim_facts_kept_t *scim_facts_kept_make(apr_pool_t *pool);

/* What one question is known by. */
typedef struct scim_kept_key_t {
    const char *bytes;
    apr_size_t len;
    apr_uint64_t hash;
    apr_uint64_t tenant; /* hash of the tenant alone */
} scim_kept_key_t;

void scim_kept_key(scim_kept_key_t *key, const scim_facts_kept_t *kept, const scim_conn_t *conn,
                   const scim_identity_t *identity, const scim_wish_t *wish, apr_pool_t *pool);

/* The facts that are remembered, in `pool`, and the snapshot (text) that they are of; NULL: none, or the tenant changes
 * so often that a look would be in vain. */
scim_facts_t *scim_kept_find(const char **snapshot, scim_facts_kept_t *kept, const scim_kept_key_t *key,
                             const scim_conn_t *conn, apr_pool_t *pool);

/* They hold no longer, nor do those of the tenant that were read earlier; for half a second none is looked at. */
void scim_kept_changed(scim_facts_kept_t *kept, const scim_kept_key_t *key, const scim_conn_t *conn);

/* Remembers the facts of an account, where they are not too long. `snapshot` was taken before they were read, and `met`
 * (scim_conn_met) before that. */
void scim_kept_put(scim_facts_kept_t *kept, const scim_kept_key_t *key, const scim_facts_t *facts, const char *snapshot,
                   unsigned met, apr_pool_t *pool);

#endif
