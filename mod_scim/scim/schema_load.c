/*
 * Reads the schema files at start-up. Every file of every directory is read; Schemas are built at once, ResourceTypes
 * when all schemas are known (schema_type.c).
 */
#include <apr_file_io.h>
#include <apr_lib.h>
#include <apr_strings.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "json.h"
#include "schema.h"
#include "schema_loader.h"

#define URN_SCHEMA        "urn:ietf:params:scim:schemas:core:2.0:Schema"
#define URN_RESOURCE_TYPE "urn:ietf:params:scim:schemas:core:2.0:ResourceType"
#define COMMON_FILE       "common.json" /* in the directory of the shipped schemas, or of those that replace them */
#define INDEXED           "indexed"     /* an extension of this server: /Schemas does not show it */
#define MAX_LENGTH        "maxLength"   /* the same */
#define PERSONAL          "personal"    /* the same */
#define MAX_LENGTH_MOST   1048576       /* bytes; also the limit of a document */
#define FILE_MAX          1048576       /* bytes */
#define FILE_DEPTH        16
#define NAME_MAX_LENGTH   255
#define INTERNAL          500 /* the status of the error, although no request is answered with it */

typedef struct keyword_t {
    const char *name;
    int value;
} keyword_t;

static const keyword_t type_words[] = {
    {"string", SCIM_STRING},   {"boolean", SCIM_BOOLEAN},   {"decimal", SCIM_DECIMAL},
    {"integer", SCIM_INTEGER}, {"dateTime", SCIM_DATETIME}, {"reference", SCIM_REFERENCE},
    {"binary", SCIM_BINARY},   {"complex", SCIM_COMPLEX},   {NULL, 0}};
static const keyword_t mutability_words[] = {{"readWrite", SCIM_READ_WRITE},
                                             {"readOnly", SCIM_READ_ONLY},
                                             {"immutable", SCIM_IMMUTABLE},
                                             {"writeOnly", SCIM_WRITE_ONLY},
                                             {NULL, 0}};
static const keyword_t returned_words[] = {{"default", SCIM_RETURN_DEFAULT},
                                           {"always", SCIM_RETURN_ALWAYS},
                                           {"never", SCIM_RETURN_NEVER},
                                           {"request", SCIM_RETURN_REQUEST},
                                           {NULL, 0}};
static const keyword_t uniqueness_words[] = {
    {"none", SCIM_UNIQUE_NONE}, {"server", SCIM_UNIQUE_SERVER}, {"global", SCIM_UNIQUE_GLOBAL}, {NULL, 0}};

static const char *const schema_members[] = {"schemas", "id", "name", "description", "attributes", "meta", NULL};
static const char *const attr_members[] = {"name",       "type",          "multiValued",     "description",
                                           "required",   "caseExact",     "mutability",      "returned",
                                           "uniqueness", "subAttributes", "canonicalValues", "referenceTypes",
                                           INDEXED,      MAX_LENGTH,      PERSONAL,          NULL};

scim_error_t *scim_load_complain(const scim_loader_t *loader, const char *what, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *text = apr_pvsprintf(loader->pool, format, args);
    va_end(args);
    return scim_error_status(loader->pool, INTERNAL, "%s: %s%s%s", loader->file, what, *what ? ": " : "", text);
}

/* ---- members of a JSON object ---- */

int scim_load_listed(const char *const *list, const char *name)
{
    while (*list && strcmp(*list, name) != 0)
        list++;
    return *list != NULL;
}

scim_error_t *scim_load_members(const scim_loader_t *loader, const char *what, json_object *json,
                                const char *const *known)
{
    const struct lh_entry *entry;
    if (!json_object_is_type(json, json_type_object))
        return scim_load_complain(loader, what, "an object was expected");
    lh_foreach(json_object_get_object(json), entry)
    {
        const char *name = lh_entry_k(entry);
        if (!scim_load_listed(known, name))
            return scim_load_complain(loader, what, "unknown member \"%s\"", name);
    }
    return NULL;
}

