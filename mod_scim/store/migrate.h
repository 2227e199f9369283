/*
 * The database's own version: numbered migrations (sql/NNNN-name.sql), built in, each applied in a transaction of its
 * own together with its row in scim.migration, all under one advisory lock.
 */
#ifndef SCIM_MIGRATE_H
#define SCIM_MIGRATE_H

#include "connection.h"

typedef struct scim_migration_t {
    int number;
    const char *name; /* "0001-foundation" */
    const char *sql;
} scim_migration_t;

/* All migrations, ascending, ended by number 0; generated from sql/ by the build. */
extern const scim_migration_t scim_migrations[];

/* The newest number this build knows: what the module needs. */
int scim_migrate_latest(void);

/* Waits until nobody else migrates, and keeps others from it until the connection ends: what is read after it, such as
 * the version, holds. */
scim_error_t *scim_migrate_lock(PGconn *pg, apr_pool_t *pool);

/* The number the database is at; 0 where scim was never initialised. Errors: 403 for who may not ask, 500, 503. */
scim_error_t *scim_migrate_current(int *number, PGconn *pg, apr_pool_t *pool);

/* 403: the user of the connection lacks the role that administrators need; cause is the latest message of `pg`. */
scim_error_t *scim_migrate_no_owner(PGconn *pg, apr_pool_t *pool);

/* Applies what is missing; *from and *to tell what happened. Errors: 409 where the database is newer than this build,
 * 500 with the database's own message in cause. */
scim_error_t *scim_migrate_run(int *from, int *to, PGconn *pg, apr_pool_t *pool);

#endif
