/*
 * Shared by the files that read and write resources: statements' parameters, and records from rows.
 */
#ifndef SCIM_RESOURCES_PRIVATE_H
#define SCIM_RESOURCES_PRIVATE_H

#include "resources.h"

/* The rows in addition to a document; an index into tables of statements. */
typedef enum { SCIM_RELATION_NONE, SCIM_RELATION_GROUPS, SCIM_RELATION_MEMBERS } scim_relation_e;

scim_relation_e scim_relation_of(const scim_resource_type_t *type, int wanted);

/* Parameters in text form, ending with SCIM_PARAMS_END; NULL is SQL null. */
scim_param_t *scim_params(apr_pool_t *pool, ...);

/* Adds SQL made at run time with its values (const char *, $1 first); returns its slot. */
int scim_add_values(scim_batch_t *batch, const char *sql, const apr_array_header_t *values, apr_pool_t *pool);

/* Reads a row with the columns of record.part, and a column with the groups in the form of groups.part. */
scim_record_t *scim_record_read(const PGresult *result, int row, int relation, const scim_resource_type_t *type,
                                const scim_session_t *session);
#define SCIM_RELATION_COLUMN 5 /* where it most often is */
#define SCIM_DOCUMENT_COLUMN 4

/* Resources that are being read, perhaps with their members, which are written to the session's spool (reading.c). */
#define SCIM_VERSION_COLUMN 1 /* null in what continues the resource of the row before */
typedef struct scim_reading_t {
    scim_session_t *session;
    const scim_search_t *search;      /* NULL: one resource of `type`, with `parts` of its members */
    const scim_resource_type_t *type; /* NULL if there is a search */
    int parts;
    scim_record_t *(*read_row)(const struct scim_reading_t *reading, const PGresult *result, int row);
    int slot;                    /* of the reading statement */
    int streamed;                /* its rows are processed as they arrive */
    int start;                   /* number of records before it */
    apr_array_header_t *records; /* scim_record_t * */
    apr_array_header_t *keys;    /* const char *: in a list, the sort key of each record, or NULL */
    int rows;                    /* number of rows; one more than the records if more follow */
    apr_int64_t total;           /* the total of a list without a filter; else -1 */
} scim_reading_t;

typedef scim_record_t *(*scim_read_row_t)(const scim_reading_t *reading, const PGresult *result, int row);

void scim_reading_begin(scim_reading_t *reading, scim_session_t *session, const scim_search_t *search,
                        scim_read_row_t read_row);

/* Processes the rows of the reading statement as they arrive. */
void scim_reading_stream(scim_reading_t *reading, scim_batch_t *batch);

/* Runs a batch that only reads. The timeout (ScimDatabaseTimeout) applies to each batch of members, not to all of them.
 */
scim_error_t *scim_reading_run(scim_reading_t *reading, scim_batch_t *batch);

/* Call it when everything was read. Errors: 503 if the members could not be stored. A write, which is committed by
 * then, does not fail: its resource is answered without members. */
scim_error_t *scim_reading_end(scim_reading_t *reading);

/* Adds the statement that authenticates and reads one resource with its relation. If the version is in `known`, which
 * may be NULL, no members are read. `reading` gets the slot. */
void scim_add_get(scim_reading_t *reading, scim_batch_t *batch, scim_session_t *session,
                  const scim_resource_type_t *type, const char *id, int relation, const scim_versions_t *known);

/* The result of that statement. *out is NULL if there is no such resource. Errors: as scim_reading_end. */
scim_error_t *scim_read_one(scim_record_t **out, scim_reading_t *reading, const scim_batch_t *batch);

/* The versions as the text of an SQL array; NULL: any. */
const char *scim_version_array(const scim_versions_t *versions, apr_pool_t *pool);

/* Adds the statements for changes of a group's memberships. `ids` of an add must be UUIDs (scim_members_check).
 */
scim_error_t *scim_add_members(scim_batch_t *batch, scim_session_t *session, const char *group_id,
                               const scim_members_op_t *op);

/* Refuses a member to be added whose value is not an id. Errors: 400 invalidValue. */
scim_error_t *scim_members_check(const apr_array_header_t *ids, apr_pool_t *pool);

/* For an error that was found without the database: authenticates first, then returns that error. */
scim_error_t *scim_refuse(scim_session_t *session, scim_error_t *error);

scim_error_t *scim_not_found(const scim_resource_type_t *type, const char *id, apr_pool_t *pool);

#endif
