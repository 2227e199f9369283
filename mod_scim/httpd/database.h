/*
 * A connection to PostgreSQL, borrowed from mod_dbd for the time that a request's database work takes.
 *
 * mod_dbd lends for ever and waits for ever, so each child has a gate in front of every pool: as many may pass as the
 * pool has connections (DBDMax), the others wait for a limited time. mod_dbd also connects under its pool's lock, so
 * the gate lets them pass one after the other: who waits for another's attempt to connect waits here, where the wait
 * ends. A connection must be given back before the first byte of the answer is written, so that a slow client holds
 * none. What is forgotten is given back with the request's pool. mod_dbd is reached by its optional functions: it may
 * be loaded after this module.
 */
#ifndef SCIM_DATABASE_H
#define SCIM_DATABASE_H

#include <httpd.h>

#include "scim/error.h"
#include "store/connection.h"

typedef struct scim_gate_t scim_gate_t;
typedef struct scim_database_t scim_database_t;

/* Made when the configuration is checked; `size` is DBDMax. */
scim_gate_t *scim_gate_make(int size, apr_pool_t *pool);

/* Gives the gates of a child their locks; hook child_init. */
void scim_database_child_init(apr_pool_t *child, server_rec *main_server);

/* Borrows a connection. Errors: 503 with Retry-After (none got free in time, unreachable, not usable). */
scim_error_t *scim_database_open(scim_database_t **out, request_rec *r);

/* The same for what is no request's: of this server, with limits of its own. `pool` lives as long as the work. */
scim_error_t *scim_database_borrow(scim_database_t **out, server_rec *server, apr_interval_time_t wait,
                                   apr_interval_time_t timeout, apr_pool_t *pool);

scim_conn_t *scim_database_connection(const scim_database_t *database);

/* Gives it back; a second call does nothing. NULL is allowed. */
void scim_database_close(scim_database_t *database);

#endif
