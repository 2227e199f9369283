#include "restore.h"

#include <apr_strings.h>
#include <string.h>

#include "scim/fold.h"
#include "scim/json.h"
#include "scim/text.h"

#define IDENTIFIER_MIN 16 /* characters */

/* Whether a text repeats one character, apart from punctuation. */
static int is_uniform(const char *text, apr_size_t len)
{
    char only = 0;
    for (apr_size_t i = 0; i < len; i++) {
        if (strchr("-{}", text[i]))
            continue;
        if (only && text[i] != only)
            return 0;
        only = text[i];
    }
    return 1;
}

static apr_size_t count_characters(const char *text, apr_size_t len)
{
    apr_size_t count = 0;
    for (apr_size_t i = 0; i < len; i++) {
        count += ((unsigned char)text[i] & 0xc0) != 0x80;
    }
    return count;
}

int scim_restore_identifies(json_object *doc)
{
    json_object *value = json_object_object_get(doc, "externalId");
    apr_size_t len;
    if (!json_object_is_type(value, json_type_string))
        return 0;
    const char *text = scim_text_trim(&len, json_object_get_string(value));
    return count_characters(text, len) >= IDENTIFIER_MIN && !is_uniform(text, len);
}

/* --- who a POST means ----------------------------------------------------------------------------------------------*/

static int is_same(const char *one, const char *other)
{
    return one && other && strcmp(one, other) == 0;
}

static int is_provisioned(const scim_row_t *row)
{
    return strcmp(row->source, "scim") == 0;
}

/* The folded userName; for a deleted user its former one. */
static const char *name_key(const scim_row_t *row)
{
    return row->keys[row->deleted ? SCIM_KEY_FORMER_NAME : SCIM_KEY_USER_NAME];
}

static const char *email_at(json_object *list, size_t i, apr_pool_t *pool)
{
    const char *value = scim_row_text(json_object_array_get_idx(list, i), "value");
    return value ? scim_fold(value, pool) : NULL;
}

/* Whether two users have an e-mail address in common. */
static int share_email(const scim_row_t *one, const scim_row_t *other, apr_pool_t *pool)
{
    json_object *list = json_object_object_get(one->doc, "emails"),
                *others = json_object_object_get(other->doc, "emails");
    if (!json_object_is_type(list, json_type_array) || !json_object_is_type(others, json_type_array)) {
        return 0;
    }
    for (size_t i = 0; i < json_object_array_length(list); i++) {
        const char *email = email_at(list, i, pool);
        for (size_t k = 0; email && k < json_object_array_length(others); k++) {
            if (is_same(email, email_at(others, k, pool))) {
                return 1;
            }
        }
    }
    return 0;
}

/* How a POST identifies a person. */
typedef struct asked_t {
    const scim_row_t *sent;
    int named;            /* its externalId identifies one person by itself, or it has none */
    int by_name;          /* for the tenant the userName alone is sufficient */
    const char *name_key; /* the folded userName; NULL: it is not compared */
    apr_pool_t *pool;
} asked_t;

/* Whether a former user with the same externalId is the same person. */
static int is_same_person(const asked_t *asked, const scim_row_t *row)
{
    return asked->named || is_same(asked->name_key, name_key(row)) || share_email(asked->sent, row, asked->pool);
}

/* Whether the POST may mean this user with the same externalId: an inactive user that the POST leaves inactive exists
 * already, unless the POST renames it. */
static int is_former(const asked_t *asked, const scim_row_t *row)
{
    return row->deleted || (!row->active && (asked->sent->active || !is_same(name_key(row), name_key(asked->sent))));
}

/* Whether the POST restores this user by its userName. */
static int is_namesake(const asked_t *asked, const scim_row_t *row, int same_external_id)
{
    return is_same(asked->name_key, name_key(row)) && (asked->by_name || (!asked->named && same_external_id)) &&
           (row->deleted || (!row->active && asked->sent->active));
}

