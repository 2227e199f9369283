/*
 * Converts rows (rules/row.h) to the parameters of the statements that write them, and results to rows.
 */
#ifndef SCIM_ROW_WRITE_H
#define SCIM_ROW_WRITE_H

#include "resources_private.h"
#include "rules/entry.h"
#include "rules/row.h"
#include "scim/text.h"

/* Resources of one type that one statement makes (sql/statements/made.part), as arrays. */
typedef struct scim_rows_t {
    scim_buf_t ids;
    scim_buf_t docs;
    scim_buf_t active;
    scim_buf_t role;
    scim_buf_t sent_role;
    scim_buf_t flags;
    scim_buf_t keys[SCIM_KEY_COUNT];
    int count;
} scim_rows_t;

void scim_rows_init(scim_rows_t *rows, apr_pool_t *pool);

/* `text` is the document to store. */
void scim_rows_add(scim_rows_t *rows, const char *id, const scim_row_t *row, const char *text, apr_size_t len);

/* Adds a value to the text of an SQL array of texts; it writes "{" before the first one, and the caller ends the array
 * with "}". NULL is SQL null. */
void scim_array_put(scim_buf_t *array, const char *value);

/* Adds the statement that makes them, without searching for matching resources: its slot. `with_docs`: it returns the
 * documents. */
int scim_rows_create(scim_batch_t *batch, scim_session_t *session, const scim_resource_type_t *type, scim_rows_t *rows,
                     int with_docs);

/* Adds the statement that makes one user only if no account matches it (sql/statements/user_create.sql): its slot.
 * `text` is the document to store. */
int scim_row_create_user(scim_batch_t *batch, scim_session_t *session, const char *id, const scim_row_t *row,
                         const char *text);

/* A stored row, with its keys, from a result with the columns of stored.part, which begin at `column`. */
scim_row_t scim_row_read(const PGresult *result, int row, int column, const scim_resource_type_t *type,
                         const scim_rules_t *rules, apr_pool_t *pool);

/* One change of a stored resource. */
typedef struct scim_row_change_t {
    const scim_resource_type_t *type;
    const char *id;
    const scim_row_t *before;
    const char *before_text; /* the stored document */
    const scim_row_t *after;
    const char *after_text;
    const char *seen; /* the xmin of the row that `before` was read from, without a lock; NULL: it is locked */
} scim_row_change_t;

/* Adds the statements that write it, which fail with a transient error if `seen` is another row by now; returns the
 * slot of the one that returns the record, with a user's groups if `with_groups`. */
int scim_row_update(scim_batch_t *batch, scim_session_t *session, const scim_row_change_t *change, int with_groups);

/* Adds the statements that erase a row. */
void scim_row_erase(scim_batch_t *batch, scim_session_t *session, const scim_row_change_t *change);

#endif
