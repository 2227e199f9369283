/*
 * Executes the operations of a Bulk request.
 *
 * Each operation is atomic; the request as a whole is not: operations before a failure stay done. Consecutive
 * operations form a window, which is one transaction with one or two round trips: POSTs of one type are one set, every
 * other operation has its own statements. If one of them fails, the transaction is rolled back, the failed operation
 * gets its answer, and those before it are executed again without it. The size of a window grows while operations
 * succeed. So the outcome is always that of executing the operations one after the other.
 *
 * Only a reading operation (PUT, PATCH of attributes) depends on the stored state at the beginning of its transaction,
 * so no earlier operation of its window may change the same resource.
 */
#ifndef SCIM_STORE_BULK_H
#define SCIM_STORE_BULK_H

#include "scim/bulk.h"
#include "session.h"

/* When a Bulk request ends early. */
typedef struct scim_bulk_bounds_t {
    apr_time_t until;             /* no transaction begins after this time */
    int (*is_gone)(void *client); /* whether the client has closed the connection; called between transactions */
    void *client;
} scim_bulk_bounds_t;

/* Fills in the outcome of each attempted operation, in the order of bulk->order, up to the one that reached
 * bulk->fail_on_errors. Errors: 401, 403, 503 if nothing was done. After something has been committed, such an error is
 * the answer to each remaining operation instead; so is 503 when `bounds` end the request. */
scim_error_t *scim_store_bulk(scim_bulk_t *bulk, scim_session_t *session, const scim_bulk_bounds_t *bounds);

#endif
