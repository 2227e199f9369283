/*
 * A SCIM request: its tenant, its place below the Location, its token.
 *
 * Made at the start of the handler, filled in steps, and freed with the request's pool. One thread at a time.
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
    const char *tenant; /* a valid key, perhaps of no tenant; NULL: the request names none */
    const char *base;   /* the tenant's base URL, no slash at its end */
    scim_place_e place;
    const scim_resource_type_t *type; /* SCIM_AT_COLLECTION, SCIM_AT_RESOURCE, SCIM_AT_SEARCH; NULL: all types */
    const char *id;                   /* the path after the endpoint, decoded */
    const char *right;                /* SCIM_AT_NOTHING: the right path below the base URL (scim/address.h), or NULL */
    int astray;                       /* the URL has an endpoint's name in place of a tenant */
    int token_presented;
    const char *key_id; /* of the presented token, even if mistyped; NULL: none */
    scim_token_t token;
    const char *client;     /* httpd's name for the client (ScimClient), if that counts; NULL: the token counts */
    const char *token_name; /* NULL until authentication */
    scim_mask_t mask;       /* what logs and activity mask */
    unsigned leniencies;    /* the used leniencies, for the logs (scim/leniency.h) */
    const char *ignored;    /* ignored attributes, for the logs; NULL: none */
    const char *allow;      /* for 405 and OPTIONS: the value of Allow */
    int broken;             /* the body could not be read; httpd has answered, or the client is gone */
} scim_request_t;

/* Finds tenant and place. Always makes *out; errors: 500 if the configuration is incomplete, 403 over plain HTTP. */
scim_error_t *scim_request_begin(scim_request_t **out, request_rec *r);

/* The SCIM request of httpd's request; NULL: none, or not made yet. */
const scim_request_t *scim_request_of(const request_rec *r);

/* The request id in the logs: mod_unique_id's, else httpd's own, which may be NULL. */
const char *scim_request_log_id(const request_rec *r);

/* Refuses plain HTTP, if it is not allowed. Errors: 403. */
scim_error_t *scim_request_tls(request_rec *r, const scim_dir_config_t *config);

/* The tenant of a request in any Location with ScimTenant: a valid key, perhaps of no tenant. NULL: none.
 */
const char *scim_request_tenant(request_rec *r, const scim_dir_config_t *config);

/* The decoded credentials of an Authorization header with the scheme Basic; NULL: none. */
char *scim_request_basic(const request_rec *r);

/* Reads the bearer token (RFC 6750 2.1), or its replacement: the password of Basic (ScimBasicTokens), or the client
 * that httpd has authenticated (ScimClient). Errors: 401. */
scim_error_t *scim_request_token(scim_request_t *request);

#endif
