/*
 * A request as SCIM sees it: which tenant, which place below the Location, who asks.
 *
 * Made at the start of the handler, filled step by step, and dead with the request's pool. One thread at a time.
 */
#ifndef SCIM_REQUEST_H
#define SCIM_REQUEST_H

#include <httpd.h>

#include "configuration.h"
#include "scim/error.h"
#include "scim/mask.h"
#include "store/token.h"

typedef enum {
    SCIM_AT_NOTHING,      /* no such endpoint */
    SCIM_AT_CONFIG,       /* /ServiceProviderConfig */
    SCIM_AT_SCHEMAS,      /* /Schemas */
    SCIM_AT_SCHEMA,       /* /Schemas/{id} */
    SCIM_AT_TYPES,        /* /ResourceTypes */
    SCIM_AT_TYPE,         /* /ResourceTypes/{id} */
    SCIM_AT_ROOT,         /* the tenant's base URL itself */
    SCIM_AT_SEARCH,       /* /.search, /Users/.search */
    SCIM_AT_COLLECTION,   /* /Users */
    SCIM_AT_RESOURCE,     /* /Users/{id} */
    SCIM_AT_BULK,         /* /Bulk */
    SCIM_AT_ME,           /* /Me, until the token's user is known: then SCIM_AT_RESOURCE */
    SCIM_AT_ACCESS_TOKEN, /* /oauth2/token */
    SCIM_AT_WELL_KNOWN,   /* /.well-known/NAME */
    SCIM_AT_ANY           /* in tables of operations: every place */
} scim_place_e;

typedef struct scim_request_t {
    request_rec *r;
    const scim_dir_config_t *config;
    const scim_schemas_t *schemas;
    const char *tenant; /* a valid key, though perhaps nobody's; NULL where the request names none */
    const char *base;   /* the tenant's base URL, no slash at its end */
    scim_place_e place;
    const scim_resource_type_t *type; /* SCIM_AT_COLLECTION, SCIM_AT_RESOURCE, SCIM_AT_SEARCH; NULL: all types */
    const char *id;                   /* what follows the endpoint, decoded */
    const char *right; /* SCIM_AT_NOTHING: the path below the base URL that may be meant (scim/address.h), or NULL */
    int astray;        /* no tenant is named: what stands for it is the name of an endpoint */
    int token_presented;
    const char *key_id; /* of what was presented, be it mistyped; NULL: it has none */
    scim_token_t token;
    const char *client;     /* what httpd calls the client, where that counts; NULL: the token does */
    const char *token_name; /* NULL until the database told it */
    scim_mask_t mask;       /* what logs and activity do not show of it */
    unsigned leniencies;    /* those that were used, for the logs (scim/leniency.h) */
    const char *ignored;    /* what was ignored, for the logs; NULL: nothing */
    const char *allow;      /* for 405 and OPTIONS: the value of Allow */
    int broken;             /* the body could not be read; httpd has answered, or there is nobody to answer */
} scim_request_t;

/* Finds tenant and place. Always makes *out; errors: 500 where the configuration is incomplete, 403 over plain HTTP. */
scim_error_t *scim_request_begin(scim_request_t **out, request_rec *r);

/* The SCIM request that httpd's request is; NULL: it is none, or did not come so far. */
const scim_request_t *scim_request_of(const request_rec *r);

/* What the logs know a request by: mod_unique_id's id, else httpd's own, which may be NULL. */
const char *scim_request_log_id(const request_rec *r);

/* Refuses what comes over plain HTTP, where that is not allowed. Errors: 403. */
scim_error_t *scim_request_tls(request_rec *r, const scim_dir_config_t *config);

/* The tenant that a request in any Location with ScimTenant is about: a valid key, though perhaps nobody's. NULL: none.
 */
const char *scim_request_tenant(request_rec *r, const scim_dir_config_t *config);

/* What the Authorization header of the scheme Basic holds, decoded; NULL: there is none. */
char *scim_request_basic(const request_rec *r);

/* Reads the bearer token (RFC 6750 2.1), or what stands for one: the password of Basic (ScimBasicTokens), or the client
 * that httpd has authenticated (ScimClient). Errors: 401. */
scim_error_t *scim_request_token(scim_request_t *request);

#endif
