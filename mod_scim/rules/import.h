/*
 * What a line of an import means: which account it names, and what it would change.
 *
 * A line names an account by its userName. A missing account is made. An existing account is changed only if the import
 * allows it (`existing`): it then gets the values of the line that differ. Values that a line leaves out stay. So
 * repeating an import changes nothing.
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
    SCIM_IMPORT_SAME, /* the account exists with the values of the line */
    SCIM_IMPORT_KEPT, /* the account exists with other values, and is not changed */
    SCIM_IMPORT_REFUSED
} scim_import_e;
#define SCIM_IMPORT_COUNT 5

#define SCIM_IMPORT_GROUPS_MAX 200 /* of a line */

/* "made" and so on, for answers. */
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

/* The argument for a column's name; "" for a column of exports that imports ignore; NULL: unknown. Case, blanks, "-"
 * and "_" are ignored. */
const char *scim_import_column(const char *name);

/* Refuses a file whose first line has an unknown column, or no `userName`; *ignored gets the columns that are ignored
 * (a list of texts, owned by the pool). Errors: 400, of the argument `file`. */
scim_error_t *scim_import_columns(json_object **ignored, const apr_array_header_t *columns, apr_pool_t *pool);

/* The unparsed values of a row by argument name, without ignored columns. Lists of objects become lists of their names.
 * An unknown column refuses the line. */
json_object *scim_import_values(scim_import_line_t *line, json_object *row, apr_pool_t *pool);

/* How many groups a line names; 0 if it is refused. */
apr_size_t scim_import_groups(const scim_import_line_t *line);

/* Refuses a line that names more groups than SCIM_IMPORT_GROUPS_MAX; returns 0 if it does not. */
int scim_import_has_too_many(scim_import_line_t *line, apr_pool_t *pool);

/* Decides about a line whose account exists: `is` is the answer of `user show`. `earlier` is the number of an earlier
 * line of this import for the same account; 0: none. */
void scim_import_decide(scim_import_line_t *line, json_object *is, apr_int64_t earlier, int changes, apr_pool_t *pool);

void scim_import_refuse(scim_import_line_t *line, const char *field, const char *cause);

#endif
