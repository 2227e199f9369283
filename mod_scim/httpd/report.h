/*
 * Records a request's activity (store/activity.h), before its work and after its outcome.
 *
 * It records requests with a tenant and a token's key id, except discovery. A body is stored only if the token was
 * accepted and the tenant wants it, masked, and up to a limit.
 */
#ifndef SCIM_REPORT_H
#define SCIM_REPORT_H

#include "operation.h"

/* Fills call->activity, which the store adds to. */
void scim_report_begin(scim_call_t *call);

/* Puts what is not recorded yet into the outbox. `error` is the request's error; NULL: success. */
void scim_report_end(scim_call_t *call, const scim_error_t *error);

#endif
