/*
 * The database's own version, in two parts.
 *
 * Numbered migrations (sql/NNNN-name.sql) make tables, indexes, policies, grants and data. Each runs once and has a row
 * in scim.migration.
 *
 * Views, functions, triggers and composite types (sql/code/) are replaced as a whole by each upgrade: sql/drop-code.sql
 * drops them, the missing migrations run, and sql/code/ makes them again. So a migration never meets a view that stands
 * in its way and never calls a function of another version, and what sql/code/ no longer has is gone. scim.code has the
 * checksum of sql/code/; the module and scimctl refuse a database that has another one.
 *
 * Before all of this sql/roles.sql makes the roles, memberships and settings that are missing, and takes TEMPORARY from
 * everybody: they are the cluster's and the database's, and in no dump of the schema.
 *
 * An upgrade is one transaction under one advisory lock, while no request is under way: all of it happens, or nothing.
 *
 * A database may be spread over the servers of a Citus cluster (docs/citus.md). Then sql/distribute.sql spreads the
 * tables that are new after the migrations, and the roles are made in a transaction of their own before the one of the
 * upgrade: the servers log in at one another as these.
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

extern const char *const scim_roles;      /* sql/roles.sql */
extern const char *const scim_distribute; /* sql/distribute.sql */
extern const char *const scim_code_drop;  /* sql/drop-code.sql */
extern const char *const scim_code;       /* sql/code/, in order */
extern const char scim_code_checksum[];   /* of sql/code/, in hexadecimal */

/* This build: "mod_scim 0.1.0". */
const char *scim_migrate_software(void);

/* The newest number this build knows: what the module needs. */
int scim_migrate_latest(void);

/* Waits until nobody else migrates, and keeps others from it until the connection ends: what is read after it, such as
 * the version, holds. */
scim_error_t *scim_migrate_lock(PGconn *pg, apr_pool_t *pool);

typedef enum {
    SCIM_SCHEMA_NONE,     /* never set up */
    SCIM_SCHEMA_OUTDATED, /* `scimctl db upgrade` is needed: migrations are missing, or the code is another */
    SCIM_SCHEMA_CURRENT,
    SCIM_SCHEMA_NEWER /* migrations that this build does not know */
} scim_schema_state_e;

/* How what a database has fits this build; `checksum` is "" where it has no code. */
scim_schema_state_e scim_migrate_state(int number, const char *checksum);

/* What the database has; 0 and "" where scim was never initialised. Errors: 403 for who may not ask, 500, 503. */
scim_error_t *scim_migrate_current(int *number, const char **checksum, PGconn *pg, apr_pool_t *pool);

/* 403: the user of the connection lacks the role that administrators need; cause is the latest message of `pg`. */
scim_error_t *scim_migrate_no_owner(PGconn *pg, apr_pool_t *pool);

/* Applies the migrations that are missing and replaces the code; *from and *to are the numbers before and after. With
 * `distribute` a new database is spread over the cluster that it belongs to; one that is set up already knows by itself
 * whether it is. Errors: 409 where the database is newer than this build, 400 where it shall be spread and belongs to
 * no cluster, 500 with the database's own message in cause, 503 where others have kept the tables locked for two
 * minutes.
 */
scim_error_t *scim_migrate_run(int *from, int *to, int distribute, PGconn *pg, apr_pool_t *pool);

#endif
