/*
 * Whether a schema can describe a type of resources: what the schema asks for and this server would not do is refused
 * when it starts, and never ignored.
 */
#ifndef SCIM_SCHEMA_CHECK_H
#define SCIM_SCHEMA_CHECK_H

#include "schema.h"

/* NULL where `schema` fits as base schema or extension of `type`, whose own schema and common one are set. Otherwise
 * what is wrong, for people, and *where is the attribute that it is about. */
const char *scim_schema_misfit(const scim_attr_t **where, const scim_resource_type_t *type, const scim_schema_t *schema,
                               apr_pool_t *pool);

/* scim_resource_type_t.plain, when base schema and extensions are set. */
int scim_type_is_plain(const scim_resource_type_t *type);

#endif
