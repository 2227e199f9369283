#include "member.h"

#include <string.h>
#include <strings.h>

#include "json.h"

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

/* The names of members in PatchOp, BulkRequest and SearchRequest. */
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

static int is_text(json_object *item, const char *text)
{
    return json_object_is_type(item, json_type_string) && strcasecmp(json_object_get_string(item), text) == 0;
}

/* Whether `schemas` is a list of strings; *own: whether one of them is the message's URN. */
static int is_list_of_texts(int *own, json_object *schemas, const char *urn)
{
    *own = 0;
    for (size_t i = 0; i < json_object_array_length(schemas); i++) {
        json_object *item = json_object_array_get_idx(schemas, i);

        if (!json_object_is_type(item, json_type_string)) {
            return 0;
        }
        *own |= is_text(item, urn);
    }
    return 1;
}

scim_error_t *scim_member_schemas(json_object *body, const char *urn, scim_leniency_t *leniency, apr_pool_t *pool)
{
    json_object *schemas;
    int own = 0, listed = 1;

    scim_member_find(&schemas, body, "schemas");
    if (json_object_is_type(schemas, json_type_array)) {
        listed = is_list_of_texts(&own, schemas, urn);
    } else if (json_object_is_type(schemas, json_type_string)) {
        own = is_text(schemas, urn);
        listed = scim_lenient(leniency, SCIM_LENIENT_OBJECT_FOR_ARRAY);
    } else {
        listed = !schemas;
    }
    if (listed && (own || scim_lenient(leniency, SCIM_LENIENT_NO_SCHEMAS))) {
        return NULL;
    }
    return scim_error_typed(pool, SCIM_INVALID_SYNTAX, "\"schemas\" must be a list that contains \"%s\".", urn);
}

scim_error_t *scim_member_operations(json_object **out, json_object *body, const char *detail,
                                     scim_leniency_t *leniency, apr_pool_t *pool)
{
    int found = scim_member_find(out, body, "Operations");
    json_object *one = *out;

    if (found == 1 && json_object_is_type(one, json_type_object) &&
        scim_lenient(leniency, SCIM_LENIENT_OBJECT_FOR_ARRAY)) {
        *out = scim_json_own(json_object_new_array(), pool);
        json_object_array_add(*out, json_object_get(one));
    }
    return found == 1 && json_object_is_type(*out, json_type_array)
               ? NULL
               : scim_error_typed(pool, SCIM_INVALID_SYNTAX, "%s", detail);
}