/* The note about a new account, if a similar former account was not restored. */
static const char *not_brought_back(const scim_alike_t *alike, apr_pool_t *pool)
{
    return apr_psprintf(pool,
                        "A new account was created. The %s user %s has the same externalId, which has fewer than 16 "
                        "characters, and neither the userName nor an e-mail address is the same: it may be another "
                        "person. Map an attribute to externalId that no two people share.",
                        alike->row.deleted ? "deleted" : "inactive", alike->id);
}

/* Existing users are preferred to deleted ones, and later ones to earlier ones. `alikes` are in the order of ids. */
static int is_better(const scim_alike_t *alike, const scim_alike_t *best)
{
    return !best || !alike->row.deleted || best->row.deleted;
}

static void find_former(scim_claim_t *claim, const asked_t *asked, const apr_array_header_t *alikes)
{
    const scim_alike_t *other = NULL;
    for (int i = 0; i < alikes->nelts; i++) {
        const scim_alike_t *alike = &APR_ARRAY_IDX(alikes, i, scim_alike_t);
        const scim_row_t *row = &alike->row;
        if (!is_provisioned(row) || alike->into) {
            continue;
        }
        int same_id = is_same(row->keys[SCIM_KEY_EXTERNAL_ID], asked->sent->keys[SCIM_KEY_EXTERNAL_ID]);
        int candidate = same_id && is_former(asked, row);
        if ((candidate && is_same_person(asked, row)) || is_namesake(asked, row, same_id)) {
            claim->found = is_better(alike, claim->found) ? alike : claim->found;
        } else if (candidate) {
            other = is_better(alike, other) ? alike : other;
        }
    }
    claim->note = !claim->found && other ? not_brought_back(other, asked->pool) : NULL;
}

/* The local account that matches the sent user: by the userName, or else by the account's e-mail address. */
static const scim_alike_t *find_local(const char **what, const scim_row_t *sent, const apr_array_header_t *alikes,
                                      apr_pool_t *pool)
{
    const char *email = scim_row_email(sent->doc, pool);
    const scim_alike_t *found = NULL;
    *what = apr_psprintf(pool, "the userName \"%s\"", scim_row_text(sent->doc, "userName"));
    for (int i = 0; i < alikes->nelts; i++) {
        const scim_alike_t *alike = &APR_ARRAY_IDX(alikes, i, scim_alike_t);
        if (is_same(alike->row.keys[SCIM_KEY_USER_NAME], sent->keys[SCIM_KEY_USER_NAME])) {
            return is_provisioned(&alike->row) ? NULL : alike;
        }
        const char *other = email && !found && !alike->row.deleted && strcmp(alike->row.source, "local") == 0
                                ? scim_row_email(alike->row.doc, pool)
                                : NULL;
        if (other && is_same(scim_fold(email, pool), scim_fold(other, pool))) {
            found = alike;
        }
    }
    if (found) {
        *what = apr_psprintf(pool, "the e-mail address \"%s\"", email);
    }
    return found;
}

/* If a local account matches, decides the claim and returns 1. */
static int claim_local(scim_claim_t *claim, const scim_row_t *sent, const apr_array_header_t *alikes,
                       const scim_rules_t *rules, apr_pool_t *pool)
{
    const char *what;
    const scim_alike_t *local = find_local(&what, sent, alikes, pool);
    if (!local) {
        return 0;
    }
    if (!rules->adopts) {
        claim->refusal = apr_psprintf(pool,
                                      "User already exists: %s belongs to a local account. Rename or remove that one, "
                                      "or let the tenant adopt local accounts.",
                                      what);
    } else if (local->row.protected) {
        claim->refusal = apr_psprintf(pool,
                                      "User already exists: %s belongs to a protected account, which provisioning "
                                      "never takes over. Leave this user out of provisioning.",
                                      what);
    } else {
        claim->found = local;
        claim->adopts = 1;
    }
    return 1;
}

static const scim_alike_t *with_id(const char *id, const apr_array_header_t *alikes)
{
    for (int i = 0; i < alikes->nelts; i++) {
        const scim_alike_t *alike = &APR_ARRAY_IDX(alikes, i, scim_alike_t);
        if (is_same(alike->id, id)) {
            return alike;
        }
    }
    return NULL;
}

