/*
 * Shared by bulk.c, which chooses the windows and interprets their outcome, bulk_window.c, which makes their
 * statements, and bulk_read.c, which reads what the statements depend on.
 */
#ifndef SCIM_BULK_PRIVATE_H
#define SCIM_BULK_PRIVATE_H

#include "bulk.h"
#include "change_private.h"

/* POSTs of one type, executed by one statement. */
typedef struct scim_bulk_set_t {
    const scim_resource_type_t *type;
    scim_rows_t rows;
    scim_giving_t giving;    /* what templates give to these users */
    apr_size_t bytes;        /* of the documents */
    apr_array_header_t *ats; /* int: indexes of the operations in bulk->order */
    int open;                /* more operations may be added */
    int slot;                /* the slot of its statement; -1: not added yet */
} scim_bulk_set_t;

/* The store's data about an operation. */
typedef struct scim_bulk_item_t {
    scim_change_t change;
    scim_bulk_set_t *set;  /* for a POST that makes a new resource */
    int slot;              /* of the locking statement */
    scim_error_t *refused; /* POST: the refusal by the rules; NULL: none */
    scim_error_t *taken;   /* POST: its unique value is taken, which did not make the statement fail */
    int live;              /* executed in this window: it has not failed yet */
    int wanted;            /* an operation of this window refers to it */
    int renamed;           /* POST: a deleted resource was restored under its old id, `made` */
    char made[SCIM_ID_SIZE];
    apr_int64_t version;
} scim_bulk_item_t;

/* The operation whose statements begin at a slot. */
typedef struct scim_bulk_step_t {
    int slot;
    int at;
    const scim_bulk_set_t *set; /* NULL: only this operation */
} scim_bulk_step_t;

/* Operations that are executed together: bulk->order[begin..end). */
typedef struct scim_bulk_window_t {
    scim_bulk_t *bulk;
    scim_session_t *session;
    scim_bulk_item_t *items; /* by index in bulk->order */
    int begin;
    int end;
    int live;    /* how many are executed */
    int reads;   /* how many of these lock and read first */
    int posts;   /* how many are POSTs that read first: users who may be restored, groups that may take over mappings */
    int deletes; /* how many remove members from groups, which changes these groups' versions */
    int wanted;  /* whether one refers to a POST among them */
    int verify;  /* whether the outcome must be checked before COMMIT */
    apr_hash_t *touched;       /* ids */
    apr_array_header_t *sets;  /* scim_bulk_set_t * */
    apr_array_header_t *steps; /* scim_bulk_step_t */
    scim_batch_t *batch;       /* the last one */
    int alike;                 /* slot of the statement that finds accounts to restore; -1: none */
    int former;                /* the same for the one that finds mappings of deleted groups */
    int versions;              /* slot */
    scim_batch_t *last;        /* the batch that ends the transaction */
    int finish;                /* slot in `last` for scim_finish_wrote; -1: none */
    apr_time_t began;
    scim_error_t *refused; /* the error of a separate authentication; NULL: none */
    apr_pool_t *pool;      /* of this attempt */
} scim_bulk_window_t;

scim_bulk_op_t *scim_bulk_at(const scim_bulk_window_t *window, int at);

/* The begin and the end of the unit of the operation at an index. */
int scim_bulk_unit_begin(const scim_bulk_t *bulk, int at);
int scim_bulk_unit_end(const scim_bulk_t *bulk, int at);

/* Fails an operation and the rest of its unit. */
void scim_bulk_fail(const scim_bulk_window_t *window, int at, const scim_error_t *error);

/* Whether the stored document must be read first. */
int scim_bulk_reads(const scim_bulk_op_t *op);

/* Whether a POST needs a look-up in the database before it can be decided. */
int scim_bulk_looks(const scim_bulk_window_t *window, const scim_bulk_op_t *op);

/* Statements that are added from now on belong to the operation at `at`, or to a set; -1: to no single one. */
void scim_bulk_begin_step(scim_bulk_window_t *window, int at, const scim_bulk_set_t *set);

/* Makes a batch that authenticates and locks everything that will be changed, always in the same order. */
void scim_bulk_begin_batch(scim_bulk_window_t *window);

/* Prepares the unit [at..end) and adds it to the window; 0: it must wait for the next window. Operations that cannot be
 * executed get their error, and are in the window without being executed. */
int scim_bulk_window_take(scim_bulk_window_t *window, int at, int end);

/* Locks and reads, and computes what to write; the transaction stays open. *failed: the operation that failed, or -1.
 * *wait: an operation that must see the results of earlier ones, and so must begin the next window; else -1. */
scim_error_t *scim_bulk_window_read(scim_bulk_window_t *window, int *failed, int *wait);

/* Adds the statements of all operations. *failed: the operation that failed. Errors: 400, 413. */
scim_error_t *scim_bulk_window_add(scim_bulk_window_t *window, int *failed);

/* The operation whose statement failed, or the first one of a set; -1: no single one; -2: authentication. *others: how
 * many more operations of the set may be the cause. */
int scim_bulk_window_owner(int *others, const scim_bulk_window_t *window);

/* Ends the window's transaction with a batch. */
void scim_bulk_window_finish(scim_bulk_window_t *window, scim_batch_t *batch);

/* Whether the committed window has changed anything. */
int scim_bulk_window_wrote(const scim_bulk_window_t *window);

/* Reads, after a successful or failed run, which resources of the sets were made. */
void scim_bulk_window_made(scim_bulk_window_t *window);

/* Fills in the outcome of the committed operations. */
void scim_bulk_window_answer(scim_bulk_window_t *window);

#endif
