/*
 * A connection to PostgreSQL, borrowed from mod_dbd for the time that a request's database work takes.
 *
 * mod_dbd lends for ever and waits for ever, and connects under its pool's lock, so each child has a gate in front of
 * every pool (gate.h), where requests wait for a limited time. A connection must be given back before the first byte of
 * the answer is written, so that a slow client holds none. What is forgotten is given back with the request's pool.
 * mod_dbd is reached by its optional functions: it may be loaded after this module.
 */
#ifndef SCIM_DATABASE_H
#define SCIM_DATABASE_H

#include <httpd.h>

#include "configuration.h"
#include "gate.h"
#include "scim/error.h"
#include "store/connection.h"

typedef struct scim_pool_t scim_pool_t; /* of connections */
typedef struct scim_database_t scim_database_t;

/* Made when the configuration is checked; `size` is DBDMax, `params` DBDParams, or NULL. */
scim_pool_t *scim_pool_make(int size, const char *params, apr_pool_t *pool);

/* Memory in which the children see whether one of them has told the error log what server it has found; before they are
 * made. */
apr_status_t scim_database_start(apr_pool_t *pconf, server_rec *main_server);

/* A pool of connections at the moment, of all children of this httpd together. A child that was killed leaves what it
 * had until httpd is restarted. */
typedef struct scim_pool_state_t {
    const char *database; /* "scim at db.example.org" */
    apr_uint32_t lent;    /* to requests */
    apr_uint32_t open;    /* that mod_scim has used and mod_dbd has not closed; those that are lent among them */
    int most;             /* that may be open */
} scim_pool_state_t;

/* Of each pool: scim_pool_state_t. */
apr_array_header_t *scim_database_pools(const server_rec *main_server, apr_pool_t *pool);

/* Gives the gates of a child their locks, and a place where it remembers the rules of tenants; hook child_init. */
void scim_database_child_init(apr_pool_t *child, server_rec *main_server);

/* Fills who wants a connection, as the directives of a Location have it; the caller adds the token and what it does. */
void scim_database_guest(scim_guest_t *guest, const char *tenant, const scim_dir_config_t *config);

/* Borrows a connection; `pool` lives as long as the work. Errors: 503 with Retry-After (none got free in time,
 * unreachable, not usable), 429 with Retry-After (the tenant, or the token, uses its share). */
scim_error_t *scim_database_borrow(scim_database_t **out, server_rec *server, const scim_guest_t *guest,
                                   apr_interval_time_t timeout, apr_pool_t *pool);

/* Which database a server asks, as DBDParams has it; NULL: none. */
const char *scim_database_params(server_rec *server);

scim_conn_t *scim_database_connection(const scim_database_t *database);

/* Gives it back; a second call does nothing. NULL is allowed. */
void scim_database_close(scim_database_t *database);

#endif
