/*
 * A connection to PostgreSQL, borrowed from mod_dbd only while a request works on the database.
 *
 * mod_dbd waits without a timeout, keeps a connection until the request ends, and connects while it holds its pool's
 * lock. So each child has a gate in front of every pool (gate.h), where requests wait with a timeout. A connection must
 * be returned before the first byte of the answer is written, so that a slow client holds none; the request's pool
 * returns a forgotten one. mod_dbd is called by its optional functions, because it may be loaded after this module.
 */
#ifndef SCIM_DATABASE_H
#define SCIM_DATABASE_H

#include <httpd.h>

#include "configuration.h"
#include "gate.h"
#include "scim/error.h"
#include "store/connection.h"

typedef struct scim_pool_t scim_pool_t; /* a pool of connections */
typedef struct scim_database_t scim_database_t;

/* Made when the configuration is checked; `size` is DBDMax, `params` DBDParams, or NULL. */
scim_pool_t *scim_pool_make(int size, const char *params, apr_pool_t *pool);

/* Creates shared memory, before the children are started, in which they record that the error log has the server's
 * version. */
apr_status_t scim_database_start(apr_pool_t *pconf, server_rec *main_server);

/* The current state of a connection pool, summed over all children of this httpd. The numbers of a killed child stay
 * until httpd is restarted. */
typedef struct scim_pool_state_t {
    const char *database; /* "scim at db.example.org" */
    apr_uint32_t lent;    /* in use by requests */
    apr_uint32_t open;    /* used by mod_scim and not closed by mod_dbd, including those in use */
    int most;             /* maximum */
} scim_pool_state_t;

/* A scim_pool_state_t for each pool. */
apr_array_header_t *scim_database_pools(const server_rec *main_server, apr_pool_t *pool);

/* Creates the locks of a child's gates, and its cache of tenants' rules; hook child_init. */
void scim_database_child_init(apr_pool_t *child, server_rec *main_server);

/* Fills in a guest by the directives of a Location; the caller adds the token and `slow`. */
void scim_database_guest(scim_guest_t *guest, const char *tenant, const scim_dir_config_t *config);

/* Borrows a connection; `pool` lives as long as the work. Errors: 503 with Retry-After (none was free in time,
 * unreachable, not usable), 429 with Retry-After (the tenant, or the token, uses its share). */
scim_error_t *scim_database_borrow(scim_database_t **out, server_rec *server, const scim_guest_t *guest,
                                   apr_interval_time_t timeout, apr_pool_t *pool);

/* A server's DBDParams; NULL: none. */
const char *scim_database_params(server_rec *server);

scim_conn_t *scim_database_connection(const scim_database_t *database);

/* Returns it; a second call does nothing. NULL is allowed. */
void scim_database_close(scim_database_t *database);

#endif
