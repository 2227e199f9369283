/*
 * What identity providers get wrong and are understood in all the same.
 *
 * Each leniency is one row of one table: its bit, its name in the log, the client that needs it and
 * what is accepted. A reader gets the set that the tenant's profile allows, and notes which ones it used.
 */
#ifndef SCIM_LENIENCY_H
#define SCIM_LENIENCY_H

#include <apr_pools.h>

typedef enum {
    SCIM_LENIENT_BOOLEAN_STRING = 1 << 0,      /* "False" for false: Entra ID without its flag */
    SCIM_LENIENT_DOTTED_KEY = 1 << 1,          /* {"name.givenName": ..} in a path-less value: Entra ID with its flag */
    SCIM_LENIENT_URN_KEY = 1 << 2,             /* {"urn:..:User:employeeNumber": ..} in a value: Entra ID */
    SCIM_LENIENT_ARRAY_FOR_SINGULAR = 1 << 3,  /* [{..}] for one complex value: Entra ID, manager */
    SCIM_LENIENT_BARE_COMPLEX = 1 << 4,        /* "ID" for {"value": "ID"}: Entra ID, manager */
    SCIM_LENIENT_BARE_EXTENSION = 1 << 5,      /* path "manager" for the extension's attribute: Entra ID */
    SCIM_LENIENT_REMOVE_VALUE = 1 << 6,        /* remove with a list of values: Entra ID, JumpCloud */
    SCIM_LENIENT_READ_ONLY_IN_VALUE = 1 << 7,  /* a readOnly id inside a value is ignored: Okta */
    SCIM_LENIENT_JSON_STRING = 1 << 8,         /* a JSON document inside a role's value string: Entra ID */
    SCIM_LENIENT_VALUE_PATH_CREATES = 1 << 9,  /* emails[type eq "work"].value without a match: Entra ID */
    SCIM_LENIENT_NO_SCHEMAS = 1 << 10,         /* a body without `schemas`: several */
    SCIM_LENIENT_UNLISTED_EXTENSION = 1 << 11, /* an extension used but not listed in `schemas`: Entra ID */
    SCIM_LENIENT_URN_SLIP = 1 << 12,     /* "..enterprise:2.0User", "urn:scim:schemas:core:2.0": Entra ID, OneLogin */
    SCIM_LENIENT_FILTER_SLIPS = 1 << 13, /* eq"x", unquoted words, "True" for true: RFC 7644's own, Entra ID */
    SCIM_LENIENT_OBJECT_FOR_ARRAY = 1 << 14 /* {..} for a list of one: OneLogin */
} scim_leniency_e;

#define SCIM_LENIENT_NONE 0u
#define SCIM_LENIENT_ALL  0x7fffu

/* What a reader may accept, and what it did accept. */
typedef struct scim_leniency_t {
    unsigned allowed; /* scim_leniency_e bits */
    unsigned used;    /* filled by the readers */
} scim_leniency_t;

/* Whether `what` is allowed; remembers that it was used. */
int scim_lenient(scim_leniency_t *leniency, scim_leniency_e what);

/* The names of the bits in `used`, comma-separated, for the log; "" where none. */
const char *scim_leniency_names(unsigned used, apr_pool_t *pool);

#endif
