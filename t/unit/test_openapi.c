/* The table of operations, and the OpenAPI document made from it: each path belongs to one operation, and the document
 * is complete. */
#include "store/openapi.h"

#include <apr_strings.h>
#include <string.h>

#include "scim/json.h"
#include "store/admin.h"
#include "unit.h"

/* A path with "x" for each segment in braces. */
static const char *example(const char *path, apr_pool_t *pool)
{
    char *text = apr_pcalloc(pool, strlen(path) + 1);
    char *to = text;

    for (const char *from = path; *from; from++) {
        if (*from == '{') {
            from += strcspn(from, "}");
            *to++ = 'x';
        } else {
            *to++ = *from;
        }
    }
    return text;
}

/* A path leads to its own operation, and not to an earlier one. */
static void routes(void)
{
    const char *allow;

    for (int i = 0; scim_admin_tables[i]; i++)
        for (const scim_admin_op_t *op = scim_admin_tables[i]; op->noun; op++) {
            json_object *args = scim_json_own(json_object_new_object(), unit_pool);
            const scim_admin_op_t *found =
                scim_admin_route(args, &allow, op->method, example(op->path, unit_pool), unit_pool);

            UNIT_STR(found ? apr_pstrcat(unit_pool, found->noun, " ", found->verb, NULL) : "none",
                     apr_pstrcat(unit_pool, op->noun, " ", op->verb, NULL));
        }
}

/* Required texts are present. */
static void tables(void)
{
    for (int i = 0; scim_admin_tables[i]; i++)
        for (const scim_admin_op_t *op = scim_admin_tables[i]; op->noun; op++) {
            const char *name = apr_pstrcat(unit_pool, op->noun, " ", op->verb, NULL);

            UNIT_STR(op->summary && *op->summary ? name : "no summary", name);
            UNIT_STR(op->fields || (op->flags & SCIM_OP_EMPTY) ? name : "no fields", name);
            UNIT_STR(op->id_field || !(op->flags & SCIM_OP_CREATES) ? name : "no id_field", name);
            for (const scim_admin_arg_t *arg = op->args; arg && arg->name; arg++) {
                int choices = arg->kind != SCIM_ARG_CHOICE || (arg->form && *arg->form);

                UNIT_STR(arg->help && choices ? name : arg->name, name);
            }
        }
}

/* The smallest width of a field in scimctl's lists: a time needs its whole length, a text its beginning. */
static apr_size_t least(const scim_admin_field_t *field)
{
    static const struct {
        scim_arg_kind_e kind;
        apr_size_t least;
    } kinds[] = {{SCIM_ARG_TIME, 20}, {SCIM_ARG_INT, 5}, {SCIM_ARG_FLAG, 3}};
    apr_size_t heading = strlen(field->heading);

    for (apr_size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (field->kind == kinds[i].kind)
            return heading > kinds[i].least ? heading : kinds[i].least;
    return strcmp(field->heading, "Batch") == 0 ? 36 : strcmp(field->name, "id") == 0 ? 16 : 6;
}

/* Lists for people fit a terminal of 100 columns. Lists for files may have any width. */
static void widths(void)
{
    for (int i = 0; scim_admin_tables[i]; i++)
        for (const scim_admin_op_t *op = scim_admin_tables[i]; op->noun; op++) {
            const char *name = apr_pstrcat(unit_pool, op->noun, " ", op->verb, NULL);
            apr_size_t wide = 0;

            if (!(op->flags & SCIM_OP_LIST) || (op->flags & SCIM_OP_SHEET))
                continue;
            for (const scim_admin_field_t *field = op->fields; field->name; field++)
                wide += field->heading ? least(field) + (wide ? 2 : 0) : 0;
            UNIT_STR(wide <= 100 ? name : apr_psprintf(unit_pool, "%d columns", (int)wide), name);
        }
}

/* The target of a $ref; NULL: it does not exist. */
static json_object *follow(json_object *root, const char *reference)
{
    char *state;
    json_object *at = strncmp(reference, "#/", 2) == 0 ? root : NULL;

    for (char *name = apr_strtok(apr_pstrdup(unit_pool, reference + 2), "/", &state); at && name;
         name = apr_strtok(NULL, "/", &state))
        if (!json_object_object_get_ex(at, name, &at))
            return NULL;
    return at;
}

static void check_references(json_object *root, json_object *part, int *n)
{
    if (json_object_is_type(part, json_type_array))
        for (size_t i = 0; i < json_object_array_length(part); i++)
            check_references(root, json_object_array_get_idx(part, i), n);
    if (!json_object_is_type(part, json_type_object))
        return;
    json_object_object_foreach(part, name, value)
    {
        if (strcmp(name, "$ref") == 0) {
            const char *reference = json_object_get_string(value);

            UNIT_STR(follow(root, reference) ? reference : "leads nowhere", reference);
            ++*n;
        }
        check_references(root, value, n);
    }
}

static void document(void)
{
    const char *text = scim_openapi(unit_pool);
    json_object *root;
    int n = 0;

    UNIT_STR(scim_openapi(unit_pool), text);
    CU_ASSERT_PTR_NULL_FATAL(scim_json_read(&root, text, strlen(text), 32, unit_pool));
    check_references(root, root, &n);
    CU_ASSERT_TRUE(n > 20);
    for (int i = 0; scim_admin_tables[i]; i++)
        for (const scim_admin_op_t *op = scim_admin_tables[i]; op->noun; op++)
            CU_ASSERT_PTR_NOT_NULL(
                strstr(text, apr_pstrcat(unit_pool, "\"operationId\": \"", op->noun, "-", op->verb, "\"", NULL)));
}

CU_TestInfo test_openapi[] = {
    {"each place is one operation's", routes},
    {"operations say what they must", tables},
    {"lists fit a terminal", widths},
    {"the description is whole", document},
    CU_TEST_INFO_NULL,
};
