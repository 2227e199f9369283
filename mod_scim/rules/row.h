/*
 * A resource as the database keeps it: the document, the facts that the server keeps beside it, and the keys that it is
 * found by.
 *
 * A change is two rows: the one that is stored, and the one that shall be. account.h makes the second one right,
 * scim_row_keys computes its keys, entry.h says what the audit log tells of the difference, and store/row_write.h
 * writes it. The keys follow from the document and two facts (deleted, and whether people log in by e-mail), so nobody
 * else computes them.
 */
#ifndef SCIM_RULES_ROW_H
#define SCIM_RULES_ROW_H

#include <json-c/json.h>

#include "rules.h"
#include "scim/schema.h"

/* The columns that hold keys, in the order of the statements' parameters (sql/statements/row_keys.part). */
typedef enum {
    SCIM_KEY_EXTERNAL_ID,
    SCIM_KEY_USER_NAME,
    SCIM_KEY_GROUP_NAME,
    SCIM_KEY_DISPLAY_NAME,
    SCIM_KEY_FORMER_NAME,
    SCIM_KEY_LOGIN,
    SCIM_KEY_FORMATTED_NAME,
    SCIM_KEY_FAMILY_NAME,
    SCIM_KEY_GIVEN_NAME,
    SCIM_KEY_MIDDLE_NAME,
    SCIM_KEY_HONORIFIC_PREFIX,
    SCIM_KEY_HONORIFIC_SUFFIX,
    SCIM_KEY_EMPLOYEE_NUMBER,
    SCIM_KEY_COUNT
} scim_key_e;

/* Characters of a key that is cut, so that any value fits into an index; who finds a resource by it compares the value
 * itself as well. */
#define SCIM_KEY_CUT 256

typedef struct scim_row_t {
    const scim_resource_type_t *type;
    json_object *doc;
    const char *source; /* scim, local or application */
    int deleted;
    int active;                       /* of a user: neither deactivated nor deleted; of anything else: always */
    const char *role;                 /* the value of the account's role; NULL: the tenant's default */
    const char *sent_role;            /* the one that the identity provider last sent; NULL: none */
    const apr_array_header_t *flags;  /* const char *: local flags that are set; NULL: none */
    const char *protected;            /* main-contact or break-glass; NULL: neither */
    const char *keys[SCIM_KEY_COUNT]; /* NULL: none */
    /* What follows for its grants (entitlement.h), of a row that is to be written. */
    const apr_array_header_t *entitled;    /* const char *: subscriptions that it is granted; NULL: nothing changes */
    const apr_array_header_t *disentitled; /* const char *: those that it is not any more; NULL: all others */
    int loses;                             /* it may lose access by that */
    const char *note;                      /* what an administrator should know of the change; NULL: nothing */
} scim_row_t;

/* A new resource of a client. */
scim_row_t scim_row_new(const scim_resource_type_t *type, json_object *doc);

/* Whether the resource is a user. */
int scim_row_is_user(const scim_row_t *row);

/* Whether clients of the SCIM endpoint see it: what is local or deleted they do not. */
int scim_row_is_seen(const scim_row_t *row);

/* Sets the keys and `active` from the rest of the row. Texts live in `pool`, or as long as the document. */
void scim_row_keys(scim_row_t *row, const scim_rules_t *rules, apr_pool_t *pool);

/* A string member of a document; NULL where it has none. */
const char *scim_row_text(json_object *doc, const char *name);

/* What people call the resource: userName, value or displayName. */
const char *scim_row_name(const scim_row_t *row);

/* The account's e-mail address: that of the primary entry, else of the first, of those that have one; NULL where none
 * has. It lives in `pool`. */
const char *scim_row_email(json_object *doc, apr_pool_t *pool);

/* The same as rows of scim.lookup have it: folded and cut. */
const char *scim_row_email_key(const scim_row_t *row, apr_pool_t *pool);

#endif
