/*
 * What a request is told as (store/activity.h): before its work, and when it is known what came of it.
 *
 * Told are requests that name a tenant and a token's key id, those to discovery excepted. A body is kept only where the
 * token was accepted and the tenant wants it, masked, and up to a limit.
 */
#ifndef SCIM_REPORT_H
#define SCIM_REPORT_H

#include "operation.h"

/* Fills call->activity, which the store adds to. */
void scim_report_begin(scim_call_t *call);

/* Puts what is left to tell into the outbox. `error` is what the request is answered with; NULL where all went well. */
void scim_report_end(scim_call_t *call, const scim_error_t *error);

#endif
