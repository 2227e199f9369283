/*
 * Shared by bulk.c, which decides what to try and what its outcome means, bulk_window.c, which makes statements of it,
 * and bulk_read.c, which reads what these depend on.
 */
#ifndef SCIM_BULK_PRIVATE_H
#define SCIM_BULK_PRIVATE_H

#include "bulk.h"
#include "change_private.h"

/* POSTs of one type that are one statement. */
typedef struct scim_bulk_set_t {
    const scim_resource_type_t *type;
    scim_rows_t rows;
    scim_giving_t giving;    /* what templates give to them */
    apr_size_t bytes;        /* of the documents */
    apr_array_header_t *ats; /* int: which operations, by their place in bulk->order */
    int open;                /* more may come */
    int slot;                /* of its statement; -1: not added yet */
} scim_bulk_set_t;

/* What the store knows of an operation beside the message. */
typedef struct scim_bulk_item_t {
    scim_change_t change;
    scim_bulk_set_t *set;  /* of POST of somebody new */
    int slot;              /* of the lock */
    scim_error_t *refused; /* POST: what the rules have against it; NULL: nothing */
    scim_error_t *taken;   /* why it was not made, which has made nothing else fail: its unique value is taken */
    int live;              /* it is carried out in this window, that is: it has not failed yet */
    int wanted;            /* an operation of this window refers to it */
    int renamed;           /* POST: a deleted resource was brought back, under the id that it had: `made` */
    char made[SCIM_ID_SIZE];
    apr_int64_t version;
} scim_bulk_item_t;

/* Whose statements begin at a slot. */
typedef struct scim_bulk_step_t {
    int slot;
    int at;
    const scim_bulk_set_t *set; /* NULL: of the operation alone */
} scim_bulk_step_t;

/* Operations that are tried together: bulk->order[begin..end). */
typedef struct scim_bulk_window_t {
    scim_bulk_t *bulk;
    scim_session_t *session;
    scim_bulk_item_t *items; /* by place in bulk->order, from the first of the request */
    int begin;
    int end;
    int live;                  /* how many are carried out */
    int reads;                 /* how many of these lock and read first */
    int posts;                 /* how many are POSTs that look first: of users, whom the tenant may know, and of groups
                                  that may take over mappings */
    int deletes;               /* how many take members out of groups, which changes these groups' versions */
    int wanted;                /* whether one refers to a POST among them */
    int verify;                /* whether the outcome has to be looked at before it is committed */
    apr_hash_t *touched;       /* ids */
    apr_array_header_t *sets;  /* scim_bulk_set_t * */
    apr_array_header_t *steps; /* scim_bulk_step_t */
    scim_batch_t *batch;       /* the last one */
    int alike;                 /* slot of the statement that finds whom POSTs may be about; -1: there are none */
    int former;                /* the same of the one that finds the mappings of deleted groups */
    int versions;              /* slot */
    scim_batch_t *last;        /* the batch that ends the transaction */
    int finish;                /* slot in it of what the end tells; -1: nothing */
    apr_time_t began;
    scim_error_t *refused; /* what authentication alone said, where it was asked; NULL: nothing */
    apr_pool_t *pool;      /* of this attempt */
} scim_bulk_window_t;

scim_bulk_op_t *scim_bulk_at(const scim_bulk_window_t *window, int at);

/* Where the unit begins that the operation at a place belongs to, and where it ends. */
int scim_bulk_unit_begin(const scim_bulk_t *bulk, int at);
int scim_bulk_unit_end(const scim_bulk_t *bulk, int at);

/* An operation has failed, and with it what refers to it in a circle. */
void scim_bulk_fail(const scim_bulk_window_t *window, int at, const scim_error_t *error);

/* Whether the stored document has to be read first. */
int scim_bulk_reads(const scim_bulk_op_t *op);

/* Whether the database is asked before it is known what becomes of a POST. */
int scim_bulk_looks(const scim_bulk_window_t *window, const scim_bulk_op_t *op);

/* What is added to the window's batch from now on is of the operation at `at`, or of a set; -1: of nobody alone. */
void scim_bulk_begin_step(scim_bulk_window_t *window, int at, const scim_bulk_set_t *set);

/* A batch that authenticates, and locks whatever is going to be changed, in one order for all. */
void scim_bulk_begin_batch(scim_bulk_window_t *window);

/* Prepares the unit [at..end) and takes it into the window; 0: it has to wait for the next one. What cannot be carried
 * out has its error, and is in the window without being carried out. */
int scim_bulk_window_take(scim_bulk_window_t *window, int at, int end);

/* Locks and reads what has to be read, and computes what is to be written; the transaction stays open. *failed: whose
 * error it is, -1 where it is nobody's. *wait: an operation that has to see what is done before it, and so has to begin
 * a window of its own; else -1. */
scim_error_t *scim_bulk_window_read(scim_bulk_window_t *window, int *failed, int *wait);

/* Makes the statements of all. *failed: whose error it is. Errors: 400, 413. */
scim_error_t *scim_bulk_window_add(scim_bulk_window_t *window, int *failed);

/* Whose the statement was that failed: the operation, or the first one of a set; -1: nobody's alone; -2: that of
 * authentication. *others: how many more of the set it may have been. */
int scim_bulk_window_owner(int *others, const scim_bulk_window_t *window);

/* Ends the window's transaction with a batch. */
void scim_bulk_window_finish(scim_bulk_window_t *window, scim_batch_t *batch);

/* Whether the window, which was committed, has changed anything. */
int scim_bulk_window_wrote(const scim_bulk_window_t *window);

/* Reads which of the sets were made, after a run, be it a failed one. */
void scim_bulk_window_made(scim_bulk_window_t *window);

/* The outcome of what was committed. */
void scim_bulk_window_answer(scim_bulk_window_t *window);

#endif