scim_error_t *scim_load_string(const scim_loader_t *loader, const char *what, json_object *json, const char *name,
                               const char **out)
{
    json_object *value = json_object_object_get(json, name);
    if (!json_object_is_type(value, json_type_string) || !json_object_get_string_len(value))
        return scim_load_complain(loader, what, "\"%s\" must be a string that is not empty", name);
    *out = json_object_get_string(value);
    return NULL;
}

scim_error_t *scim_load_boolean(const scim_loader_t *loader, const char *what, json_object *json, const char *name,
                                int *out)
{
    json_object *value = json_object_object_get(json, name);
    if (!json_object_is_type(value, json_type_boolean))
        return scim_load_complain(loader, what, "\"%s\" must be true or false", name);
    *out = json_object_get_boolean(value);
    return NULL;
}

static scim_error_t *get_keyword(const scim_loader_t *loader, const char *what, json_object *json, const char *name,
                                 const keyword_t *words, int *out)
{
    const char *text = "";
    scim_error_t *error = scim_load_string(loader, what, json, name, &text);
    if (error)
        return error;
    for (; words->name; words++) {
        if (strcmp(words->name, text) == 0) {
            *out = words->value;
            return NULL;
        }
    }
    return scim_load_complain(loader, what, "\"%s\" is \"%s\", which is not one of the keywords", name, text);
}

/* A list of strings; *out is NULL if the member is absent. */
static scim_error_t *get_strings(const scim_loader_t *loader, const char *what, json_object *json, const char *name,
                                 apr_array_header_t **out)
{
    json_object *list = json_object_object_get(json, name);
    *out = NULL;
    if (!list)
        return NULL;
    if (!json_object_is_type(list, json_type_array) || !json_object_array_length(list))
        return scim_load_complain(loader, what, "\"%s\" must be a list that is not empty", name);
    *out = apr_array_make(loader->pool, (int)json_object_array_length(list), sizeof(const char *));
    for (size_t i = 0; i < json_object_array_length(list); i++) {
        json_object *value = json_object_array_get_idx(list, i);
        if (!json_object_is_type(value, json_type_string))
            return scim_load_complain(loader, what, "\"%s\" must hold strings only", name);
        APR_ARRAY_PUSH(*out, const char *) = json_object_get_string(value);
    }
    return NULL;
}

static const char *lower(const char *text, apr_pool_t *pool)
{
    char *key = apr_pstrdup(pool, text);
    for (char *c = key; *c; c++)
        *c = (char)apr_tolower(*c);
    return key;
}

/* ---- attributes ---- */

/* RFC 7643 2.1; the first character may be $, for $ref. */
static int is_attr_name(const char *name)
{
    if (!apr_isalpha(*name) && *name != '$')
        return 0;
    if (strlen(name) > NAME_MAX_LENGTH)
        return 0;
    while (*++name) {
        if (!apr_isalnum(*name) && !strchr("$-_", *name))
            return 0;
    }
    return 1;
}

static scim_error_t *read_characteristics(const scim_loader_t *loader, const char *what, json_object *json,
                                          scim_attr_t *attr)
{
    const char *description;
    int type = 0, mutability = 0, returned = 0, uniqueness = 0;
    scim_error_t *error;
    if ((error = scim_load_string(loader, what, json, "description", &description)) ||
        (error = get_keyword(loader, what, json, "type", type_words, &type)) ||
        (error = get_keyword(loader, what, json, "mutability", mutability_words, &mutability)) ||
        (error = get_keyword(loader, what, json, "returned", returned_words, &returned)) ||
        (error = get_keyword(loader, what, json, "uniqueness", uniqueness_words, &uniqueness)) ||
        (error = scim_load_boolean(loader, what, json, "multiValued", &attr->multi_valued)) ||
        (error = scim_load_boolean(loader, what, json, "required", &attr->required)) ||
        (error = scim_load_boolean(loader, what, json, "caseExact", &attr->case_exact)) ||
        (error = get_strings(loader, what, json, "canonicalValues", &attr->canonical)) ||
        (error = get_strings(loader, what, json, "referenceTypes", &attr->reference_types)))
        return error;
    attr->type = (scim_attr_type_e)type;
    attr->mutability = (scim_mutability_e)mutability;
    attr->returned = (scim_returned_e)returned;
    attr->uniqueness = (scim_uniqueness_e)uniqueness;
    return NULL;
}

