/*
 * Answers of the admin API that take several pages or wait: a list as a file, written page by page, and a list that
 * waits for new rows.
 *
 * Between two pages, and while it waits, a request uses no connection to the database.
 */
#ifndef SCIM_ADMIN_STREAM_H
#define SCIM_ADMIN_STREAM_H

#include <httpd.h>

#include "store/admin_export.h"

/* Executes a call with its own connection, in call->pool. */
typedef scim_error_t *(*scim_admin_turn_t)(void *baton);

/* The format of a list that a request wants, by its Accept header. */
scim_export_e scim_stream_wanted(const request_rec *r, const scim_admin_op_t *op);

/* Sends a list as a file; the call has the first page, and `turn` reads the next ones; NULL: only the first. */
int scim_stream_send(request_rec *r, scim_admin_call_t *call, scim_export_e kind, scim_admin_turn_t turn, void *baton);

/* Waits until a list that asks for newer rows has some, or for the time in the call. The waiting requests of a process
 * query by turns, so together they use at most one connection. */
scim_error_t *scim_stream_wait(request_rec *r, scim_admin_call_t *call, scim_admin_turn_t turn, void *baton);

#endif
