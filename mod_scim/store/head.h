/*
 * The head of what an administrator does, or the server by itself: who acts, as whom, and for which tenant.
 *
 * All of it holds for the transaction of one batch alone. The role is scim_manage, which row-level security shows one
 * tenant, or all of them.
 */
#ifndef SCIM_HEAD_H
#define SCIM_HEAD_H

#include "connection.h"

/* All tenants. */
#define SCIM_EVERYWHERE "*"

typedef struct scim_head_t {
    const char *tenant;     /* or SCIM_EVERYWHERE */
    const char *actor_kind; /* as the audit log has it: admin, scimctl, login, httpd */
    const char *actor;
    const char *request;  /* the id that the logs know the request by; NULL: none */
    const char *base_url; /* with {tenant} where the name goes; NULL: none */
} scim_head_t;

void scim_head_add(scim_batch_t *batch, const scim_head_t *head, const scim_conn_t *conn, apr_pool_t *pool);

#endif
