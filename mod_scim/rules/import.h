/*
 * What a line of an import means: whom it is about, and what of the account it would change.
 *
 * A line names an account by its userName. One that is not there is made; one that is there is left as it is, unless
 * the import may change such (`existing`), and then gets the values of the line that it has not. What a line does not
 * say stays. So an import that is repeated changes nothing.
 *
 *   the line {"userName": "ANN", "phone": "1"}, and the account Ann with the phone 2:
 *   kept, differs in phone; with `existing` change: changed, by the arguments {"phone": "1"}
 */
#ifndef SCIM_RULES_IMPORT_H
#define SCIM_RULES_IMPORT_H

#include <apr_tables.h>
#include <json-c/json.h>

#include "scim/error.h"

typedef enum {
    SCIM_IMPORT_MADE,
    SCIM_IMPORT_CHANGED,
    SCIM_IMPORT_SAME, /* the account is there, and has all that the line says */
    SCIM_IMPORT_KEPT, /* the account is there and has other values, and stays as it is */
    SCIM_IMPORT_REFUSED
} scim_import_e;
#define SCIM_IMPORT_COUNT 5

#define SCIM_IMPORT_GROUPS_MAX 200 /* of a line */

/* "made" and so on, as it is told. */
extern const char *const scim_import_words[SCIM_IMPORT_COUNT];

typedef struct scim_import_line_t {
    apr_int64_t line;
    json_object
        *values;    /* the arguments of `user add` that the line says, and `groups`, checked; NULL: it is refused */
    const char *id; /* the account; NULL: there is none */
    scim_import_e outcome;
    json_object *args;   /* of CHANGED and KEPT: what of `values` the account has not; `groups` that it is not in */
    json_object *before; /* the same arguments, but for groups, as the account has them */
    json_object *set;    /* the arguments of `user set` that take the change back */
    const char *field;   /* of REFUSED: the column; NULL: none by itself */
    const char *cause;   /* of REFUSED: what is wrong and what to do */
} scim_import_line_t;

/* The argument that a column is; "" where an export has it and an import ignores it; NULL: no column is called so.
 * Case, blanks, "-" and "_" do not count. */
const char *scim_import_column(const char *name);

/* Refuses a file whose first line names what is no column, or none that is `userName`; *ignored gets the columns that
 * are ignored (a list of texts, owned by the pool). Errors: 400, of the argument `file`. */
scim_error_t *scim_import_columns(json_object **ignored, const apr_array_header_t *columns, apr_pool_t *pool);

/* The values of a row by the names of arguments, as they are written, without those that are ignored. Lists of objects
 * become lists of what these are called. A name that is no column refuses the line. */
json_object *scim_import_values(scim_import_line_t *line, json_object *row, apr_pool_t *pool);

/* How many groups a line names; 0 where it is refused. */
apr_size_t scim_import_groups(const scim_import_line_t *line);

/* Refuses a line that names more groups than SCIM_IMPORT_GROUPS_MAX; returns 0 where it does not. */
int scim_import_has_too_many(scim_import_line_t *line, apr_pool_t *pool);

/* Decides about a line whose account is there: `is` is what `user show` answers of it. `earlier` is the line of this
 * import that was about it before; 0: none was. */
void scim_import_decide(scim_import_line_t *line, json_object *is, apr_int64_t earlier, int changes, apr_pool_t *pool);

void scim_import_refuse(scim_import_line_t *line, const char *field, const char *cause);

#endif
