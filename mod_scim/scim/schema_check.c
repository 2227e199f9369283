#include "schema_check.h"

#include <apr_strings.h>
#include <string.h>

/* The attributes that the database keeps unique, by columns derived from the document (scim.resource). */
static const struct {
    const char *type;
    const char *key;
} kept_unique[] = {{"User", "username"}, {"Group", "displayname"}};

/* The types of attributes of a base schema that the server itself uses: displayName is indexed, active is true by
 * default, and resources are looked up by the values of emails. */
static const struct {
    const char *key;
    scim_attr_type_e type;
    int multi_valued;
    const char *text;
} known[] = {
    {"displayname", SCIM_STRING, 0, "a displayName must be a single string"},
    {"active", SCIM_BOOLEAN, 0, "an active must be a single boolean"},
    {"emails", SCIM_COMPLEX, 1, "emails must be multi-valued and complex"},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

typedef struct fit_t {
    const scim_resource_type_t *type;
    int base; /* it is the type's base schema, not an extension */
    apr_pool_t *pool;
} fit_t;

typedef const char *(*rule_fn)(const scim_attr_t *attr, const fit_t *fit);

static const char *not_common(const scim_attr_t *attr, const fit_t *fit)
{
    if (!fit->base || attr->parent || !scim_schema_attr(fit->type->common, attr->key, strlen(attr->key)))
        return NULL;
    return "this is the name of a common attribute";
}

/* RFC 7643 2.3.8. */
static const char *one_level(const scim_attr_t *attr, const fit_t *fit)
{
    (void)fit;
    return attr->parent && attr->type == SCIM_COMPLEX ? "a sub-attribute must not be complex" : NULL;
}

static const char *unique(const scim_attr_t *attr, const fit_t *fit)
{
    if (attr->uniqueness == SCIM_UNIQUE_NONE)
        return NULL;
    for (size_t i = 0; fit->base && !attr->parent && i < COUNT(kept_unique); i++) {
        if (strcmp(kept_unique[i].type, fit->type->name) == 0 && strcmp(kept_unique[i].key, attr->key) == 0)
            return NULL;
    }
    return "\"uniqueness\" must be \"none\": only a User's userName and a Group's displayName are kept unique";
}

/* An attribute that clients cannot set, or that is not stored, would be missing in every resource. */
static const char *can_be_required(const scim_attr_t *attr, const fit_t *fit)
{
    (void)fit;
    if (!attr->required || attr->mutability == SCIM_READ_WRITE || attr->mutability == SCIM_IMMUTABLE)
        return NULL;
    return apr_psprintf(fit->pool, "a %s attribute cannot be required",
                        attr->mutability == SCIM_READ_ONLY ? "readOnly" : "writeOnly");
}

static const char *as_known(const scim_attr_t *attr, const fit_t *fit)
{
    const scim_attr_t *top = attr->parent ? attr->parent : attr;

    for (size_t i = 0; fit->base && i < COUNT(known); i++) {
        if (strcmp(known[i].key, top->key) != 0)
            continue;
        if (attr == top)
            return attr->type != known[i].type || attr->multi_valued != known[i].multi_valued ? known[i].text : NULL;
        if (strcmp(attr->key, "value") == 0 && (attr->type != SCIM_STRING || attr->multi_valued))
            return "the value of emails must be a single string";
    }
    return NULL;
}

/* An index needs text that is stored in the document, as a single value or in a list. */
static const char *can_be_indexed(const scim_attr_t *attr, const fit_t *fit)
{
    if (!attr->indexed)
        return NULL;
    if (attr->type != SCIM_STRING && attr->type != SCIM_REFERENCE)
        return "only strings and references can be \"indexed\"";
    if (attr->parent && attr->multi_valued)
        return "a sub-attribute with many values cannot be \"indexed\"";
    if (attr->mutability != SCIM_READ_WRITE && attr->mutability != SCIM_IMMUTABLE)
        return apr_psprintf(fit->pool, "a %s attribute cannot be \"indexed\"",
                            attr->mutability == SCIM_READ_ONLY ? "readOnly" : "writeOnly");
    return NULL;
}

static const rule_fn rules[] = {not_common, one_level, unique, can_be_required, as_known, can_be_indexed};

static const char *misfit(const scim_attr_t **where, const apr_array_header_t *attrs, const fit_t *fit)
{
    for (int i = 0; attrs && i < attrs->nelts; i++) {
        const scim_attr_t *attr = APR_ARRAY_IDX(attrs, i, const scim_attr_t *);
        const char *text = NULL;

        *where = attr;
        for (size_t r = 0; !text && r < COUNT(rules); r++)
            text = rules[r](attr, fit);
        if (!text)
            text = misfit(where, attr->subs, fit);
        if (text)
            return text;
    }
    return NULL;
}

const char *scim_schema_misfit(const scim_attr_t **where, const scim_resource_type_t *type, const scim_schema_t *schema,
                               apr_pool_t *pool)
{
    const fit_t fit = {type, schema == type->schema, pool};

    return misfit(where, schema->attrs, &fit);
}

/* Whether a stored document with these attributes can be returned unchanged by default. readOnly and writeOnly
 * attributes are not stored; any other attribute that is not returned by default would have to be removed. */
static int attrs_plain(const apr_array_header_t *attrs)
{
    for (int i = 0; attrs && i < attrs->nelts; i++) {
        const scim_attr_t *attr = APR_ARRAY_IDX(attrs, i, const scim_attr_t *);
        const int stored = attr->mutability == SCIM_READ_WRITE || attr->mutability == SCIM_IMMUTABLE;
        const int dropped = !stored && attr->returned == SCIM_RETURN_NEVER;
        if (dropped && !(attr->parent && attr->mutability == SCIM_WRITE_ONLY))
            continue;
        if (attr->returned == SCIM_RETURN_REQUEST || attr->returned == SCIM_RETURN_NEVER)
            return 0;
        if (!attrs_plain(attr->subs))
            return 0;
    }
    return 1;
}

int scim_type_is_plain(const scim_resource_type_t *type)
{
    int plain = !type->read_only && attrs_plain(type->common->attrs) && attrs_plain(type->schema->attrs);
    for (int i = 0; plain && i < type->extensions->nelts; i++)
        plain = attrs_plain(APR_ARRAY_IDX(type->extensions, i, scim_extension_t).schema->attrs);
    return plain;
}
