#include "noun_case.h"

#include <apr_strings.h>
#include <stdio.h>

#include "unit.h"

static const char *said(const scim_error_t *error)
{
    const scim_field_error_t *field = error->fields ? &APR_ARRAY_IDX(error->fields, 0, scim_field_error_t) : NULL;
    return field ? apr_pstrcat(unit_pool, field->field, ": ", field->detail, NULL) : error->detail;
}

/* Removes the keys, which test_rules tests. */
static void leave_out_keys(json_object *row)
{
    json_object_object_foreach(row, name, list)
    {
        (void)name;
        for (size_t i = 0; json_object_is_type(list, json_type_array) && i < json_object_array_length(list); i++) {
            json_object *element = json_object_array_get_idx(list, i);
            if (json_object_is_type(element, json_type_object)) {
                json_object_object_del(element, "keys");
            }
        }
    }
}

void noun_case(const noun_case_t *one)
{
    scim_outcome_t outcome;
    scim_asked_t asked = {.action = one->action,
                          .args = unit_json(one->args),
                          .facts = unit_json(one->facts),
                          .version = "v1",
                          .if_match = one->if_match,
                          .pool = unit_pool};
    scim_error_t *error = scim_action_decide(&outcome, &asked);
    int held = UNIT_INT(error ? error->status : 0, one->status);
    if (error) {
        held &= UNIT_STR(said(error), one->said);
    } else {
        held &= UNIT_INT(outcome.changes, one->row != NULL);
        leave_out_keys(outcome.row);
        held &= !one->row || UNIT_JSON(outcome.row, one->row);
        held &= !one->row || UNIT_JSON(outcome.entries, one->entries);
    }
    if (!held) {
        fprintf(stderr, "    in the case: %s\n", one->what);
    }
}
