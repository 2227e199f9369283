/*
 * Bulk messages of RFC 7644 3.7: many operations in one request, which may refer to each other.
 *
 * scim_bulk_read checks the message and finds out for each operation what it is, where it goes and which POSTs it
 * refers to; what is wrong with one operation is its own error and nobody else's. A reference is `bulkId:ID` as a whole
 * string, after the last slash but one of a path or a $ref, or in quotes in a PATCH path. Each POST has its id before
 * anything is carried out, so references are replaced by ids whenever they are read, circular ones too; the id changes
 * only where the store brings a deleted resource back. The store (store/bulk.h) carries out and fills in the outcome.
 *
 * An operation comes in its turn, or, if it refers to POSTs that follow it, right after the last of them. Operations
 * that refer to each other in a circle are a unit, which is carried out whole or not at all; every other is a unit
 * alone.
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
    scim_bulk_e kind;                 /* NONE: `method` is none of the four */
    const char *method;               /* in capitals; as sent where it is none of the four; NULL where there is none */
    const char *bulk_id;              /* or NULL */
    const scim_resource_type_t *type; /* NULL only with an error */
    const char *target;               /* of the path: the id as sent; NULL: POST, or `target_op` */
    int target_op;                    /* of the path: the POST that it refers to; -1: none */
    const scim_versions_t *match;     /* `version`, or NULL */
    json_object *data;                /* as sent; NULL only with an error, and of DELETE */
    apr_array_header_t *refs;         /* int: the POSTs that path and data refer to; NULL: none */
    int unit;                         /* the same number: one unit */
    int place;                        /* its index in bulk->order */

    char id[SCIM_ID_SIZE]; /* of POST: made here; of the others empty until it is prepared, and where it is no UUID */
    unsigned renamed;      /* when the id was changed, by bulk->changes */
    unsigned prepared;     /* when it was prepared; 0: it was not */
    scim_leniency_t leniency;  /* of its data */
    scim_resource_t *resource; /* POST, PUT: prepared */
    scim_patch_t *patch;       /* PATCH: prepared */

    int answered;        /* what became of it is known */
    int status;          /* HTTP status of success */
    apr_int64_t version; /* 0: none to tell */
    scim_error_t *error; /* NULL: success */
    const char *note;    /* what an administrator should know of what was done; NULL: nothing */
} scim_bulk_op_t;

typedef struct scim_bulk_t {
    apr_array_header_t *ops;    /* scim_bulk_op_t, as requested */
    apr_array_header_t *order;  /* int: indexes of `ops` in the order of execution; those of a unit stand together */
    apr_int64_t fail_on_errors; /* 0: goes on whatever fails */
    unsigned changes;           /* of ids, counted from 1 */
    apr_hash_t *posts;          /* bulkId -> scim_bulk_op_t *, POSTs alone */
    const char *profile;        /* the tenant's, once one needed to know it; else NULL */
    scim_leniency_t *leniency;  /* of the message; that of its operations is added at the end */
    apr_pool_t *pool;
} scim_bulk_t;

/* What scim_bulk_read must know of the server. */
typedef struct scim_bulk_context_t {
    const scim_schemas_t *schemas;
    const char *base;   /* the tenant's base URL, which a path may begin with */
    int max_operations; /* more are 413 */
    scim_leniency_t *leniency;
} scim_bulk_context_t;

/* Errors, of the message as a whole: 400 invalidSyntax, 400 invalidValue (failOnErrors; one bulkId of two POSTs), 413.
 */
scim_error_t *scim_bulk_read(scim_bulk_t **out, json_object *body, const scim_bulk_context_t *context,
                             apr_pool_t *pool);

/* Reads what an operation carries, as a single request would be read, with the ids that its references stand for now;
 * does nothing where that was done and no id has changed. Sets op->error; a reference to an operation that failed is
 * one: 409. */
void scim_bulk_prepare(scim_bulk_t *bulk, scim_bulk_op_t *op);

/* A POST has another id than it was given: whatever refers to it has to be prepared again. */
void scim_bulk_rename(scim_bulk_t *bulk, scim_bulk_op_t *op, const char *id);

/* The answer to an operation that refers to `failed`: 409. */
scim_error_t *scim_bulk_refers(const scim_bulk_op_t *failed, apr_pool_t *pool);

/* Finds the references of all operations, and orders them. Used by scim_bulk_read alone. */
void scim_bulk_refer(scim_bulk_t *bulk);
void scim_bulk_arrange(scim_bulk_t *bulk);

/* `data` with ids in the place of references. */
json_object *scim_bulk_substitute(const scim_bulk_t *bulk, const scim_bulk_op_t *op);

/* How many of the operations failed, and why the first did, and the first note; NULL where there is nothing to say. */
const char *scim_bulk_outcome(const scim_bulk_t *bulk);

/* The same, and what was accepted and ignored of the operations beside what the message has needed itself. */
const char *scim_bulk_told(const scim_bulk_t *bulk);

/* The BulkResponse: every operation that was answered, in the order of the request. */
void scim_bulk_render(scim_buf_t *out, const scim_bulk_t *bulk, const char *base);

#endif
