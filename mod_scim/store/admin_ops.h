/*
 * The tables of operations (store/admin_NOUN.c), read only by admin.c, and functions that their files share.
 */
#ifndef SCIM_ADMIN_OPS_H
#define SCIM_ADMIN_OPS_H

#include "admin.h"

/* A batch that begins by setting the actor, for an operation that executes itself; and the answer from the row of one
 * of its results, or the error that there is none. */
scim_batch_t *scim_admin_batch(const scim_admin_call_t *call);
scim_error_t *scim_admin_answer(scim_admin_call_t *call, const PGresult *result);

/* The fill of `depth` of a statement that counts in parts: NULL, its own limit, for the admin API, where the client
 * asks for the next part; no limit for scimctl. */
const char *scim_admin_depth(const scim_admin_call_t *call);

/* The same batch for a transaction that stays open. */
scim_batch_t *scim_admin_open(const scim_admin_call_t *call);

/* Executes a call in the open transaction, after the statements in `batch`. The caller calls its hooks prepare (before)
 * and finish. */
scim_error_t *scim_admin_part(scim_admin_call_t *call, scim_batch_t *batch);

/* Looks up the names in a call's arguments (scim_admin_name_t). Errors: those of the table. */
scim_error_t *scim_admin_resolve(scim_admin_call_t *call);

extern const scim_admin_op_t scim_admin_me_ops[];
extern const scim_admin_op_t scim_admin_connection_ops[];
extern const scim_admin_op_t scim_admin_tenant_ops[];
extern const scim_admin_op_t scim_admin_token_ops[];
extern const scim_admin_op_t scim_admin_role_ops[];
extern const scim_admin_op_t scim_admin_activity_ops[];
extern const scim_admin_op_t scim_admin_hold_ops[];
extern const scim_admin_op_t scim_admin_subscription_ops[];
extern const scim_admin_op_t scim_admin_mapping_ops[];
extern const scim_admin_op_t scim_admin_grant_ops[];
extern const scim_admin_op_t scim_admin_access_ops[];
extern const scim_admin_op_t scim_admin_group_ops[];
extern const scim_admin_op_t scim_admin_template_ops[];
extern const scim_admin_op_t scim_admin_audit_ops[];
extern const scim_admin_op_t scim_admin_user_ops[];
/* Executes an operation in the open transaction, as a part of a larger operation, after the statements in `batch`.
 * `answer` may be NULL; *answer lives in `pool`. */
scim_error_t *scim_admin_nested(json_object **answer, const scim_admin_call_t *whole, const scim_admin_op_t *op,
                                json_object *args, scim_batch_t *batch, apr_pool_t *pool);

/* Whether an error is about the request, and not about the database. */
int scim_admin_refuses(const scim_error_t *error);

extern const scim_admin_op_t scim_admin_apply_ops[];
extern const scim_admin_op_t scim_admin_batch_ops[];
extern const scim_admin_op_t scim_admin_import_ops[];
extern const scim_admin_op_t scim_admin_user_export_ops[];
extern const scim_admin_op_t scim_admin_flag_ops[];
extern const scim_admin_op_t scim_admin_link_ops[];

#endif
