/*
 * What one write is made of, for change.c, which carries out one, and bulk.c, which carries out many.
 *
 * A write is statements that can be said at once (create, delete, memberships), or it is three steps of one
 * transaction: lock and read the stored document, compute the next one, write it (PUT, PATCH of attributes).
 */
#ifndef SCIM_CHANGE_PRIVATE_H
#define SCIM_CHANGE_PRIVATE_H

#include "resources_private.h"

/* Everything that one write needs to know. */
typedef struct scim_change_t {
    scim_session_t *session;
    const scim_resource_type_t *type;
    char id[SCIM_ID_SIZE];
    const scim_resource_t *resource; /* POST, PUT */
    const scim_patch_t *patch;       /* PATCH */
    scim_leniency_t *leniency;
    const scim_versions_t *match;

    /* What PUT and PATCH are going to write: made by scim_change_compute. */
    int inactive;     /* the resource is a user who is not active as it is stored */
    json_object *doc; /* NULL: the document stays as it is */
    const apr_array_header_t
        *same; /* const char *: members of it that are as they are stored; NULL: all, or it is not known */
    const apr_array_header_t *members; /* scim_members_op_t; NULL: none */
    const char *roles; /* what is said of the account's roles: "t" by PATCH, "p" by PUT, "f" nothing by PUT; else "" */
} scim_change_t;

/* The text of a document that may be stored. Errors: 413. */
scim_error_t *scim_change_text(const char **text, apr_size_t *len, const scim_change_t *change, json_object *doc);

/* Refuses what no database is needed for: members that are no ids, an id that is none. Errors: 400, 404. */
scim_error_t *scim_change_check(const scim_change_t *change, const char *id);

/* The statement that makes resources of one type: `ids` and `docs` are texts of an SQL array and of a JSON list. A row
 * of its result is read by scim_record_read, without the document unless it was asked for; four columns follow. */
#define SCIM_CREATED_RESTORED 6 /* boolean: brought back, or adopted, under its old id */
#define SCIM_CREATED_WANTED   7 /* uuid: the id that it was to have */
#define SCIM_CREATED_REFUSAL  8 /* text: why it was not made, and then there is nothing else; "": its login is taken */
#define SCIM_CREATED_NOTE     9 /* text: what an administrator should know of it; or null */
/* `named` is an SQL array of the ids whose externalId names one person by itself (scim_restore_identifies). */
int scim_change_add_create(scim_batch_t *batch, scim_session_t *session, const scim_resource_type_t *type,
                           const char *ids, const char *docs, const char *named, int with_docs);

/* Why a resource of this type was not made: 409; NULL where it was. `row` is its row in the statement's result, -1
 * where it has none. */
scim_error_t *scim_change_refused(const PGresult *result, int row, const scim_resource_type_t *type, apr_pool_t *pool);

/* The memberships of a new group. */
scim_error_t *scim_change_add_new_members(scim_batch_t *batch, const scim_change_t *change);

/* Whether a write has to read the stored document first. */
int scim_change_reads(const scim_change_t *change);

/* Locks and reads the stored resource; returns the slot. */
int scim_change_add_lock(scim_batch_t *batch, const scim_change_t *change);

/* Computes what is to be written from what was read. Errors: 404, 412, 400. */
scim_error_t *scim_change_compute(scim_change_t *change, const PGresult *stored);

/* Writes what was computed. *slot gets that of the document, -1 where it stays as it is. Errors: 413. */
scim_error_t *scim_change_add_write(int *slot, scim_batch_t *batch, const scim_change_t *change, int with_groups);

/* Memberships alone. Errors: 400. */
scim_error_t *scim_change_add_members(scim_batch_t *batch, const scim_change_t *change);

/* Locks what a transaction is going to change (`ids`, an SQL array), and the groups that those of `leaving` are members
 * of, in an order that is the same for all transactions. It comes before anything else that locks. */
void scim_change_add_hold(scim_batch_t *batch, const scim_session_t *session, const char *ids, const char *leaving);

/* Takes a resource off the wire and out of its groups; scim_change_add_hold comes before it. */
void scim_change_add_delete(scim_batch_t *batch, const scim_change_t *change);

#endif
