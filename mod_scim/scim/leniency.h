/*
 * Leniencies: known mistakes of identity providers that are accepted, and the profiles that refuse them.
 *
 * Each leniency is one row of one table: its bit, its name in the log, the client that needs it, what the client does,
 * what it should do, and the scimType of the refusal. A reader gets the set of allowed leniencies, and records which
 * ones it used. A tenant's profile may refuse a request that used one:
 *
 *   lenient  refuses nothing
 *   rfc      refuses what RFC 7643 and RFC 7644 do not allow
 *   interop  also refuses what draft-zollner-scim-interop-profile forbids
 *
 * What only `interop` refuses is not a leniency, because the RFCs allow it: it is recorded (scim_lenient_note), but
 * never logged.
 *
 * A leniency that would hide mistakes elsewhere applies only to the attributes that its row lists (scim_lenient_for).
 * Unknown attributes of a request are ignored, and their names recorded for activity and log (scim_lenient_ignore).
 */
#ifndef SCIM_LENIENCY_H
#define SCIM_LENIENCY_H

#include <apr_pools.h>

#include "error.h"

typedef enum {
    SCIM_LENIENT_BOOLEAN_STRING = 1 << 0,      /* "False" for false: Entra ID without its flag */
    SCIM_LENIENT_DOTTED_KEY = 1 << 1,          /* {"name.givenName": ..} in a path-less value: Entra ID with its flag */
    SCIM_LENIENT_URN_KEY = 1 << 2,             /* {"urn:..:User:employeeNumber": ..} in a value: Entra ID */
    SCIM_LENIENT_ARRAY_FOR_SINGULAR = 1 << 3,  /* [{..}] for one value: Entra ID, manager */
    SCIM_LENIENT_BARE_COMPLEX = 1 << 4,        /* "ID" for {"value": "ID"}: Entra ID, manager */
    SCIM_LENIENT_BARE_EXTENSION = 1 << 5,      /* path "manager" for the extension's attribute: Entra ID */
    SCIM_LENIENT_REMOVE_VALUE = 1 << 6,        /* remove with a list of values: Entra ID, JumpCloud, authentik */
    SCIM_LENIENT_READ_ONLY_IN_VALUE = 1 << 7,  /* a readOnly id inside a value is ignored: Okta, authentik */
    SCIM_LENIENT_JSON_STRING = 1 << 8,         /* a JSON document inside a role's value string: Entra ID */
    SCIM_LENIENT_VALUE_PATH_CREATES = 1 << 9,  /* emails[type eq "work"].value without a match: Entra ID */
    SCIM_LENIENT_NO_SCHEMAS = 1 << 10,         /* a body without `schemas`: several */
    SCIM_LENIENT_UNLISTED_EXTENSION = 1 << 11, /* an extension used but not listed in `schemas`: Entra ID */
    SCIM_LENIENT_URN_SLIP = 1 << 12,     /* "..enterprise:2.0User", "urn:scim:schemas:core:2.0": Entra ID, OneLogin */
    SCIM_LENIENT_FILTER_SLIPS = 1 << 13, /* eq"x", unquoted words, "True" for true: RFC 7644's own, Entra ID */
    SCIM_LENIENT_OBJECT_FOR_ARRAY = 1 << 14,  /* {..} for a list of one: OneLogin */
    SCIM_LENIENT_CAPITAL_OP = 1 << 15,        /* "Replace" for "replace": Entra ID without its flag */
    SCIM_LENIENT_FLAG_IN_PATH = 1 << 16,      /* aadOptscim062020 in the path: Entra ID */
    SCIM_LENIENT_EMPTY_STRING = 1 << 17,      /* "" for no value of a non-string attribute: Entra ID, SURF SBS */
    SCIM_LENIENT_UNKNOWN_EXTENSION = 1 << 18, /* an extension that the type does not have: SAP, Okta, SURF SBS */
    SCIM_LENIENT_UNKNOWN_PATH = 1 << 19,      /* a PATCH path to an unknown attribute: Okta, SAP */
    SCIM_LENIENT_NO_OPERATIONS = 1 << 20,     /* "Operations": []: Microsoft's SCIM Validator */
    SCIM_LENIENT_BARE_OPERATIONS = 1 << 21,   /* a list of operations for a PatchOp in Bulk: RFC 7644's own example */
    SCIM_LENIENT_SSH_KEY = 1 << 22,           /* an SSH key for a certificate: SURF SBS */
    SCIM_LENIENT_VALUE_OBJECT = 1 << 23,      /* {"value": "x"} for "x": ConnId, a group's displayName */
    SCIM_NOTED_UNKNOWN_ATTRIBUTE = 1 << 24,   /* an unknown attribute, which is ignored */
    SCIM_NOTED_NO_PATH = 1 << 25,             /* a PATCH operation without a path */
    SCIM_NOTED_IN_SORT = 1 << 26,             /* the attribute name that needed a leniency is in sortBy, */
    SCIM_NOTED_IN_FILTER = 1 << 27 /* or in a filter: only with another bit, decides the scimType of the refusal */
} scim_leniency_e;

