/*
 * The discovery documents of RFC 7644 4, made from the configuration.
 */
#ifndef SCIM_DISCOVERY_H
#define SCIM_DISCOVERY_H

#include "schema.h"
#include "text.h"

/* The facts that /ServiceProviderConfig states (RFC 7643 5, RFC 9865 4). */
typedef struct scim_provider_t {
    int page_default;
    int page_maximum;
    int cursor_timeout; /* seconds */
    int bulk_operations;
    apr_off_t bulk_bytes;
    const char *documentation_uri; /* NULL where there is none: the member is then left out */
    int interop;                   /* conforms to draft-zollner-scim-interop-profile; else the member is left out */
} scim_provider_t;

void scim_discovery_config(scim_buf_t *out, const scim_provider_t *provider, const char *base);

/* The list of all, as a ListResponse; or one by its id (a schema URN, a resource type name): 0 where there is none.
 * `all`: with attributes that are never stored, such as the password. Without them test clients, which read back what
 * they write, find no difference. */
void scim_discovery_schemas(scim_buf_t *out, const scim_schemas_t *schemas, int all, const char *base);
int scim_discovery_schema(scim_buf_t *out, const scim_schemas_t *schemas, const char *id, int all, const char *base);
void scim_discovery_types(scim_buf_t *out, const scim_schemas_t *schemas, const char *base);
int scim_discovery_type(scim_buf_t *out, const scim_schemas_t *schemas, const char *id, const char *base);

#endif
