/*
 * Checks whether a schema fits a resource type: a feature of the schema that this server does not support is refused at
 * start, never ignored.
 */
#ifndef SCIM_SCHEMA_CHECK_H
#define SCIM_SCHEMA_CHECK_H

#include "schema.h"

/* NULL if `schema` fits as base schema or extension of `type`, whose own schema and common one are set. Otherwise an
 * error text, and *where is the attribute. */
const char *scim_schema_misfit(const scim_attr_t **where, const scim_resource_type_t *type, const scim_schema_t *schema,
                               apr_pool_t *pool);

/* scim_resource_type_t.plain, when base schema and extensions are set. */
int scim_type_is_plain(const scim_resource_type_t *type);

#endif