#define SCIM_LENIENT_NONE 0u
#define SCIM_LENIENT_ALL  0xffffffu
/* The leniencies of attribute names. */
#define SCIM_LENIENT_NAMES ((unsigned)SCIM_LENIENT_BARE_EXTENSION | (unsigned)SCIM_LENIENT_URN_SLIP)

/* What a reader may accept, and what it has accepted. */
typedef struct scim_leniency_t {
    unsigned allowed;            /* scim_leniency_e bits */
    unsigned used;               /* filled by the readers */
    apr_pool_t *pool;            /* for the ignored names; NULL: do not store them */
    apr_array_header_t *ignored; /* const char *: the first few unknown attributes; NULL: none */
    apr_array_header_t *foreign; /* const char *: the first few unknown extensions; NULL: none */
} scim_leniency_t;

/* Whether `what` is allowed; records that it was used. */
int scim_lenient(scim_leniency_t *leniency, scim_leniency_e what);

/* The same for an attribute, by its name in lower case: only if the leniency's row lists it. `target`: the value is
 * that of a PATCH operation whose path names the attribute, for which a row may list more attributes. */
int scim_lenient_for(scim_leniency_t *leniency, scim_leniency_e what, const char *key, int target);

/* Records `what`, which is always accepted here. `leniency` may be NULL. */
void scim_lenient_note(scim_leniency_t *leniency, scim_leniency_e what);

/* Records that an attribute of this name was ignored, and SCIM_NOTED_UNKNOWN_ATTRIBUTE. `leniency` may be NULL. */
void scim_lenient_ignore(scim_leniency_t *leniency, const char *name);

/* Whether an unknown extension may be ignored; records its URN. */
int scim_lenient_foreign(scim_leniency_t *leniency, const char *urn);

/* Whether a PATCH operation on an unknown attribute may be ignored; records the attribute's name, or if `foreign` the
 * extension's URN. */
int scim_lenient_path(scim_leniency_t *leniency, const char *name, int foreign);

/* Adds what `other` has used and ignored. */
void scim_leniency_add(scim_leniency_t *leniency, const scim_leniency_t *other);

/* Sentences for administrators about what was accepted and ignored; NULL: nothing. */
const char *scim_leniency_told(const scim_leniency_t *leniency, apr_pool_t *pool);

/* Only the sentences about what was ignored; NULL: nothing was. */
const char *scim_leniency_ignored(const scim_leniency_t *leniency, apr_pool_t *pool);

/* The names of the leniencies in `used`, comma-separated, for the log; "" where none. */
const char *scim_leniency_names(unsigned used, apr_pool_t *pool);

/* The profiles that refuse a request which needed `used`, as the text of an SQL array; NULL where none does. */
const char *scim_leniency_refusers(unsigned used);

/* The refusal of `used` by a profile: 400 with the first one's scimType (invalidFilter for a name in a filter,
 * invalidValue in sortBy), and a detail that names it. NULL if the profile (NULL: lenient) accepts all. */
scim_error_t *scim_leniency_refusal(unsigned used, const char *profile, apr_pool_t *pool);

#endif
