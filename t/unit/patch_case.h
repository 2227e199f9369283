/*
 * One PATCH request on one document, as a row of a table.
 */
#ifndef PATCH_CASE_H
#define PATCH_CASE_H

#include "scim/patch.h"
#include "unit.h"

#define URN_USER "urn:ietf:params:scim:schemas:core:2.0:User"
#define ENT      "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

/* Values of `emails`, and the path to one of them. */
#define WORK   "{'type':'work','value':'w@x'}"
#define HOME   "{'type':'home','value':'h@x'}"
#define BOTH   "'emails':[" WORK "," HOME "]"
#define E_WORK "emails[type eq \\'work\\']"

typedef struct patch_case_t {
    const char *doc;    /* members of a User in addition to schemas and userName */
    const char *ops;    /* the operations */
    const char *wanted; /* the result, like `doc`; the same text means a no-op. NULL: the error below */
    scim_type_e type;
    const char *detail;
} patch_case_t;

/* A whole User document; its `schemas` follow from the members. */
json_object *patch_user(const char *members);

/* Reads and applies a request with these operations. */
scim_error_t *patch_run(int *changed, json_object *doc, const scim_resource_type_t *type, const char *ops,
                        scim_leniency_t *leniency);

/* Asserts that two documents are equal, ignoring the order of members; returns whether they are. */
int patch_equal(json_object *doc, json_object *wanted);

/* Checks a row, with all leniencies. `make` makes a document from the row's members. */
void patch_check(const patch_case_t *row, const scim_resource_type_t *type, json_object *(*make)(const char *members));

#define PATCH_CHECK(rows, type, make)                                                                                  \
    do {                                                                                                               \
        for (size_t row_ = 0; row_ < sizeof(rows) / sizeof((rows)[0]); row_++)                                         \
            patch_check(&(rows)[row_], (type), (make));                                                                \
    } while (0)
#define CHECK_ROWS(rows) PATCH_CHECK(rows, unit_type("User"), patch_user)

#endif
