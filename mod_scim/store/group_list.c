#include "group_list.h"

#include <apr_strings.h>

#include "admin_ops.h"
#include "listing.h"
#include "resources_private.h"
#include "scim/json.h"

/* The text to find in any part of a name, ignoring accents. The key of a long name has only its beginning. */
#define WANTED "(select scim.plain(scim.fold(?1::text)))"
#define HAS                                                                                                            \
    "strpos(r.display_name_key, " WANTED ") > 0"                                                                       \
    " or octet_length(r.display_name_key) > length(r.display_name_key)"                                                \
    " and strpos(scim.plain(r.display_name_key), " WANTED ") > 0"                                                      \
    " or length(r.display_name_key) = 256 and scim.has(?1::text, r.doc ->> 'displayName')"

static void put_filters(scim_listing_t *listing)
{
    const char *q = scim_admin_text(listing->call, "q");
    const char *source = scim_admin_text(listing->call, "source");
    if (q) {
        scim_listing_put(listing, HAS, &q, 1);
    }
    if (source) {
        scim_listing_put(listing, "r.source = ?1", &source, 1);
    }
}

/* Finds the name of the last group on the previous page. */
static scim_error_t *find_place(const char **name, const scim_listing_t *listing)
{
    static const scim_refusal_t gone = {
        NULL, 400, "after",
        "The last group of the previous page does not exist any more; begin again with the first page."};
    const scim_admin_call_t *call = listing->call;
    scim_batch_t *batch = scim_admin_batch(call);
    int slot = scim_batch_add(
        batch, SCIM_STMT_GROUP_PLACE,
        scim_params(call->pool, call->tenant, scim_json_text(call->args, NULL, call->pool), SCIM_PARAMS_END));
    scim_error_t *error = scim_batch_run(batch);
    if (error) {
        return error;
    }
    const PGresult *found = scim_batch_result(batch, slot);
    *name = PQntuples(found) > 0 ? scim_listing_column(listing, found, "key") : NULL;
    return *name ? NULL : scim_listing_refuse(listing, &gone);
}

static scim_error_t *read_by_name(scim_listing_t *listing)
{
    const char *name = NULL;
    if (scim_admin_text(listing->call, "after")) {
        scim_error_t *error = find_place(&name, listing);
        if (error) {
            return error;
        }
        scim_listing_place(listing, "r.group_name_key", scim_listing_value(listing, name));
    }
    scim_listing_order(listing, "r.group_name_key", NULL);
    put_filters(listing);
    return scim_listing_read(listing, SCIM_STMT_ADMIN_GROUP_LIST, 1);
}

static scim_error_t *read_by_age(scim_listing_t *listing, scim_statement_e statement)
{
    const char *after = scim_admin_text(listing->call, "after");
    if (after) {
        const char *id = scim_listing_value(listing, after);
        scim_listing_place(listing, "r.id", apr_pstrcat(listing->call->pool, id, "::uuid", NULL));
    }
    scim_listing_order(listing, "r.type", "r.id");
    put_filters(listing);
    return scim_listing_read(listing, statement, 1);
}

scim_error_t *scim_group_list(scim_admin_call_t *call)
{
    scim_listing_t listing;
    scim_listing_begin(&listing, call);
    if (scim_listing_asks(&listing, "archived", "true")) {
        listing.fills[SCIM_BLANK_RANGE] = "r.type >= 'Group' and r.type <= 'Group' and r.deleted_at is not null";
        return read_by_age(&listing, SCIM_STMT_ADMIN_GROUP_LIST);
    }
    return scim_listing_asks(&listing, "sort", "created") ? read_by_age(&listing, SCIM_STMT_ADMIN_GROUP_LIST_CREATED)
                                                          : read_by_name(&listing);
}
