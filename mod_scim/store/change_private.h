/*
 * What one write is made of, for write.c, which carries out one, and bulk.c, which carries out many.
 *
 * A write of a stored resource is three steps of one transaction: lock and read it, compute what it shall be by the
 * tenant's rules, write that (PUT, PATCH of attributes, DELETE). Memberships are statements that can be said at once,
 * and so is a new resource, as long as nobody is like it; a new user who may be somebody whom the tenant knows takes
 * the three steps as well.
 *
 * session->rules are set (scim_rules_find) before any of these functions.
 */
#ifndef SCIM_CHANGE_PRIVATE_H
#define SCIM_CHANGE_PRIVATE_H

#include "resources_private.h"
#include "row_write.h"
#include "rules/account.h"
#include "rules/entitlement.h"
#include "rules/mapping.h"
#include "rules/restore.h"
#include "rules/template.h"

/* Everything that one write needs to know. */
typedef struct scim_change_t {
    scim_session_t *session;
    const scim_resource_type_t *type;
    char id[SCIM_ID_SIZE];
    const scim_resource_t *resource; /* POST, PUT */
    const scim_patch_t *patch;       /* PATCH. Neither: DELETE */
    scim_leniency_t *leniency;
    const scim_versions_t *match;

    /* What was read, and what is to be written: made by scim_change_compute and scim_change_claim. */
    scim_row_t before;
    const char *before_text; /* NULL: there was nothing */
    scim_row_t after;
    int writes;                        /* `after` is to be written; else the stored row stays as it is */
    int inactive;                      /* the resource is a user who is not active as it is stored */
    const apr_array_header_t *members; /* scim_members_op_t; NULL: none */
    json_object *moves;                /* POST: mappings that a new group takes over (rules/mapping.h); NULL: none */
    const char *note;                  /* POST: what an administrator should know of the outcome; NULL: nothing */
} scim_change_t;

/* The text of a document that may be stored. Errors: 413. */
scim_error_t *scim_change_text(const char **text, apr_size_t *len, const scim_change_t *change, json_object *doc);

/* Refuses what no database is needed for: members that are no ids, an id that is none. Errors: 400, 404. */
scim_error_t *scim_change_check(const scim_change_t *change, const char *id);

/* --- POST --------------------------------------------------------------------------------------------------------- */

/* What an administrator should know of the change: of the account that it is about, and of what it does; NULL: nothing.
 */
const char *scim_change_note(const scim_change_t *change);

/* Makes `after` of what a POST wants, as somebody new. Errors: those of scim_account_apply. */
scim_error_t *scim_change_new(scim_change_t *change);

/* The statement that finds whom the POSTs of users (scim_change_t *, with `after`) may be about; its slot. */
int scim_change_add_alike(scim_batch_t *batch, scim_session_t *session, const apr_array_header_t *changes);

/* Decides by its result whom the POST is about: then `before` is that row, `after` what it becomes, and `id` its own.
 * Errors: 409 where there can be none, those of scim_account_apply. */
scim_error_t *scim_change_claim(scim_change_t *change, const PGresult *alike);

/* Whether a POST of this type has to look for mappings of a deleted group first. */
int scim_change_looks(const scim_session_t *session, const scim_resource_type_t *type);

/* The statement that finds those of POSTs (scim_change_t *, with `after`); its slot. */
int scim_change_add_former(scim_batch_t *batch, scim_session_t *session, const apr_array_header_t *changes);

/* Decides by its result what the POST takes over: `moves`. */
void scim_change_take_over(scim_change_t *change, const PGresult *former);

/* The statements that carry it out, behind that which makes the group. */
void scim_change_add_moves(scim_batch_t *batch, const scim_change_t *change);

/* Why a resource was not made although nothing seemed to stand against it: 409. */
scim_error_t *scim_change_taken(const scim_change_t *change);

/* What a user is granted for its entitlements, behind the statement that makes it. scim_change_add_write does it by
 * itself. */
void scim_change_add_entitled(scim_batch_t *batch, const scim_change_t *change);

/* Begins to collect what templates give to users that are made together. */
scim_giving_t scim_change_giving(const scim_session_t *session);

/* Decides what a new user gets of them: of `row`, what is going to be made, role and flags. Nothing of other types. */
void scim_change_give(scim_giving_t *giving, const scim_change_t *change, scim_row_t *row);

/* What was collected, behind the statement that makes the users. */
void scim_change_add_given(scim_batch_t *batch, const scim_session_t *session, const scim_giving_t *giving);

/* The memberships of a new group. */
scim_error_t *scim_change_add_new_members(scim_batch_t *batch, const scim_change_t *change);

/* --- what is stored ----------------------------------------------------------------------------------------------- */

/* Whether it is neither POST, PUT nor PATCH. */
int scim_change_deletes(const scim_change_t *change);

/* Whether a write has to read the stored document first. */
int scim_change_reads(const scim_change_t *change);

/* Locks and reads the stored resource; returns the slot. */
int scim_change_add_lock(scim_batch_t *batch, const scim_change_t *change);

/* Computes what is to be written from what was read. Errors: 404, 412, 400, 403. */
scim_error_t *scim_change_compute(scim_change_t *change, const PGresult *stored);

/* Writes what was computed. *slot gets that of the document, -1 where it stays as it is. Errors: 413. */
scim_error_t *scim_change_add_write(int *slot, scim_batch_t *batch, const scim_change_t *change, int with_groups);

/* Whether what is written can take access from somebody, or a login: of memberships alone, what is said of them; of
 * others, what was computed. */
int scim_change_loses(const scim_change_t *change);

/* Memberships alone. Errors: 400. */
scim_error_t *scim_change_add_members(scim_batch_t *batch, const scim_change_t *change);

/* Locks what a transaction is going to change (`ids`, an SQL array), and the groups that those of `leaving` are members
 * of, in an order that is the same for all transactions. It comes before anything else that locks. */
void scim_change_add_hold(scim_batch_t *batch, const scim_session_t *session, const char *ids, const char *leaving);

#endif
