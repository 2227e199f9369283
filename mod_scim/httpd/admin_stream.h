/*
 * Answers of the admin API that are not one page at once: a list as a file, written page by page, and a list that waits
 * for something new.
 *
 * Between two pages, and while it waits, a request holds no connection to the database.
 */
#ifndef SCIM_ADMIN_STREAM_H
#define SCIM_ADMIN_STREAM_H

#include <httpd.h>

#include "store/admin_export.h"

/* Carries a call out, with a connection of its own, in call->pool. */
typedef scim_error_t *(*scim_admin_turn_t)(void *baton);

/* The form that a request wants a list in, by its Accept header. */
scim_export_e scim_stream_wanted(const request_rec *r, const scim_admin_op_t *op);

/* Sends a list as a file, whose first page the call has; `turn` makes the next ones, NULL: there is
 * to be none. */
int scim_stream_send(request_rec *r, scim_admin_call_t *call, scim_export_e kind, scim_admin_turn_t turn, void *baton);

/* Waits until a list that asks for what is newer has something, or for as long as the call says. All who wait in one
 * process ask by turns, so they take one connection together at the most. */
scim_error_t *scim_stream_wait(request_rec *r, scim_admin_call_t *call, scim_admin_turn_t turn, void *baton);

#endif
