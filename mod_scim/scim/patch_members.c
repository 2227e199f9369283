#include "patch_read.h"

#include <string.h>

#include "table.h"

/* Whether a change can be merged with the previous one. So clients that send one operation for each member, or remove
 * all members and then add some, need one statement, and no member is removed and added again. */
static int joins(const scim_members_op_t *last, scim_members_e op)
{
    if (op == SCIM_MEMBERS_ADD) {
        return last->op == SCIM_MEMBERS_ADD || last->op == SCIM_MEMBERS_REPLACE;
    }
    return op == SCIM_MEMBERS_REMOVE && last->op == SCIM_MEMBERS_REMOVE;
}

static scim_members_op_t *push_change(scim_patch_reader_t *reader, scim_members_e op)
{
    apr_array_header_t *members = reader->patch->members;
    scim_members_op_t *last = members->nelts ? &APR_ARRAY_IDX(members, members->nelts - 1, scim_members_op_t) : NULL;

    if (last && joins(last, op)) {
        return last;
    }
    last = apr_array_push(members);
    *last = (scim_members_op_t){.op = op, .ids = apr_array_make(reader->pool, 1, sizeof(const char *))};
    reader->ids = scim_table_make(reader->pool);
    return last;
}

static scim_error_t *push_ids(scim_patch_reader_t *reader, scim_members_e op, const apr_array_header_t *ids)
{
    scim_members_op_t *change;

    if (ids->nelts == 0 && op != SCIM_MEMBERS_REPLACE) {
        return NULL;
    }
    reader->members += ids->nelts;
    if (reader->members > SCIM_MEMBERS_MAX) {
        return scim_error_typed(reader->pool, SCIM_INVALID_VALUE,
                                "The request names more than %d members; name the others in further requests.",
                                SCIM_MEMBERS_MAX);
    }
    change = push_change(reader, op);
    for (int i = 0; i < ids->nelts; i++) {
        const char *id = APR_ARRAY_IDX(ids, i, const char *);

        if (scim_table_add_id(reader->ids, id, reader->pool)) {
            APR_ARRAY_PUSH(change->ids, const char *) = id;
        }
    }
    return NULL;
}

/* Collects the ids of `value eq "id" or value eq "id"`; 0: it is another filter. */
static int filter_ids(apr_array_header_t *ids, const scim_filter_t *filter)
{
    if (filter->kind == SCIM_FILTER_OR) {
        return filter_ids(ids, filter->left) && filter_ids(ids, filter->right);
    }
    if (filter->kind != SCIM_FILTER_COMPARE || filter->op != SCIM_EQ || filter->value_kind != SCIM_VALUE_STRING ||
        strcmp(filter->attr->key, "value") != 0) {
        return 0;
    }
    APR_ARRAY_PUSH(ids, const char *) = filter->value;
    return 1;
}

static scim_error_t *remove_matching(scim_patch_reader_t *reader, const scim_filter_t *filter)
{
    apr_array_header_t *ids = apr_array_make(reader->pool, 4, sizeof(const char *));

    if (filter_ids(ids, filter)) {
        return push_ids(reader, SCIM_MEMBERS_REMOVE, ids);
    }
    push_change(reader, SCIM_MEMBERS_FILTER)->filter = filter;
    return NULL;
}

/* Changes by a path into the values: members[..], members.sub, members[..].sub. */
static scim_error_t *change_inside(scim_patch_reader_t *reader, const scim_patch_part_t *part)
{
    const scim_path_t *path = &part->path;

    if (path->filter && !path->sub && part->op == SCIM_PATCH_REMOVE) {
        return remove_matching(reader, path->filter);
    }
    if (!path->filter && part->op == SCIM_PATCH_REMOVE) {
        return scim_error_typed(reader->pool, SCIM_INVALID_PATH,
                                "\"%s\" cannot be removed: remove whole values, as in %s[value eq \"id\"].", part->text,
                                path->attr->name);
    }
    return scim_error_typed(reader->pool, SCIM_MUTABILITY,
                            "\"%s\" cannot be changed: values of \"%s\" are added and removed, not modified.",
                            part->text, path->attr->name);
}

scim_error_t *scim_patch_members(scim_patch_reader_t *reader, const scim_patch_part_t *part)
{
    static const scim_members_e changes[] = {[SCIM_PATCH_ADD] = SCIM_MEMBERS_ADD,
                                             [SCIM_PATCH_REMOVE] = SCIM_MEMBERS_REMOVE,
                                             [SCIM_PATCH_REPLACE] = SCIM_MEMBERS_REPLACE};
    apr_array_header_t *ids = apr_array_make(reader->pool, 0, sizeof(const char *));
    json_object *value = part->value;
    scim_error_t *error;

    if (part->path.filter || part->path.sub) {
        return change_inside(reader, part);
    }
    if (!value) {
        /* without a value, remove and replace remove all members; adding null changes nothing */
        return push_ids(reader, part->op == SCIM_PATCH_ADD ? SCIM_MEMBERS_ADD : SCIM_MEMBERS_REPLACE, ids);
    }
    if (part->op == SCIM_PATCH_REMOVE && !scim_lenient(reader->leniency, SCIM_LENIENT_REMOVE_VALUE)) {
        return scim_error_typed(reader->pool, SCIM_INVALID_VALUE,
                                "The operation \"remove\" takes no \"value\"; name the values in the path, as in "
                                "%s[value eq \"id\"].",
                                part->path.attr->name);
    }
    if (part->op != SCIM_PATCH_REPLACE && !scim_value_empty_string(value, reader->leniency)) {
        value = scim_patch_as_list(value, reader->pool);
    }
    if ((error = scim_members_read(&ids, value, part->path.attr, reader->leniency, reader->pool))) {
        return error;
    }
    return push_ids(reader, changes[part->op], ids);
}
