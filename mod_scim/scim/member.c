#include "member.h"

#include <string.h>
#include <strings.h>

int scim_member_find(json_object **out, json_object *object, const char *name)
{
    int found = 0;

    *out = NULL;
    json_object_object_foreach(object, key, value)
    {
        if (strcasecmp(key, name) == 0) {
            *out = value;
            found++;
        }
    }
    return found;
}

/* The members of PatchOp, BulkRequest and SearchRequest. */
static const char *const of_messages[] = {
    "schemas", "Operations", "op",        "path",         "value",      "method",
    "bulkId",  "data",       "version",   "failOnErrors", "attributes", "excludedAttributes",
    "filter",  "sortBy",     "sortOrder", "startIndex",   "count",      "cursor"};

int scim_member_known(const void *schemas, const char *name, apr_size_t len)
{
    const apr_size_t plain = strcspn(name, ":.[");

    if (name[plain] == ':') {
        return 1;
    }
    for (size_t i = 0; i < sizeof(of_messages) / sizeof(of_messages[0]); i++) {
        if (strlen(of_messages[i]) == len && strncasecmp(of_messages[i], name, len) == 0) {
            return 1;
        }
    }
    return scim_schemas_name(schemas, name, plain);
}

static int lists(json_object *schemas, const char *urn)
{
    if (!json_object_is_type(schemas, json_type_array)) {
        return 0;
    }
    for (size_t i = 0; i < json_object_array_length(schemas); i++) {
        json_object *item = json_object_array_get_idx(schemas, i);

        if (json_object_is_type(item, json_type_string) && strcasecmp(json_object_get_string(item), urn) == 0) {
            return 1;
        }
    }
    return 0;
}

scim_error_t *scim_member_schemas(json_object *body, const char *urn, scim_leniency_t *leniency, apr_pool_t *pool)
{
    json_object *schemas;

    scim_member_find(&schemas, body, "schemas");
    if (!schemas && scim_lenient(leniency, SCIM_LENIENT_NO_SCHEMAS)) {
        return NULL;
    }
    if (!schemas || !lists(schemas, urn)) {
        return scim_error_typed(pool, SCIM_INVALID_SYNTAX, "\"schemas\" must be a list that contains \"%s\".", urn);
    }
    return NULL;
}
