/*
 * Carries out the operations of a Bulk request.
 *
 * Each operation is atomic by itself; the request as a whole is not: what was done before a failure stays done.
 * Operations that come one after the other are tried together, in one transaction and one or two round trips: POSTs of
 * one type as one set, everything else as its own statements. Where one of them fails, all of that is undone, the
 * failed one has its answer, and those before it are done again without it; how many are tried together follows from
 * how long it went well. So the outcome is that of one after the other, whatever was tried.
 *
 * Only a reading operation (PUT, PATCH of attributes) depends on what was stored when its transaction began, so it is
 * tried together only with operations that do not touch the same resource before it.
 */
#ifndef SCIM_STORE_BULK_H
#define SCIM_STORE_BULK_H

#include "scim/bulk.h"
#include "session.h"

/* When a Bulk request ends before all of it was tried. */
typedef struct scim_bulk_bounds_t {
    apr_time_t until;             /* no transaction begins after it */
    int (*is_gone)(void *client); /* whether nobody waits for the answer any more; asked between transactions */
    void *client;
} scim_bulk_bounds_t;

/* Fills in what became of each operation that was attempted, in the order of bulk->order, up to the one that reached
 * bulk->fail_on_errors. Errors: 401, 403, 503 where nothing at all was done. Once something has been done, an error of
 * this kind is the answer to each operation that is left; so it is when `bounds` end the request (503). */
scim_error_t *scim_store_bulk(scim_bulk_t *bulk, scim_session_t *session, const scim_bulk_bounds_t *bounds);

#endif
