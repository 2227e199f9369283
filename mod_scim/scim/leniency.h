/*
 * What identity providers get wrong and are understood in all the same, and who is not understood.
 *
 * Each leniency is one row of one table: its bit, its name in the log, the client that needs it, what the client does,
 * what it should do, and the scimType of the refusal. A reader gets the set that is allowed, and notes which ones it
 * used. A tenant's profile may refuse a request for what was used:
 *
 *   lenient  nothing
 *   rfc      whatever RFC 7643 and RFC 7644 do not allow
 *   interop  that, and what draft-zollner-scim-interop-profile forbids besides
 *
 * What only `interop` refuses is no leniency, as the RFCs allow it: it is noted (scim_lenient_note), never in the log.
 *
 * A leniency that would hide mistakes if it held everywhere holds for the attributes that its row lists
 * (scim_lenient_for). What a request has and no schema knows is ignored by name (scim_lenient_ignore), so that activity
 * and log can tell of it.
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
    SCIM_LENIENT_EMPTY_STRING = 1 << 17,      /* "" for no value of what is no string: Entra ID, SURF SBS */
    SCIM_LENIENT_UNKNOWN_EXTENSION = 1 << 18, /* an extension that the type has not: SAP, Okta, SURF SBS */
    SCIM_LENIENT_UNKNOWN_PATH = 1 << 19,      /* a PATCH path to what no schema of the type has: Okta, SAP */
    SCIM_LENIENT_NO_OPERATIONS = 1 << 20,     /* "Operations": []: Microsoft's SCIM Validator */
    SCIM_LENIENT_BARE_OPERATIONS = 1 << 21,   /* a list of operations for a PatchOp in Bulk: RFC 7644's own example */
    SCIM_LENIENT_SSH_KEY = 1 << 22,           /* an SSH key for a certificate: SURF SBS */
    SCIM_LENIENT_VALUE_OBJECT = 1 << 23,      /* {"value": "x"} for "x": ConnId, a group's displayName */
    SCIM_NOTED_UNKNOWN_ATTRIBUTE = 1 << 24,   /* an attribute that no schema has, which is ignored */
    SCIM_NOTED_NO_PATH = 1 << 25,             /* a PATCH operation without a path */
    SCIM_NOTED_IN_SORT = 1 << 26,             /* an attribute's name that needed a leniency is in sortBy, */
    SCIM_NOTED_IN_FILTER = 1 << 27            /* in a filter: never noted alone, it says the scimType of the refusal */
} scim_leniency_e;

#define SCIM_LENIENT_NONE 0u
#define SCIM_LENIENT_ALL  0xffffffu
/* What a reader of attributes' names may use. */
#define SCIM_LENIENT_NAMES ((unsigned)SCIM_LENIENT_BARE_EXTENSION | (unsigned)SCIM_LENIENT_URN_SLIP)

/* What a reader may accept, and what it did accept. */
typedef struct scim_leniency_t {
    unsigned allowed;            /* scim_leniency_e bits */
    unsigned used;               /* filled by the readers */
    apr_pool_t *pool;            /* of the names that were ignored; NULL: they are not kept */
    apr_array_header_t *ignored; /* const char *: attributes that no schema has, the first few; NULL: none */
    apr_array_header_t *foreign; /* const char *: extensions that the type has not, the first few; NULL: none */
} scim_leniency_t;

/* Whether `what` is allowed; remembers that it was used. */
int scim_lenient(scim_leniency_t *leniency, scim_leniency_e what);

/* The same for an attribute, by its name in lower case: only what the leniency's row lists. `target` tells that the
 * value is that of a PATCH operation whose path names the attribute, for which a row may list more. */
int scim_lenient_for(scim_leniency_t *leniency, scim_leniency_e what, const char *key, int target);

/* Remembers `what`, which is always accepted here. `leniency` may be NULL. */
void scim_lenient_note(scim_leniency_t *leniency, scim_leniency_e what);

/* Remembers that an attribute of this name was ignored, which is noted too. `leniency` may be NULL. */
void scim_lenient_ignore(scim_leniency_t *leniency, const char *name);

/* Whether an extension that the type has not may be ignored; remembers it by its URN. */
int scim_lenient_foreign(scim_leniency_t *leniency, const char *urn);

/* Whether a PATCH operation on what no schema of the type has may be ignored; remembers it by the attribute's name, or
 * where `foreign` by the URN of the extension. */
int scim_lenient_path(scim_leniency_t *leniency, const char *name, int foreign);

/* Adds what `other` has used and ignored. */
void scim_leniency_add(scim_leniency_t *leniency, const scim_leniency_t *other);

/* What an administrator should know of what was accepted and ignored, in sentences; NULL: nothing. */
const char *scim_leniency_told(const scim_leniency_t *leniency, apr_pool_t *pool);

/* The sentences about what was ignored alone; NULL: nothing was. */
const char *scim_leniency_ignored(const scim_leniency_t *leniency, apr_pool_t *pool);

/* The names of the leniencies in `used`, comma-separated, for the log; "" where none. */
const char *scim_leniency_names(unsigned used, apr_pool_t *pool);

/* The profiles that refuse a request which needed `used`, as the text of an SQL array; NULL where none does. */
const char *scim_leniency_refusers(unsigned used);

/* The refusal of `used` by a profile: 400 with the first one's scimType (of a name in a filter invalidFilter, in sortBy
 * invalidValue), and a detail that names it. NULL where the profile (NULL: lenient) accepts all. */
scim_error_t *scim_leniency_refusal(unsigned used, const char *profile, apr_pool_t *pool);

#endif