/* Reads and removes an optional member that /Schemas does not show. */
static scim_error_t *read_own(const scim_loader_t *loader, const char *what, json_object *json, const char *name,
                              int *value)
{
    scim_error_t *error = NULL;
    if (json_object_object_get_ex(json, name, NULL))
        error = scim_load_boolean(loader, what, json, name, value);
    json_object_object_del(json, name);
    return error;
}

/* A value may be longer than usual only if the schema file says so. */
static scim_error_t *read_max_length(const scim_loader_t *loader, const char *what, json_object *json,
                                     scim_attr_t *attr)
{
    json_object *value = NULL;
    if (!json_object_object_get_ex(json, MAX_LENGTH, &value))
        return NULL;
    attr->max_length = json_object_is_type(value, json_type_int) ? json_object_get_int(value) : 0;
    if (attr->max_length < 1 || attr->max_length > MAX_LENGTH_MOST)
        return scim_load_complain(loader, what, "\"" MAX_LENGTH "\" must be an integer from 1 to %d", MAX_LENGTH_MOST);
    if (attr->type != SCIM_STRING && attr->type != SCIM_REFERENCE && attr->type != SCIM_BINARY)
        return scim_load_complain(loader, what, "\"" MAX_LENGTH "\" belongs to strings, references and binaries");
    if (attr->indexed || attr->uniqueness != SCIM_UNIQUE_NONE)
        return scim_load_complain(loader, what,
                                  "\"" MAX_LENGTH "\" cannot be combined with \"" INDEXED
                                  "\" and \"uniqueness\", which have a limit of their own");
    json_object_object_del(json, MAX_LENGTH);
    return NULL;
}

/* Refuses characteristics that contradict each other. */
static scim_error_t *check_attr(const scim_loader_t *loader, const char *what, json_object *json,
                                const scim_attr_t *attr)
{
    const int has_subs = json_object_object_get(json, "subAttributes") != NULL;
    if ((attr->type == SCIM_REFERENCE) != (attr->reference_types != NULL))
        return scim_load_complain(loader, what, "\"referenceTypes\" belongs to references, and to each of them");
    if ((attr->type == SCIM_COMPLEX) != has_subs)
        return scim_load_complain(loader, what, "\"subAttributes\" belongs to complex attributes, and to each of them");
    if (attr->mutability == SCIM_WRITE_ONLY && attr->returned != SCIM_RETURN_NEVER)
        return scim_load_complain(loader, what, "a writeOnly attribute must have \"returned\" \"never\"");
    return NULL;
}

static scim_error_t *read_attrs(const scim_loader_t *loader, const char *prefix, json_object *list,
                                const scim_schema_t *schema, const scim_attr_t *parent, apr_array_header_t **attrs,
                                apr_hash_t **by_key);

/* Fills an attribute, whose schema and parent are already set. Errors call the parent `prefix`. */
static scim_error_t *read_attr(const scim_loader_t *loader, const char *prefix, json_object *json, scim_attr_t *attr)
{
    scim_error_t *error;
    if (!json_object_is_type(json, json_type_object))
        return scim_load_complain(loader, prefix, "an attribute must be an object");
    if ((error = scim_load_string(loader, *prefix ? prefix : "attributes", json, "name", &attr->name)))
        return error;
    const char *what = apr_pstrcat(loader->pool, prefix, *prefix ? "." : "attribute ", attr->name, NULL);
    if (!is_attr_name(attr->name))
        return scim_load_complain(loader, what, "the name is not allowed (RFC 7643 2.1)");
    attr->key = lower(attr->name, loader->pool);
    if ((error = scim_load_members(loader, what, json, attr_members)) ||
        (error = read_characteristics(loader, what, json, attr)) ||
        (error = read_own(loader, what, json, INDEXED, &attr->indexed)) ||
        (error = read_own(loader, what, json, PERSONAL, &attr->personal)) ||
        (error = read_max_length(loader, what, json, attr)) || (error = check_attr(loader, what, json, attr)))
        return error;
    if (attr->type != SCIM_COMPLEX)
        return NULL;
    json_object *subs = json_object_object_get(json, "subAttributes");
    return read_attrs(loader, what, subs, attr->schema, attr, &attr->subs, &attr->subs_by_key);
}

