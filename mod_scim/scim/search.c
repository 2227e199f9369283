#include "search.h"

#include <apr_strings.h>
#include <string.h>
#include <strings.h>

#include "path.h"
#include "text.h"

#define QUOTE_MAX 200 /* bytes of the client's text in a detail */

static const char *quote(const char *text, apr_pool_t *pool)
{
    return apr_pstrmemdup(pool, text, scim_utf8_valid(text, strnlen(text, QUOTE_MAX)));
}

static scim_error_t *read_order(int *descending, const char *order, apr_pool_t *pool)
{
    *descending = 0;
    if (!order || !*order || strcasecmp(order, "ascending") == 0)
        return NULL;
    *descending = 1;
    if (strcasecmp(order, "descending") == 0)
        return NULL;
    return scim_error_typed(pool, SCIM_INVALID_VALUE, "sortOrder must be \"ascending\" or \"descending\", not \"%s\".",
                            quote(order, pool));
}

static int is_hidden(const scim_attr_t *attr)
{
    return attr->returned == SCIM_RETURN_NEVER || attr->mutability == SCIM_WRITE_ONLY;
}

/* Sets the attribute by which a target is sorted; *found: its type has the attribute. */
static scim_error_t *read_sort(scim_target_t *target, int *found, const char *by, scim_leniency_t *leniency,
                               apr_pool_t *pool)
{
    scim_path_t path;

    if (!scim_path_resolve(&path, by, strlen(by), target->type, leniency) || !path.attr)
        return NULL;
    if (is_hidden(path.attr) || (path.sub && is_hidden(path.sub)))
        return scim_error_typed(pool, SCIM_INVALID_VALUE, "sortBy \"%s\": this attribute cannot be sorted by.",
                                quote(by, pool));
    if (path.attr->type == SCIM_COMPLEX && !path.sub)
        path.sub = scim_attr_sub(path.attr, "value", 5);
    if (path.attr->type == SCIM_COMPLEX && !path.sub)
        return scim_error_typed(pool, SCIM_INVALID_VALUE,
                                "sortBy \"%s\": this attribute is complex; name one of its sub-attributes.",
                                quote(by, pool));
    target->sort = path.attr;
    target->sort_sub = path.sub;
    *found = 1;
    return NULL;
}

/* If a leniency about names was used after `before`, notes where these names were. */
static void note_place(scim_leniency_t *leniency, unsigned before, scim_leniency_e place)
{
    if (leniency && (leniency->used & ~before & SCIM_LENIENT_NAMES))
        scim_lenient_note(leniency, place);
}

static scim_error_t *read_sorts(scim_search_t *search, const scim_query_t *query, scim_leniency_t *leniency,
                                apr_pool_t *pool)
{
    scim_error_t *error = read_order(&search->descending, query->sort_order, pool);
    const scim_target_t *only = &APR_ARRAY_IDX(search->targets, 0, scim_target_t);
    const unsigned before = leniency ? leniency->used : 0;

    if (error || !query->sort_by || !*query->sort_by)
        return error;
    for (int i = 0; i < search->targets->nelts; i++) {
        error = read_sort(&APR_ARRAY_IDX(search->targets, i, scim_target_t), &search->sorted, query->sort_by, leniency,
                          pool);
        if (error)
            return error;
    }
    note_place(leniency, before, SCIM_NOTED_IN_SORT);
    if (search->sorted)
        return NULL;
    return scim_error_typed(
        pool, SCIM_INVALID_VALUE, "sortBy \"%s\" is not an attribute of %s. /Schemas lists the existing ones.",
        quote(query->sort_by, pool), search->targets->nelts == 1 ? only->type->name : "any resource type");
}

static scim_error_t *read_target(scim_target_t *target, const scim_search_t *search, const scim_query_t *query,
                                 const apr_array_header_t *types, scim_leniency_t *leniency, apr_pool_t *pool)
{
    const scim_attr_t *relation = target->type->members ? target->type->members : target->type->groups;
    const unsigned before = leniency ? leniency->used : 0;
    scim_error_t *error;

    target->relation = relation ? scim_projection_parts(search->projection, relation) : 0;
    if (!query->filter)
        return NULL;
    error = scim_filter_read_among(&target->filter, query->filter, target->type, types, leniency, pool);
    note_place(leniency, before, SCIM_NOTED_IN_FILTER);
    return error;
}

scim_error_t *scim_search_read(scim_search_t **out, const scim_query_t *query, const apr_array_header_t *types,
                               scim_leniency_t *leniency, apr_pool_t *pool)
{
    scim_search_t *search = apr_pcalloc(pool, sizeof(*search));
    scim_error_t *error;

    *out = search;
    if (query->cursor && query->by_index)
        return scim_error_typed(pool, SCIM_INVALID_VALUE,
                                "Pages are either by cursor or by startIndex: omit one of the two parameters.");
    search->start_index = query->start_index;
    search->skip = query->start_index - 1;
    search->count = query->count;
    search->cursor = query->cursor;
    search->targets = apr_array_make(pool, types->nelts, sizeof(scim_target_t));
    error = scim_projection_read_all(&search->projection, query->attributes, query->excluded_attributes, types, pool);
    for (int i = 0; !error && i < types->nelts; i++) {
        scim_target_t *target = apr_array_push(search->targets);

        memset(target, 0, sizeof(*target));
        target->type = APR_ARRAY_IDX(types, i, const scim_resource_type_t *);
        error = read_target(target, search, query, types, leniency, pool);
    }
    return error ? error : read_sorts(search, query, leniency, pool);
}

/* Writes a text with its length in front, so that its end is unambiguous. */
static void put_text(scim_buf_t *out, const char *text)
{
    if (text)
        scim_buf_printf(out, "%" APR_SIZE_T_FMT ":", strlen(text));
    scim_buf_puts(out, text ? text : "-");
}

static void put_attr(scim_buf_t *out, const scim_attr_t *attr)
{
    put_text(out, attr ? attr->schema->id : NULL);
    put_text(out, attr && attr->parent ? attr->parent->key : NULL);
    put_text(out, attr ? attr->key : NULL);
}

static void put_filter(scim_buf_t *out, const scim_filter_t *filter)
{
    if (!filter) {
        scim_buf_puts(out, "-");
        return;
    }
    scim_buf_printf(out, "(%d %d %d", (int)filter->kind, (int)filter->op, filter->absent);
    put_attr(out, filter->attr);
    put_attr(out, filter->sub);
    if (filter->kind == SCIM_FILTER_COMPARE && filter->op != SCIM_PR) {
        scim_buf_printf(out, " %d ", (int)filter->value_kind);
        put_text(out, filter->value);
    }
    put_filter(out, filter->left);
    put_filter(out, filter->right);
    scim_buf_puts(out, ")");
}

void scim_search_identify(scim_buf_t *out, const scim_search_t *search)
{
    scim_buf_puts(out, search->sorted && search->descending ? "<" : ">");
    for (int i = 0; i < search->targets->nelts; i++) {
        const scim_target_t *target = &APR_ARRAY_IDX(search->targets, i, scim_target_t);

        put_text(out, target->type->name);
        put_attr(out, target->sort);
        put_attr(out, target->sort_sub);
        put_filter(out, target->filter);
    }
}
