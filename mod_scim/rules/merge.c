#include "merge.h"

#include <apr_strings.h>
#include <string.h>

#include "row.h"
#include "scim/fold.h"

static const char *const carried[] = {"userName", "externalId", "source", "links", NULL};

int scim_merge_carries(const char **wrong, json_object *list)
{
    for (size_t i = 0; i < json_object_array_length(list); i++) {
        const char *name = json_object_get_string(json_object_array_get_idx(list, i));
        int known = 0;
        while (carried[known] && strcmp(carried[known], name) != 0) {
            known++;
        }
        if (!carried[known]) {
            *wrong = name;
            return 0;
        }
    }
    return 1;
}

/* How the identity provider will find the remaining account. */
enum { BY_NAME = 1, BY_EXTERNAL_ID = 2 };

static const char *const found[] = {
    [0] = "It then sends the user again, which creates a new account, or is refused (409) if the externalId is the "
          "same: for the identity provider these are two people. Leave one of them out of provisioning there, or carry "
          "over userName and externalId.",
    [BY_NAME] = "It then looks for the user again, finds the one that stays by its userName, and manages that one from "
                "then on.",
    [BY_EXTERNAL_ID] = "It then looks for the user again: by the externalId it finds the one that stays; if it "
                       "searches by the userName, it sends the user again and gets the one that stays.",
    [BY_NAME | BY_EXTERNAL_ID] =
        "It then looks for the user again, finds the one that stays, and manages that one from "
        "then on.",
};

static int is_same(const char *one, const char *other)
{
    return one && other && strcmp(one, other) == 0;
}

static int is_provisioned(json_object *account)
{
    return is_same(scim_row_text(account, "source"), "scim");
}

static const char *folded(json_object *account, apr_pool_t *pool)
{
    const char *name = scim_row_text(account, "userName");
    return name ? scim_fold(name, pool) : NULL;
}

static const char *after_404(json_object *preview, apr_pool_t *pool)
{
    json_object *user = json_object_object_get(preview, "user");
    json_object *becomes = json_object_object_get(preview, "becomes");
    if (!is_provisioned(becomes)) {
        return json_object_get_boolean(json_object_object_get(preview, "adopts"))
                   ? "It then sends the user again, and the one that stays is adopted, according to this tenant's "
                     "setting."
                   : "It then sends the user again, and is refused (409) if the externalId, userName or e-mail address "
                     "is the same, because the one that stays is local. Carry over the source, or leave the user out "
                     "of provisioning there.";
    }
    int by_name = is_same(folded(user, pool), folded(becomes, pool)) ? BY_NAME : 0;
    int by_id =
        is_same(scim_row_text(preview, "externalId"), scim_row_text(becomes, "externalId")) ? BY_EXTERNAL_ID : 0;
    return found[by_name | by_id];
}

const char *scim_merge_next(json_object *preview, apr_pool_t *pool)
{
    json_object *user = json_object_object_get(preview, "user");
    json_object *into = json_object_object_get(preview, "into");
    if (!is_provisioned(user)) {
        return "The identity provider does not know the user that goes, so nothing changes for it.";
    }
    return apr_pstrcat(
        pool, "The identity provider's next request for the user that goes (", scim_row_text(user, "id"),
        ") is answered 404. ", after_404(preview, pool),
        scim_row_text(into, "protected") ? " The one that stays is protected: writes to it are refused." : "", NULL);
}