static scim_error_t *read_attrs(const scim_loader_t *loader, const char *prefix, json_object *list,
                                const scim_schema_t *schema, const scim_attr_t *parent, apr_array_header_t **attrs,
                                apr_hash_t **by_key)
{
    if (!json_object_is_type(list, json_type_array) || !json_object_array_length(list))
        return scim_load_complain(loader, prefix, "a list of attributes was expected");
    *attrs = apr_array_make(loader->pool, (int)json_object_array_length(list), sizeof(const scim_attr_t *));
    *by_key = apr_hash_make(loader->pool);
    for (size_t i = 0; i < json_object_array_length(list); i++) {
        scim_attr_t *attr = apr_pcalloc(loader->pool, sizeof(*attr));
        attr->schema = schema;
        attr->parent = parent;
        scim_error_t *error = read_attr(loader, prefix, json_object_array_get_idx(list, i), attr);
        if (error)
            return error;
        if (apr_hash_get(*by_key, attr->key, APR_HASH_KEY_STRING))
            return scim_load_complain(loader, prefix, "the attribute \"%s\" occurs twice", attr->name);
        apr_hash_set(*by_key, attr->key, APR_HASH_KEY_STRING, attr);
        apr_hash_set(loader->out->names, attr->key, APR_HASH_KEY_STRING, attr);
        APR_ARRAY_PUSH(*attrs, const scim_attr_t *) = attr;
    }
    return NULL;
}

/* ---- documents ---- */

/* Gives a document its `meta`, without the location, which depends on the request. */
void scim_load_meta(json_object *json, const char *resource_type)
{
    json_object *meta = json_object_new_object();
    json_object_object_add(meta, "resourceType", json_object_new_string(resource_type));
    json_object_object_del(json, "meta");
    json_object_object_add(json, "meta", meta);
}

static scim_error_t *read_schema(scim_loader_t *loader, json_object *json, int is_common)
{
    scim_schema_t *schema = apr_pcalloc(loader->pool, sizeof(*schema));
    scim_error_t *error;
    if ((error = scim_load_members(loader, "", json, schema_members)) ||
        (error = scim_load_string(loader, "", json, "id", &schema->id)) ||
        (error = scim_load_string(loader, "", json, "name", &schema->name)) ||
        (error = read_attrs(loader, "", json_object_object_get(json, "attributes"), schema, NULL, &schema->attrs,
                            &schema->attrs_by_key)))
        return error;
    scim_load_meta(json, "Schema");
    schema->json = json;
    apr_hash_set(loader->files, schema->id, APR_HASH_KEY_STRING, loader->file);
    schema->served = !is_common;
    if (is_common) {
        if (loader->common)
            return scim_load_complain(loader, "", "there is another " COMMON_FILE);
        loader->common = schema;
        return NULL;
    }
    if (strncasecmp(schema->id, "urn:", 4) != 0 || strlen(schema->id) > NAME_MAX_LENGTH)
        return scim_load_complain(loader, "", "\"id\" must be a URN");
    if (scim_schemas_find(loader->out, schema->id, strlen(schema->id)))
        return scim_load_complain(loader, "", "there is another schema \"%s\"", schema->id);
    apr_hash_set(loader->out->by_urn, lower(schema->id, loader->pool), APR_HASH_KEY_STRING, schema);
    APR_ARRAY_PUSH(loader->out->schemas, const scim_schema_t *) = schema;
    return NULL;
}

/* Recognizes a Schema or a ResourceType by its `schemas`, which must name exactly one of them. */
static scim_error_t *read_document(scim_loader_t *loader, json_object *json, int is_common)
{
    apr_array_header_t *schemas;
    scim_error_t *error = get_strings(loader, "", json, "schemas", &schemas);
    if (error)
        return error;
    const char *urn = schemas && schemas->nelts == 1 ? APR_ARRAY_IDX(schemas, 0, const char *) : "";
    if (strcasecmp(urn, URN_SCHEMA) == 0)
        return read_schema(loader, json, is_common);
    if (strcasecmp(urn, URN_RESOURCE_TYPE) != 0)
        return scim_load_complain(loader, "",
                                  "\"schemas\" must be [\"" URN_SCHEMA "\"] or [\"" URN_RESOURCE_TYPE "\"]");
    scim_waiting_t *waiting = apr_array_push(loader->waiting);
    waiting->file = loader->file;
    waiting->json = json;
    return NULL;
}

