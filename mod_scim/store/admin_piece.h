/*
 * Pieces of an operation on many accounts: an import, a template that is applied, a batch that is taken back.
 *
 * A piece is a few accounts in one transaction; what it did is committed with it. Each account is a part that can be
 * rolled back by itself, and what is done to it are the operations that administrators have for one account. A piece
 * lives in a pool of its own, where its error is, too.
 */
#ifndef SCIM_ADMIN_PIECE_H
#define SCIM_ADMIN_PIECE_H

#include "admin.h"
#include "connection.h"

#define SCIM_PIECE 50 /* accounts: PostgreSQL keeps few parts of a transaction at hand */

typedef struct scim_piece_t {
    scim_admin_call_t *call; /* the whole operation */
    apr_pool_t *pool;        /* of the piece under way */
} scim_piece_t;

/* An object with one member, owned by the pool; of a text, or of a value that is counted once more. */
json_object *scim_piece_text(const char *name, const char *text, apr_pool_t *pool);
json_object *scim_piece_args(const char *name, json_object *value, apr_pool_t *pool);

/* The parameters of a statement: the tenant, and an object. */
scim_param_t *scim_piece_params(const scim_piece_t *piece, json_object *object);

/* Carries out an operation for one account, with what `batch` has already (NULL: nothing). *answer, unless it is NULL,
 * gets what it answers. */
scim_error_t *scim_piece_nested(json_object **answer, const scim_piece_t *piece, const char *noun, const char *verb,
                                json_object *args, scim_batch_t *batch);

/* Makes a user a member of groups, which are named (NULL: none); `joined` gets their ids. */
scim_error_t *scim_piece_join(json_object *joined, const scim_piece_t *piece, json_object *groups, const char *user);

/* Ends the part of the transaction that is about one account. */
scim_error_t *scim_piece_release(const scim_piece_t *piece);

/* What a new batch is called. */
typedef struct scim_piece_batch_t {
    const char *id;
    const char *kind;
    const char *name;
    const char *action; /* of its entry in the audit log */
    json_object *after; /* of that; NULL: nothing */
} scim_piece_batch_t;

/* The statements that begin a batch, or lock the one that goes on; returns the slot of the second. */
void scim_piece_add_begin(scim_batch_t *batch, const scim_piece_t *piece, const scim_piece_batch_t *begun);
int scim_piece_add_hold_batch(scim_batch_t *batch, const scim_piece_t *piece, const char *id, const char *kind);

/* Locks the groups (names, NULL: none) that users are going to join, and then the users (ids). */
void scim_piece_add_hold(scim_batch_t *batch, const scim_piece_t *piece, json_object *groups, json_object *users);

/* Notes what the piece did to the batch (sql/statements/admin_import_note.sql), and commits. */
scim_error_t *scim_piece_note(const scim_piece_t *piece, json_object *done);

/* Does a piece in a pool of its own, which stays where it ends with an error. `once` is one attempt: deadlocks and
 * stale plans pass by themselves. */
scim_error_t *scim_piece_run(scim_piece_t *piece, scim_error_t *(*once)(void *data), void *data);

/* Gives back what a piece took that has been told. */
void scim_piece_done(scim_piece_t *piece);

#endif
