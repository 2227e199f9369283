#include "patch_case.h"

#include <apr_strings.h>
#include <string.h>

#include "scim/json.h"

json_object *patch_user(const char *members)
{
    return unit_json(apr_pstrcat(unit_pool, "{'schemas':['" URN_USER "'", strstr(members, ENT) ? ",'" ENT "'" : "", "]",
                                 strstr(members, "'userName'") ? "" : ",'userName':'babs'", *members ? "," : "",
                                 members, "}", NULL));
}

scim_error_t *patch_run(int *changed, json_object *doc, const scim_resource_type_t *type, const char *ops,
                        scim_leniency_t *leniency)
{
    const char *body = apr_pstrcat(
        unit_pool, "{'schemas':['urn:ietf:params:scim:api:messages:2.0:PatchOp'],'Operations':[", ops, "]}", NULL);
    scim_patch_t *patch;
    scim_error_t *error = scim_patch_read(&patch, unit_json(body), type, leniency, unit_pool);

    apr_array_header_t *same = NULL;

    error = error ? error : scim_patch_apply(&same, doc, patch, leniency, unit_pool);
    if (!error)
        *changed = same != NULL;
    return error;
}

int patch_equal(json_object *doc, json_object *wanted)
{
    if (json_object_equal(doc, wanted))
        return UNIT_STR("equal", "equal");
    return UNIT_STR(scim_json_text(doc, NULL, unit_pool), scim_json_text(wanted, NULL, unit_pool));
}

void patch_check(const patch_case_t *row, const scim_resource_type_t *type, json_object *(*make)(const char *members))
{
    scim_leniency_t leniency = {.allowed = SCIM_LENIENT_ALL};
    json_object *doc = make(row->doc);
    int changed = -1;
    scim_error_t *error = patch_run(&changed, doc, type, row->ops, &leniency);
    int held;

    if (!row->wanted)
        held = UNIT_ERROR(error, row->type, row->detail) && UNIT_INT(error->status, 400);
    else
        held = UNIT_OK(error) && patch_equal(doc, make(row->wanted)) &&
               UNIT_INT(changed, strcmp(row->doc, row->wanted) != 0);
    if (!held)
        UNIT_STR(row->ops, "as wanted"); /* shows which row failed */
}
