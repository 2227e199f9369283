/*
 * The tables of operations, one for each noun or few: store/admin_NOUN.c. Only admin.c reads them; and what they share.
 */
#ifndef SCIM_ADMIN_OPS_H
#define SCIM_ADMIN_OPS_H

#include "admin.h"

/* A batch that begins with who acts, for an operation that carries itself out; and what the row of one of its results
 * answers, or that there is none. */
scim_batch_t *scim_admin_batch(const scim_admin_call_t *call);
scim_error_t *scim_admin_answer(scim_admin_call_t *call, const PGresult *result);

/* The same of a transaction that stays open. */
scim_batch_t *scim_admin_open(const scim_admin_call_t *call);

/* Carries a call out in the transaction that is open, after what `batch` has; it is prepared, and is not finished. */
scim_error_t *scim_admin_part(scim_admin_call_t *call, scim_batch_t *batch);

/* Finds what a call's arguments name (scim_admin_name_t). Errors: those of the table. */
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
/* Carries an operation out in the transaction that is open, as a part of a larger one, and before it what `batch` has.
 * *answer, which may be NULL, is what it answers; it lives in `pool`. */
scim_error_t *scim_admin_nested(json_object **answer, const scim_admin_call_t *whole, const scim_admin_op_t *op,
                                json_object *args, scim_batch_t *batch, apr_pool_t *pool);

/* Whether an error is about what was asked, and not about the database. */
int scim_admin_refuses(const scim_error_t *error);

extern const scim_admin_op_t scim_admin_apply_ops[];
extern const scim_admin_op_t scim_admin_batch_ops[];
extern const scim_admin_op_t scim_admin_import_ops[];
extern const scim_admin_op_t scim_admin_user_export_ops[];
extern const scim_admin_op_t scim_admin_flag_ops[];
extern const scim_admin_op_t scim_admin_link_ops[];

#endif
