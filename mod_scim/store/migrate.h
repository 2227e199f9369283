/*
 * The database's own version, in two parts.
 *
 * Numbered migrations (sql/NNNN-name.sql) make tables, indexes, policies, grants and data. Each runs once and has a row
 * in scim.migration.
 *
 * Each upgrade replaces all views, functions, triggers and composite types (sql/code/): sql/drop-code.sql drops them,
 * the missing migrations run, and sql/code/ creates them again. So no view can block a migration, a migration never
 * calls a function of another version, and objects that are not in sql/code/ any more are removed. scim.code has the
 * checksum of sql/code/; the module and scimctl refuse a database with another checksum.
 *
 * Before that, sql/roles.sql creates missing roles, memberships and settings, and revokes TEMPORARY from PUBLIC: these
 * belong to the cluster and the database, and no dump of the schema contains them.
 *
 * An upgrade is one transaction under one advisory lock, while no request is running: all or nothing.
 *
 * A database may be distributed over the servers of a Citus cluster (docs/citus.md). Then sql/distribute.sql
 * distributes new tables after the migrations, and the roles are created in a separate transaction before the upgrade,
 * because the servers log in to each other as these roles.
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

/* Takes the migration lock until the connection ends, so that values read afterwards, such as the version, stay valid.
 */
scim_error_t *scim_migrate_lock(PGconn *pg, apr_pool_t *pool);

typedef enum {
    SCIM_SCHEMA_NONE,     /* never set up */
    SCIM_SCHEMA_OUTDATED, /* `scimctl db upgrade` is needed: migrations are missing, or the code differs */
    SCIM_SCHEMA_CURRENT,
    SCIM_SCHEMA_NEWER /* migrations that this build does not know */
} scim_schema_state_e;

/* Compares a database with this build; `checksum` is "" if it has no code. */
scim_schema_state_e scim_migrate_state(int number, const char *checksum);

/* The database's version and checksum; 0 and "" if scim was never initialised. Errors: 403 if the user may not read
 * them, 500, 503. */
scim_error_t *scim_migrate_current(int *number, const char **checksum, PGconn *pg, apr_pool_t *pool);

/* 403: the connection's user lacks the administrators' role; cause is the latest message of `pg`. */
scim_error_t *scim_migrate_no_owner(PGconn *pg, apr_pool_t *pool);

/* Applies the missing migrations and replaces the code; *from and *to are the versions before and after. With
 * `distribute` a new database is distributed over its cluster; an existing one stays distributed or not. Errors: 409 if
 * the database is newer than this build, 400 if `distribute` is set and it belongs to no cluster, 500 with the
 * database's message in cause, 503 if others have locked the tables for two minutes.
 */
scim_error_t *scim_migrate_run(int *from, int *to, int distribute, PGconn *pg, apr_pool_t *pool);

#endif
