/*
 * Shared by the files that read and write resources: statements' parameters, and records from rows.
 */
#ifndef SCIM_RESOURCES_PRIVATE_H
#define SCIM_RESOURCES_PRIVATE_H

#include "resources.h"

/* Which rows stand beside a document; index of the tables of statements. */
typedef enum { SCIM_RELATION_NONE, SCIM_RELATION_GROUPS, SCIM_RELATION_MEMBERS } scim_relation_e;

scim_relation_e scim_relation_of(const scim_resource_type_t *type, int wanted);

/* Parameters in text form, ended by SCIM_PARAMS_END; a NULL among them is SQL null. */
scim_param_t *scim_params(apr_pool_t *pool, ...);

/* Adds SQL made at run time with its values (const char *, $1 first); returns its slot. */
int scim_add_values(scim_batch_t *batch, const char *sql, const apr_array_header_t *values, apr_pool_t *pool);

/* A row of the columns in record.part, and in a column of its own the groups in the form of groups.part. */
scim_record_t *scim_record_read(const PGresult *result, int row, int relation, const scim_resource_type_t *type,
                                const scim_session_t *session);
#define SCIM_RELATION_COLUMN 5 /* where it most often is */
#define SCIM_DOCUMENT_COLUMN 4

/* Resources that are being read, perhaps with their members, which go to the session's spool (reading.c). */
#define SCIM_VERSION_COLUMN 1 /* null in what continues the resource of the row before */
typedef struct scim_reading_t {
    scim_session_t *session;
    const scim_search_t *search;      /* NULL: one resource, of `type`, with these parts of its members */
    const scim_resource_type_t *type; /* NULL where there is a search */
    int parts;
    scim_record_t *(*read_row)(const struct scim_reading_t *reading, const PGresult *result, int row);
    int slot;                    /* of the statement that is to be read */
    int streamed;                /* its rows are taken as they arrive */
    int start;                   /* how many records there were before it */
    apr_array_header_t *records; /* scim_record_t * */
    apr_array_header_t *keys;    /* const char *: of a list, the sort key of each record, or NULL */
    int rows;                    /* one more than the records where there are more than asked for */
    apr_int64_t total;           /* of a list without a filter: how many there are; -1 of others */
} scim_reading_t;

typedef scim_record_t *(*scim_read_row_t)(const scim_reading_t *reading, const PGresult *result, int row);

void scim_reading_begin(scim_reading_t *reading, scim_session_t *session, const scim_search_t *search,
                        scim_read_row_t read_row);

/* Has the rows of the statement in `slot` taken as they arrive. */
void scim_reading_stream(scim_reading_t *reading, scim_batch_t *batch);

/* Runs a batch that reads and changes nothing. Members may take as long as they do, while some arrive in time
 * (ScimDatabaseTimeout). */
scim_error_t *scim_reading_run(scim_reading_t *reading, scim_batch_t *batch);

/* When all was read. Errors: 503 where the members could not be kept. A write, which is done by then, does not fail for
 * that: its resource is answered without them. */
scim_error_t *scim_reading_end(scim_reading_t *reading);

/* The statement that reads one resource with its relation, added to a batch; it authenticates. Of a version that is in
 * `known`, which may be NULL, no members are read. `reading` gets the slot. */
void scim_add_get(scim_reading_t *reading, scim_batch_t *batch, scim_session_t *session,
                  const scim_resource_type_t *type, const char *id, int relation, const scim_versions_t *known);

/* What it read. *out is NULL where there is no such resource. Errors: as scim_reading_end. */
scim_error_t *scim_read_one(scim_record_t **out, scim_reading_t *reading, const scim_batch_t *batch);

/* The versions as the text of an SQL array; NULL for any. */
const char *scim_version_array(const scim_versions_t *versions, apr_pool_t *pool);

/* The statements that carry out changes of a group's memberships. `ids` of an add must be UUIDs (scim_members_check).
 */
scim_error_t *scim_add_members(scim_batch_t *batch, scim_session_t *session, const char *group_id,
                               const scim_members_op_t *op);

/* Refuses a member to be added whose value is no id at all. Errors: 400 invalidValue. */
scim_error_t *scim_members_check(const apr_array_header_t *ids, apr_pool_t *pool);

/* An error that was found without the database: told to whom authentication accepts. */
scim_error_t *scim_refuse(scim_session_t *session, scim_error_t *error);

scim_error_t *scim_not_found(const scim_resource_type_t *type, const char *id, apr_pool_t *pool);

#endif
