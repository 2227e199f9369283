/*
 * A PATCH: the body only, or the body of the POST that makes the document, a line `--`, and the body. The result is a
 * document that could have been sent, and the same request always has the same result.
 */
#include "scim/patch.h"

#include <string.h>

#include "fuzz.h"
#include "scim/json.h"
#include "scim/member.h"

#define DIVIDER "\n--\n"

static void check_members(const scim_patch_t *patch)
{
    for (int i = 0; i < patch->members->nelts; i++) {
        const scim_members_op_t *op = &APR_ARRAY_IDX(patch->members, i, scim_members_op_t);

        FUZZ_CHECK(patch->type->members && op->ids);
        FUZZ_CHECK((op->op == SCIM_MEMBERS_FILTER) == (op->filter != NULL));
        FUZZ_CHECK(op->op != SCIM_MEMBERS_FILTER || op->ids->nelts == 0);
        for (int j = 0; j < op->ids->nelts; j++)
            FUZZ_CHECK(APR_ARRAY_IDX(op->ids, j, const char *));
    }
}

/* A document is complete, and reading it as a body does not change it. */
static void check_document(json_object *doc, const scim_resource_type_t *type, apr_pool_t *pool)
{
    scim_leniency_t leniency = {.allowed = SCIM_LENIENT_NONE};
    json_object *copy = scim_json_copy(doc, pool);
    scim_resource_t *resource;

    FUZZ_CHECK(!scim_resource_seal(copy, type, pool));
    FUZZ_CHECK(fuzz_same(scim_json_text(copy, NULL, pool), scim_json_text(doc, NULL, pool)));
    FUZZ_CHECK(!scim_resource_read(&resource, copy, type, &leniency, pool));
    FUZZ_CHECK(!resource->members);
    FUZZ_CHECK(json_object_equal(resource->doc, doc));
}

static void check_apply(const scim_patch_t *patch, json_object *stored, unsigned allowed, apr_pool_t *pool)
{
    scim_leniency_t leniency = {.allowed = allowed};
    json_object *doc = scim_json_copy(stored, pool), *other = scim_json_copy(stored, pool);
    apr_array_header_t *same, *again;
    scim_error_t *error = scim_patch_apply(&same, doc, patch, &leniency, pool);

    fuzz_same_error(error, scim_patch_apply(&again, other, patch, &leniency, pool));
    if (error) {
        fuzz_error(error, pool);
        return;
    }
    FUZZ_CHECK(fuzz_same(scim_json_text(doc, NULL, pool), scim_json_text(other, NULL, pool)));
    FUZZ_CHECK((same == NULL) == (again == NULL) && (same == NULL) == (json_object_equal(stored, doc) != 0));
    FUZZ_CHECK(!same || same->nelts <= json_object_object_length(doc));
    check_document(doc, patch->type, pool);
}

static void check_patch(json_object *body, const scim_resource_type_t *type, json_object *stored, unsigned allowed,
                        apr_pool_t *pool)
{
    scim_leniency_t leniency = {.allowed = allowed};
    const char *before = scim_json_text(body, NULL, pool);
    scim_patch_t *patch;
    scim_error_t *error = scim_patch_read(&patch, body, type, &leniency, pool);

    if (error) {
        fuzz_error(error, pool);
        return;
    }
    check_members(patch);
    if (stored)
        check_apply(patch, stored, allowed, pool);
    FUZZ_CHECK(fuzz_same(scim_json_text(body, NULL, pool), before));
}

/* A message without its unknown members has the same effect. */
static void check_known(json_object *body, json_object *known, const scim_resource_type_t *type, json_object *stored,
                        apr_pool_t *pool)
{
    scim_leniency_t leniency = {.allowed = SCIM_LENIENT_ALL}, of_known = {.allowed = SCIM_LENIENT_ALL};
    json_object *doc = scim_json_copy(stored, pool), *kept = scim_json_copy(stored, pool);
    apr_array_header_t *same;
    scim_patch_t *patch, *of_kept;
    scim_error_t *error = scim_patch_read(&patch, body, type, &leniency, pool);

    fuzz_same_error(error, scim_patch_read(&of_kept, known, type, &of_known, pool));
    FUZZ_CHECK(leniency.used == of_known.used);
    if (error || !stored)
        return;
    error = scim_patch_apply(&same, doc, patch, &leniency, pool);
    fuzz_same_error(error, scim_patch_apply(&same, kept, of_kept, &of_known, pool));
    if (!error)
        FUZZ_CHECK(fuzz_same(scim_json_text(doc, NULL, pool), scim_json_text(kept, NULL, pool)));
}

void fuzz_patch(const char *bytes, apr_size_t len, apr_pool_t *pool)
{
    const char *divider = strstr(bytes, DIVIDER);
    const char *start = divider ? divider + strlen(DIVIDER) : bytes;
    const apr_size_t start_len = len - (apr_size_t)(start - bytes);
    json_object *body, *known;

    if (scim_json_read(&body, start, start_len, FUZZ_DEPTH, pool) ||
        scim_json_read_known(&known, start, start_len, FUZZ_DEPTH, scim_member_known, fuzz_schemas(), pool))
        return;
    for (const scim_resource_type_t *const *type = fuzz_types(); *type; type++) {
        json_object *stored =
            divider ? fuzz_document(bytes, (apr_size_t)(divider - bytes), *type, pool) : fuzz_stored(*type, pool);

        check_patch(body, *type, stored, SCIM_LENIENT_ALL, pool);
        check_patch(body, *type, stored, SCIM_LENIENT_NONE, pool);
        check_known(body, known, *type, stored, pool);
    }
}