/* The remaining account of a merge, or of a chain of merges; NULL: it was deleted, too. A chain is at most as long as
 * the number of accounts. */
static const scim_alike_t *find_survivor(const scim_alike_t *merged, const apr_array_header_t *alikes)
{
    for (int i = 0; merged && merged->into && i < alikes->nelts; i++) {
        merged = with_id(merged->into, alikes);
    }
    return merged && !merged->into && !merged->row.deleted ? merged : NULL;
}

/* The POST means an account that was merged into `survivor`. */
static void claim_survivor(scim_claim_t *claim, const scim_alike_t *survivor, const asked_t *asked,
                           const scim_rules_t *rules)
{
    const scim_row_t *row = &survivor->row;
    const char *name = scim_row_text(row->doc, "userName");
    if (is_provisioned(row)) {
        if (is_same(row->keys[SCIM_KEY_EXTERNAL_ID], asked->sent->keys[SCIM_KEY_EXTERNAL_ID])) {
            claim->found = survivor;
        } else {
            claim->refusal = apr_psprintf(asked->pool,
                                          "User already exists: this account was merged into \"%s\", which has another "
                                          "externalId. Leave one of the two out of provisioning.",
                                          name);
        }
    } else if (rules->adopts && !row->protected) {
        claim->found = survivor;
        claim->adopts = 1;
    } else {
        claim->refusal = apr_psprintf(asked->pool,
                                      "User already exists: this account was merged into the %s account \"%s\". Leave "
                                      "this user out of provisioning%s.",
                                      row->protected ? "protected" : "local", name,
                                      row->protected ? "" : ", or let the tenant adopt local accounts");
    }
}

/* If a merged account matches, decides the claim and returns 1. */
static int claim_merged(scim_claim_t *claim, const asked_t *asked, const apr_array_header_t *alikes,
                        const scim_rules_t *rules)
{
    for (int i = alikes->nelts - 1; i >= 0; i--) {
        const scim_alike_t *alike = &APR_ARRAY_IDX(alikes, i, scim_alike_t);
        int same_id = is_same(alike->row.keys[SCIM_KEY_EXTERNAL_ID], asked->sent->keys[SCIM_KEY_EXTERNAL_ID]);
        const scim_alike_t *survivor =
            alike->into && same_id && is_same_person(asked, &alike->row) ? find_survivor(alike, alikes) : NULL;
        if (survivor) {
            claim_survivor(claim, survivor, asked, rules);
            return 1;
        }
    }
    return 0;
}

scim_claim_t scim_restore_decide(const scim_row_t *sent, const apr_array_header_t *alike, const scim_rules_t *rules,
                                 apr_pool_t *pool)
{
    scim_claim_t claim = {NULL, 0, NULL, NULL};
    if (claim_local(&claim, sent, alike, rules, pool) || rules->restore == SCIM_RESTORE_NEVER) {
        return claim;
    }
    asked_t asked = {.sent = sent, .by_name = rules->restore == SCIM_RESTORE_BY_USER_NAME, .pool = pool};
    asked.named = !sent->keys[SCIM_KEY_EXTERNAL_ID] || scim_restore_identifies(sent->doc);
    asked.name_key = asked.by_name || !asked.named ? sent->keys[SCIM_KEY_USER_NAME] : NULL;
    if (!claim_merged(&claim, &asked, alike, rules)) {
        find_former(&claim, &asked, alike);
    }
    return claim;
}

scim_row_t scim_restore_row(const scim_claim_t *claim, const scim_row_t *sent, apr_pool_t *pool)
{
    const scim_row_t *was = &claim->found->row;
    scim_row_t row = *was;
    row.doc = scim_json_copy(sent->doc, pool);
    json_object *roles = json_object_object_get(was->doc, "roles");
    if (!claim->adopts && !was->deleted && roles && !json_object_object_get_ex(row.doc, "roles", NULL)) {
        json_object_object_add(row.doc, "roles", json_object_get(roles));
    }
    row.deleted = 0;
    row.source = "scim";
    return row;
}
