/*
 * Shared by resources.c, list.c, groups.c, change.c and members.c alone: statements' parameters, and records from rows.
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

/* A row of the columns in record.part, and the relation in a column of its own: members as JSON, or groups in the form
 * of groups.part. */
scim_record_t *scim_record_read(const PGresult *result, int row, int relation, const scim_resource_type_t *type,
                                const scim_session_t *session);
#define SCIM_RELATION_COLUMN 5 /* where it most often is */

/* The statement that reads one resource with its relation, added to a batch; returns its slot. It authenticates. */
int scim_add_get(scim_batch_t *batch, scim_session_t *session, const scim_resource_type_t *type, const char *id,
                 int relation);

/* The statements that carry out changes of a group's memberships. `ids` of an add must be UUIDs (scim_members_check).
 */
scim_error_t *scim_add_members(scim_batch_t *batch, scim_session_t *session, const char *group_id,
                               const scim_members_op_t *op);

/* Refuses a member to be added whose value is no id at all. Errors: 400 invalidValue. */
scim_error_t *scim_members_check(const apr_array_header_t *ids, apr_pool_t *pool);

/* The text of a statement with `condition` in the place of its `true` and the word filter in a comment. */
const char *scim_statement_filtered(scim_statement_e id, const char *condition, apr_pool_t *pool);

/* An error that was found without the database: told to whom authentication accepts. */
scim_error_t *scim_refuse(scim_session_t *session, scim_error_t *error);

scim_error_t *scim_not_found(const scim_resource_type_t *type, const char *id, apr_pool_t *pool);

#endif
