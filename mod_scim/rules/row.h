/*
 * A resource as the database stores it: the document, the server-owned columns, and the keys for look-ups.
 *
 * A change has two rows: the stored one and the new one. account.h checks and completes the new row, scim_row_keys
 * computes its keys, entry.h makes the audit entry from the difference, and store/row_write.h writes it. The keys
 * depend only on the document, `deleted`, and whether people log in by e-mail; only scim_row_keys computes them.
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

/* The length to which keys are truncated, so that any value fits into an index; a search by a key compares the value
 * itself as well. */
#define SCIM_KEY_CUT 256

typedef struct scim_row_t {
    const scim_resource_type_t *type;
    json_object *doc;
    const char *source; /* scim, local or application */
    int deleted;
    int active;                       /* a user: neither deactivated nor deleted; anything else: always 1 */
    const char *role;                 /* the value of the account's role; NULL: the tenant's default */
    const char *sent_role;            /* the role that the identity provider sent last; NULL: none */
    const apr_array_header_t *flags;  /* const char *: the account's flags; NULL: none */
    const char *protected;            /* main-contact or break-glass; NULL: neither */
    const char *keys[SCIM_KEY_COUNT]; /* NULL: none */
    /* For a row to be written: the effect on its grants (entitlement.h). */
    const apr_array_header_t *entitled;    /* const char *: subscriptions to grant; NULL: nothing changes */
    const apr_array_header_t *disentitled; /* const char *: subscriptions to withdraw; NULL: all others */
    int loses;                             /* it may lose access by this */
    const char *note;                      /* a remark for administrators about the change; NULL: none */
} scim_row_t;

/* The row of a new resource sent by a client. */
scim_row_t scim_row_new(const scim_resource_type_t *type, json_object *doc);

/* Whether the resource is a user. */
int scim_row_is_user(const scim_row_t *row);

/* Whether clients of the SCIM endpoint see it: not if it is local or deleted. */
int scim_row_is_seen(const scim_row_t *row);

/* Sets the keys and `active` from the rest of the row. Texts live in `pool`, or as long as the document. */
void scim_row_keys(scim_row_t *row, const scim_rules_t *rules, apr_pool_t *pool);

/* A string member of a document; NULL if it has none. */
const char *scim_row_text(json_object *doc, const char *name);

/* The resource's name: userName, value or displayName. */
const char *scim_row_name(const scim_row_t *row);

/* The account's e-mail address: the primary entry's, else the first one; entries without a value are skipped. NULL:
 * none. It lives in `pool`. */
const char *scim_row_email(json_object *doc, apr_pool_t *pool);

/* The same in the form of scim.lookup: folded and truncated. */
const char *scim_row_email_key(const scim_row_t *row, apr_pool_t *pool);

#endif