/* ---- files ---- */

static scim_error_t *read_bytes(const scim_loader_t *loader, char **bytes, apr_size_t *len)
{
    apr_file_t *file;
    apr_finfo_t info;
    char text[120];
    apr_status_t status = apr_file_open(&file, loader->file, APR_FOPEN_READ, APR_FPROT_OS_DEFAULT, loader->pool);
    if (status == APR_SUCCESS && (status = apr_file_info_get(&info, APR_FINFO_SIZE, file)) == APR_SUCCESS) {
        if (info.size > FILE_MAX)
            return scim_load_complain(loader, "", "the file is larger than %d bytes", FILE_MAX);
        *len = (apr_size_t)info.size;
        *bytes = apr_palloc(loader->pool, *len + 1);
        status = apr_file_read_full(file, *bytes, *len, len);
        apr_file_close(file);
    }
    if (status != APR_SUCCESS && status != APR_EOF)
        return scim_load_complain(loader, "", "cannot read: %s", apr_strerror(status, text, sizeof(text)));
    return NULL;
}

static scim_error_t *read_file(scim_loader_t *loader, int is_common)
{
    char *bytes = NULL;
    apr_size_t len = 0;
    json_object *json;
    scim_error_t *error = read_bytes(loader, &bytes, &len);
    if (error)
        return error;
    error = scim_json_read(&json, bytes, len, FILE_DEPTH, loader->pool);
    return error ? scim_load_complain(loader, "", "%s", error->detail) : read_document(loader, json, is_common);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The *.json files of a directory, sorted by name, so that their order does not depend on the file system. */
static scim_error_t *list_files(scim_loader_t *loader, const char *path, apr_array_header_t *names)
{
    apr_dir_t *dir;
    apr_finfo_t info;
    char text[120];
    const apr_status_t status = apr_dir_open(&dir, path, loader->pool);
    loader->file = path;
    if (status != APR_SUCCESS)
        return scim_load_complain(loader, "", "cannot read the directory: %s",
                                  apr_strerror(status, text, sizeof(text)));
    while (apr_dir_read(&info, APR_FINFO_NAME, dir) == APR_SUCCESS) {
        const apr_size_t len = strlen(info.name);
        if (*info.name != '.' && len > 5 && strcmp(info.name + len - 5, ".json") == 0)
            APR_ARRAY_PUSH(names, const char *) = apr_pstrdup(loader->pool, info.name);
    }
    apr_dir_close(dir);
    qsort(names->elts, (size_t)names->nelts, (size_t)names->elt_size, compare_names);
    return NULL;
}

static scim_error_t *read_directory(scim_loader_t *loader, const char *path)
{
    apr_array_header_t *names = apr_array_make(loader->pool, 16, sizeof(const char *));
    scim_error_t *error = list_files(loader, path, names);
    for (int i = 0; !error && i < names->nelts; i++) {
        const char *name = APR_ARRAY_IDX(names, i, const char *);
        loader->file = apr_pstrcat(loader->pool, path, "/", name, NULL);
        error = read_file(loader, strcmp(name, COMMON_FILE) == 0);
    }
    return error;
}

int scim_schemas_complete(const apr_array_header_t *dirs, apr_pool_t *pool)
{
    apr_finfo_t info;
    for (int i = 0; i < dirs->nelts; i++) {
        const char *path = apr_pstrcat(pool, APR_ARRAY_IDX(dirs, i, const char *), "/" COMMON_FILE, NULL);
        if (apr_stat(&info, path, APR_FINFO_TYPE, pool) == APR_SUCCESS)
            return 1;
    }
    return 0;
}

static int is_secret(const scim_attr_t *attr)
{
    return attr->returned == SCIM_RETURN_NEVER;
}

static int is_personal(const scim_attr_t *attr)
{
    return attr->personal;
}

/* Adds the names of the attributes for which `picks` is true. */
static const char *add_names(const char *names, const apr_array_header_t *attrs, int (*picks)(const scim_attr_t *),
                             apr_pool_t *pool)
{
    for (int i = 0; attrs && i < attrs->nelts; i++) {
        const scim_attr_t *attr = APR_ARRAY_IDX(attrs, i, const scim_attr_t *);
        names = add_names(names, attr->subs, picks, pool);
        if (picks(attr))
            names = apr_pstrcat(pool, names, *names ? "," : "", attr->name, NULL);
    }
    return names;
}

static const char *list_names(const scim_loader_t *loader, int (*picks)(const scim_attr_t *), apr_pool_t *pool)
{
    const apr_array_header_t *schemas = loader->out->schemas;
    const char *names = add_names("", loader->common->attrs, picks, pool);
    for (int i = 0; i < schemas->nelts; i++)
        names = add_names(names, APR_ARRAY_IDX(schemas, i, const scim_schema_t *)->attrs, picks, pool);
    return names;
}

/* Users and groups are listed first: some clients use the first resource type for users. */
static int rank_of(const char *urn)
{
    static const char *const first[] = {SCIM_URN_USER, SCIM_URN_GROUP, SCIM_URN_ENTERPRISE_USER};
    int rank = 0;
    while (rank < (int)(sizeof(first) / sizeof(first[0])) && strcmp(first[rank], urn) != 0)
        rank++;
    return rank;
}

static const char *urn_of_schema(const void *schema)
{
    return ((const scim_schema_t *)schema)->id;
}

static const char *urn_of_type(const void *type)
{
    return ((const scim_resource_type_t *)type)->schema->id;
}

/* Moves the types and schemas with a rank to the front; the others keep their order. */
static void order_served(apr_array_header_t *list, const char *(*urn_of)(const void *))
{
    for (int i = 1; i < list->nelts; i++) {
        const void *moved = APR_ARRAY_IDX(list, i, const void *);
        int at = i;
        for (; at > 0 && rank_of(urn_of(APR_ARRAY_IDX(list, at - 1, const void *))) > rank_of(urn_of(moved)); at--)
            APR_ARRAY_IDX(list, at, const void *) = APR_ARRAY_IDX(list, at - 1, const void *);
        APR_ARRAY_IDX(list, at, const void *) = moved;
    }
}

scim_error_t *scim_schemas_load(scim_schemas_t **out, const apr_array_header_t *dirs, apr_pool_t *pool)
{
    scim_loader_t loader = {.pool = pool,
                            .files = apr_hash_make(pool),
                            .waiting = apr_array_make(pool, 4, sizeof(scim_waiting_t)),
                            .types = apr_array_make(pool, 4, sizeof(scim_resource_type_t *))};
    scim_error_t *error;
    *out = NULL;
    loader.out = apr_pcalloc(pool, sizeof(*loader.out));
    loader.out->schemas = apr_array_make(pool, 8, sizeof(const scim_schema_t *));
    loader.out->types = apr_array_make(pool, 4, sizeof(const scim_resource_type_t *));
    loader.out->root = apr_array_make(pool, 4, sizeof(const scim_resource_type_t *));
    loader.out->by_urn = apr_hash_make(pool);
    loader.out->names = apr_hash_make(pool);
    for (int i = 0; i < dirs->nelts; i++) {
        if ((error = read_directory(&loader, APR_ARRAY_IDX(dirs, i, const char *))))
            return error;
    }
    if (!loader.common)
        return scim_error_status(pool, INTERNAL, "no schema directory holds a " COMMON_FILE);
    if (!loader.waiting->nelts)
        return scim_error_status(pool, INTERNAL, "no schema directory holds a ResourceType");
    if ((error = scim_load_types(&loader)))
        return error;
    loader.out->secret = list_names(&loader, is_secret, pool);
    loader.out->personal = list_names(&loader, is_personal, pool);
    order_served(loader.out->schemas, urn_of_schema);
    order_served(loader.out->types, urn_of_type);
    *out = loader.out;
    return NULL;
}
