/*
 * An operation on many accounts, executed in pieces: an import, applying a template, undoing a batch.
 *
 * A piece is one transaction for a few accounts; the batch's notes about them are committed with it. Each account has a
 * savepoint, and its changes are made by administrators' operations for one account. A piece has its own pool, where
 * its error lives, too.
 */
#ifndef SCIM_ADMIN_PIECE_H
#define SCIM_ADMIN_PIECE_H

#include "admin.h"
#include "connection.h"

#define SCIM_PIECE 50 /* accounts: PostgreSQL keeps few parts of a transaction at hand */

typedef struct scim_piece_t {
    scim_admin_call_t *call; /* the whole operation */
    apr_pool_t *pool;        /* of the current piece */
} scim_piece_t;

/* An object with one member, owned by the pool: a text, or a value, whose reference count is increased. */
json_object *scim_piece_text(const char *name, const char *text, apr_pool_t *pool);
json_object *scim_piece_args(const char *name, json_object *value, apr_pool_t *pool);

/* The parameters of a statement: the tenant, and an object. */
scim_param_t *scim_piece_params(const scim_piece_t *piece, json_object *object);

/* Executes an operation for one account, after the statements in `batch` (NULL: none). *answer gets its answer, unless
 * `answer` is NULL. */
scim_error_t *scim_piece_nested(json_object **answer, const scim_piece_t *piece, const char *noun, const char *verb,
                                json_object *args, scim_batch_t *batch);

/* Makes a user a member of groups, given by name (NULL: none); `joined` gets their ids. */
scim_error_t *scim_piece_join(json_object *joined, const scim_piece_t *piece, json_object *groups, const char *user);

/* Releases the savepoint of one account. */
scim_error_t *scim_piece_release(const scim_piece_t *piece);

/* A new batch. */
typedef struct scim_piece_batch_t {
    const char *id;
    const char *kind;
    const char *name;
    const char *action; /* in its audit entry */
    json_object *after; /* in its audit entry; NULL: nothing */
} scim_piece_batch_t;

/* The statements that begin a batch, or lock one to continue it; the latter returns its slot. */
void scim_piece_add_begin(scim_batch_t *batch, const scim_piece_t *piece, const scim_piece_batch_t *begun);
int scim_piece_add_hold_batch(scim_batch_t *batch, const scim_piece_t *piece, const char *id, const char *kind);

/* Locks the groups (names, NULL: none) that users are going to join, and then the users (ids). */
void scim_piece_add_hold(scim_batch_t *batch, const scim_piece_t *piece, json_object *groups, json_object *users);

/* Records in the batch what the piece did (sql/statements/admin_import_note.sql), and commits. */
scim_error_t *scim_piece_note(const scim_piece_t *piece, json_object *done);

/* Executes a piece in its own pool, which is kept after an error. `once` is one attempt; it is repeated after a
 * deadlock or a stale plan. */
scim_error_t *scim_piece_run(scim_piece_t *piece, scim_error_t *(*once)(void *data), void *data);

/* Frees a piece's pool when its result has been reported. */
void scim_piece_done(scim_piece_t *piece);

#endif
