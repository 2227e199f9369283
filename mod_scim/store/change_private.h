/*
 * The parts of a write, for write.c, which executes one, and bulk.c, which executes many.
 *
 * A write of a stored resource (PUT, PATCH of attributes, DELETE) has three steps in one transaction: lock and read it,
 * compute the new row by the tenant's rules, write it. A user is read without a lock, which costs as much as a third of
 * the update: another transaction's change between reading and writing is noticed by the update, and the second attempt
 * locks. Changes of memberships need only the last step, and so does a
 * new resource; a new user who may match an existing account takes all three steps.
 *
 * Call scim_rules_find, which sets session->rules, before any of these functions.
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

/* One write. */
typedef struct scim_change_t {
    scim_session_t *session;
    const scim_resource_type_t *type;
    char id[SCIM_ID_SIZE];
    const scim_resource_t *resource; /* POST, PUT */
    const scim_patch_t *patch;       /* PATCH. Neither: DELETE */
    scim_leniency_t *leniency;
    const scim_versions_t *match;

    /* The row that was read, and the one to write: set by scim_change_compute and scim_change_claim. */
    scim_row_t before;
    const char *before_text; /* NULL: there was no row */
    scim_row_t after;
    const char *seen;                  /* as in scim_row_change_t; NULL: the row is locked */
    int writes;                        /* write `after`; else the stored row does not change */
    int inactive;                      /* the stored resource is an inactive user */
    const apr_array_header_t *members; /* scim_members_op_t; NULL: none */
    json_object *moves;                /* POST: mappings that a new group takes over (rules/mapping.h); NULL: none */
    const char *note;                  /* POST: a remark for administrators; NULL: none */
} scim_change_t;

/* The text of a document to store. Errors: 413. */
scim_error_t *scim_change_text(const char **text, apr_size_t *len, const scim_change_t *change, json_object *doc);

/* Checks that need no database: invalid ids of members, an invalid id. Errors: 400, 404. */
scim_error_t *scim_change_check(const scim_change_t *change, const char *id);

/* --- POST --------------------------------------------------------------------------------------------------------- */

/* The remarks for administrators about the change's account and its effect; NULL: none.
 */
const char *scim_change_note(const scim_change_t *change);

/* Makes `after` for a POST of a new resource. Errors: those of scim_account_apply. */
scim_error_t *scim_change_new(scim_change_t *change);

/* Adds the statement that finds accounts matching POSTs of users (scim_change_t *, with `after`); its slot. */
int scim_change_add_alike(scim_batch_t *batch, scim_session_t *session, const apr_array_header_t *changes);

/* Decides by its result which account the POST means: then `before` is its row, `after` the new row, and `id` its id.
 * Errors: 409 if the POST is refused, those of scim_account_apply. */
scim_error_t *scim_change_claim(scim_change_t *change, const PGresult *alike);

/* Whether a POST of this type must search for mappings of a deleted group first. */
int scim_change_looks(const scim_session_t *session, const scim_resource_type_t *type);

/* Adds the statement that finds these mappings for POSTs (scim_change_t *, with `after`); its slot. */
int scim_change_add_former(scim_batch_t *batch, scim_session_t *session, const apr_array_header_t *changes);

/* Decides by its result which mappings the POST takes over: `moves`. */
void scim_change_take_over(scim_change_t *change, const PGresult *former);

/* Adds the statements that move the mappings, after the one that makes the group. */
void scim_change_add_moves(scim_batch_t *batch, const scim_change_t *change);

/* The error for a resource that another transaction has made meanwhile: 409. */
scim_error_t *scim_change_taken(const scim_change_t *change);

/* Adds the grants for a new user's entitlements, after the statement that makes it. scim_change_add_write includes
 * them. */
void scim_change_add_entitled(scim_batch_t *batch, const scim_change_t *change);

/* Begins collecting what templates give to users that are made together. */
scim_giving_t scim_change_giving(const scim_session_t *session);

/* Decides what a new user gets from templates; sets role and flags of its `row`. Does nothing for other types. */
void scim_change_give(scim_giving_t *giving, const scim_change_t *change, scim_row_t *row);

/* Adds the statement for what was collected, after the one that makes the users. */
void scim_change_add_given(scim_batch_t *batch, const scim_session_t *session, const scim_giving_t *giving);

/* Adds the memberships of a new group. */
scim_error_t *scim_change_add_new_members(scim_batch_t *batch, const scim_change_t *change);

/* --- stored resources -----------------------------------------------------------------------------------------------
 */

/* Whether it is a DELETE. */
int scim_change_deletes(const scim_change_t *change);

/* Whether a write must read the stored document first. */
int scim_change_reads(const scim_change_t *change);

/* Locks and reads the stored resource; returns the slot. */
int scim_change_add_lock(scim_batch_t *batch, const scim_change_t *change);

/* Reads it without a lock, if nothing but its row is written; returns the slot, for scim_change_seen. */
int scim_change_add_read(scim_batch_t *batch, const scim_change_t *change);

/* Makes the computed change depend on the row being the same still when it is written. */
void scim_change_seen(scim_change_t *change, const PGresult *stored);

/* Computes the new row from the stored one. Errors: 404, 412, 400, 403. */
scim_error_t *scim_change_compute(scim_change_t *change, const PGresult *stored);

/* Adds the statements that write the new row. *slot gets the document's, -1 if it does not change. Errors: 413. */
scim_error_t *scim_change_add_write(int *slot, scim_batch_t *batch, const scim_change_t *change, int with_groups);

/* Whether the write may remove access or a login: for memberships judged by the request, for others by the computed
 * row. */
int scim_change_loses(const scim_change_t *change);

/* Adds only the changes of memberships. Errors: 400. */
scim_error_t *scim_change_add_members(scim_batch_t *batch, const scim_change_t *change);

/* Locks the resources that a transaction will change (`ids`, an SQL array), and the groups of the members in `leaving`,
 * in the same order in all transactions. Add it before any other lock. */
void scim_change_add_hold(scim_batch_t *batch, const scim_session_t *session, const char *ids, const char *leaving);

#endif
