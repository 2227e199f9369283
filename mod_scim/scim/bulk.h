/*
 * Bulk messages of RFC 7644 3.7: many operations in one request, which may refer to each other.
 *
 * scim_bulk_read checks the message and finds for each operation its method, its target and the POSTs that it refers
 * to; an error in one operation does not affect the others. A reference is `bulkId:ID` as a whole string, after the
 * last slash but one of a path or a $ref, or in quotes in a PATCH path. Each POST gets its id before anything is
 * executed, so references, also circular ones, are replaced by ids when they are read; the id changes only if the store
 * restores a deleted resource. The store (store/bulk.h) executes the operations and fills in the outcome.
 *
 * Operations are executed in the order of the request, except that an operation with references to later POSTs comes
 * directly after the last of these. Operations that refer to each other in a circle are one unit, which is executed
 * completely or not at all; every other operation is a unit by itself.
 */
#ifndef SCIM_BULK_H
#define SCIM_BULK_H

#include <apr_hash.h>

#include "patch.h"
#include "text.h"
#include "version.h"

#define SCIM_URN_BULK_REQUEST  "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
#define SCIM_URN_BULK_RESPONSE "urn:ietf:params:scim:api:messages:2.0:BulkResponse"

/* What stands before the bulkId in a reference. */
#define SCIM_BULK_REFERENCE "bulkId:"

/* A path's reference before it was looked up. */
#define SCIM_BULK_UNKNOWN (-2)

typedef enum { SCIM_BULK_NONE, SCIM_BULK_POST, SCIM_BULK_PUT, SCIM_BULK_PATCH, SCIM_BULK_DELETE } scim_bulk_e;

typedef struct scim_bulk_op_t {
    scim_bulk_e kind;                 /* NONE: an unknown `method` */
    const char *method;               /* in capitals; an unknown one as sent; NULL: missing */
    const char *bulk_id;              /* or NULL */
    const scim_resource_type_t *type; /* NULL only with an error */
    const char *target;               /* the id in the path, as sent; NULL: POST, or `target_op` */
    int target_op;                    /* the POST that the path refers to; -1: none */
    const scim_versions_t *match;     /* `version`, or NULL */
    json_object *data;                /* as sent; NULL only with an error, and for DELETE */
    apr_array_header_t *refs;         /* int: the POSTs that path and data refer to; NULL: none */
    int unit;                         /* operations with the same number are one unit */
    int place;                        /* its index in bulk->order */

    char id[SCIM_ID_SIZE];     /* POST: made here; others: empty until prepared, and if not a UUID */
    unsigned renamed;          /* value of bulk->changes when the id was changed */
    unsigned prepared;         /* value of bulk->changes when it was prepared; 0: not prepared */
    scim_leniency_t leniency;  /* for its data */
    scim_resource_t *resource; /* POST, PUT: prepared */
    scim_patch_t *patch;       /* PATCH: prepared */

    int answered;        /* the outcome is known */
    int status;          /* HTTP status of success */
    apr_int64_t version; /* 0: none */
    scim_error_t *error; /* NULL: success */
    const char *note;    /* a remark for administrators; NULL: none */
} scim_bulk_op_t;

typedef struct scim_bulk_t {
    apr_array_header_t *ops;    /* scim_bulk_op_t, as requested */
    apr_array_header_t *order;  /* int: indexes of `ops` in the order of execution; a unit's are adjacent */
    apr_int64_t fail_on_errors; /* 0: no limit */
    unsigned changes;           /* number of changes of ids, counted from 1 */
    apr_hash_t *posts;          /* bulkId -> scim_bulk_op_t *, POSTs only */
    const char *profile;        /* the tenant's profile, if it was needed; else NULL */
    scim_leniency_t *leniency;  /* for the message; the operations' leniencies are added at the end */
    apr_pool_t *pool;
} scim_bulk_t;

/* The server's settings for scim_bulk_read. */
typedef struct scim_bulk_context_t {
    const scim_schemas_t *schemas;
    const char *base;   /* the tenant's base URL, which a path may begin with */
    int max_operations; /* more are 413 */
    scim_leniency_t *leniency;
} scim_bulk_context_t;

/* Errors, for the whole message: 400 invalidSyntax, 400 invalidValue (failOnErrors; two POSTs with one bulkId), 413.
 */
scim_error_t *scim_bulk_read(scim_bulk_t **out, json_object *body, const scim_bulk_context_t *context,
                             apr_pool_t *pool);

/* Reads an operation's data like that of a single request, with the current ids in place of its references; does
 * nothing if that was done and no id has changed since. Sets op->error; a reference to a failed operation is an error,
 * 409. */
void scim_bulk_prepare(scim_bulk_t *bulk, scim_bulk_op_t *op);

/* Changes the id of a POST: operations that refer to it have to be prepared again. */
void scim_bulk_rename(scim_bulk_t *bulk, scim_bulk_op_t *op, const char *id);

/* The error for an operation that refers to `failed`: 409. */
scim_error_t *scim_bulk_refers(const scim_bulk_op_t *failed, apr_pool_t *pool);

/* Finds the references of all operations, and orders the operations. Only for scim_bulk_read. */
void scim_bulk_refer(scim_bulk_t *bulk);
void scim_bulk_arrange(scim_bulk_t *bulk);

/* `data` with ids in the place of references. */
json_object *scim_bulk_substitute(const scim_bulk_t *bulk, const scim_bulk_op_t *op);

/* A text with the number of failed operations, the first one's reason, and the first note; NULL: nothing to say. */
const char *scim_bulk_outcome(const scim_bulk_t *bulk);

/* The same, and what was accepted and ignored in the operations in addition to the message's own leniencies. */
const char *scim_bulk_told(const scim_bulk_t *bulk);

/* The BulkResponse: every operation that was answered, in the order of the request. */
void scim_bulk_render(scim_buf_t *out, const scim_bulk_t *bulk, const char *base);

#endif
