/*
 * The beginning of a transaction of an administrator, or of the server itself: actor, role and tenant.
 *
 * It applies only to the transaction of one batch. The role is scim_manage, for which row-level security shows one
 * tenant, or all.
 */
#ifndef SCIM_HEAD_H
#define SCIM_HEAD_H

#include "connection.h"

/* All tenants. */
#define SCIM_EVERYWHERE "*"

typedef struct scim_head_t {
    const char *tenant;     /* or SCIM_EVERYWHERE */
    const char *actor_kind; /* as in the audit log: admin, scimctl, login, httpd */
    const char *actor;
    const char *request;  /* the request id in the logs; NULL: none */
    const char *base_url; /* with {tenant} for the name; NULL: none */
} scim_head_t;

void scim_head_add(scim_batch_t *batch, const scim_head_t *head, const scim_conn_t *conn, apr_pool_t *pool);

#endif
