/* Bearer tokens: each one is a separate service account. */
#include <apr_strings.h>

#include "admin_change.h"
#include "admin_ops.h"
#include "admin_secret.h"
#include "cidr.h"
#include "rules/nouns.h"

/* ONE(text) is a heading in the output of one token; lists have no such column. */
#define FIELDS(ONE)                                                                                                    \
    {"tenant", SCIM_ARG_TEXT, NULL, "the tenant that it belongs to"},                                                  \
        {"keyId", SCIM_ARG_TEXT, "Key id", "its public part, which identifies it in logs and the audit log"},          \
        {"name", SCIM_ARG_TEXT, "Name", "its name for people, and the actor's name in the audit log"},                 \
        {"status", SCIM_ARG_TEXT, "Status", "active, expiring (14 days or less), expired, revoked"},                   \
        {"created", SCIM_ARG_TIME, ONE("Created"), "when it was created"},                                             \
        {"createdBy", SCIM_ARG_TEXT, ONE("Created by"), "who created it"},                                             \
        {"expires", SCIM_ARG_TIME, "Expires", "when it expires"},                                                      \
        {"lastUsed", SCIM_ARG_TIME, "Last used", "when it was last used; null: never"},                                \
        {"lastAddress", SCIM_ARG_TEXT, ONE("Last address"), "the address of the last use"},                            \
        {"revoked", SCIM_ARG_TIME, ONE("Revoked"), "when it was revoked; null: it is not"},                            \
        {"revokedBy", SCIM_ARG_TEXT, ONE("Revoked by"), "who revoked it"},                                             \
        {"readOnly", SCIM_ARG_FLAG, ONE("Read-only"), "it may only read"},                                             \
        {"addresses", SCIM_ARG_LIST, ONE("Addresses"), "addresses and networks from which it may be used; null: all"}, \
        {"rate", SCIM_ARG_INT, ONE("Rate"), "requests a second; null: no limit"},                                      \
        {"burst", SCIM_ARG_INT, ONE("Burst"), "requests at once"},                                                     \
        {"expectEvery", SCIM_ARG_INT, NULL, "after how many unused minutes to warn; null: learned from its use"},      \
        {"usualEvery", SCIM_ARG_INT, NULL,                                                                             \
         "the usual minutes between two uses, in the last two weeks; null: not known"},                                \
        {"quiet", SCIM_ARG_FLAG, "Quiet", "it has not been used for longer than expected"},                            \
        {"userId", SCIM_ARG_TEXT, NULL, "whom /Me means; null: nobody"},                                               \
        {"userName", SCIM_ARG_TEXT, ONE("User"), "that user's userName"},                                              \
        {"external", SCIM_ARG_TEXT, ONE("External"),                                                                   \
         "the client, authenticated by httpd, that acts as it; null: the token has a secret"},                         \
        {"scope", SCIM_ARG_TEXT, ONE("Scope"), "what it may access: tenant, or me (only its own user, as /Me)"},       \
    {                                                                                                                  \
        "description", SCIM_ARG_TEXT, ONE("Description"), "what it is used for"                                        \
    }

#define SHOWN(text)  text
#define HIDDEN(text) NULL

static const scim_admin_field_t list_fields[] = {FIELDS(HIDDEN), {NULL, SCIM_ARG_TEXT, NULL, NULL}};

static const scim_admin_field_t fields[] = {FIELDS(SHOWN), {NULL, SCIM_ARG_TEXT, NULL, NULL}};

static const scim_admin_field_t added_fields[] = {
    {"token", SCIM_ARG_TEXT, NULL, "the token itself, shown once; null: it is for a client that httpd authenticates"},
    FIELDS(SHOWN),
    {NULL, SCIM_ARG_TEXT, NULL, NULL},
};

static const scim_admin_arg_t list_args[] = {
    SCIM_ADMIN_LIST_ARGS,
    {"status", SCIM_ARG_CHOICE, 0, "active|expiring|expired|revoked", 0, 0, "only tokens with this status"},
    {"quiet", SCIM_ARG_FLAG, 0, NULL, 0, 0, "only silent tokens, or only others"},
    {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL},
};

#define TERMS                                                                                                          \
    {"description", SCIM_ARG_TEXT, SCIM_ARG_NULLABLE, "TEXT", 1, 2000, "what it is used for"},                         \
        {"readOnly", SCIM_ARG_FLAG, 0, NULL, 0, 0, "it may only read"},                                                \
        {"addresses",                                                                                                  \
         SCIM_ARG_LIST,                                                                                                \
         SCIM_ARG_NULLABLE,                                                                                            \
         "CIDR",                                                                                                       \
         0,                                                                                                            \
         0,                                                                                                            \
         "addresses and networks from which it may be used"},                                                          \
        {"rate", SCIM_ARG_INT, SCIM_ARG_NULLABLE, "N", 1, 100000, "requests a second"},                                \
        {"burst", SCIM_ARG_INT, 0, "N", 1, 1000000, "requests at once (default: twice the rate)"},                     \
        {"expectEvery",                                                                                                \
         SCIM_ARG_INT,                                                                                                 \
         SCIM_ARG_NULLABLE,                                                                                            \
         "MINUTES",                                                                                                    \
         1,                                                                                                            \
         525600,                                                                                                       \
         "warn if it is not used for longer than this"},                                                               \
        {"user",                                                                                                       \
         SCIM_ARG_TEXT,                                                                                                \
         SCIM_ARG_NULLABLE,                                                                                            \
         "ID|USERNAME",                                                                                                \
         0,                                                                                                            \
         0,                                                                                                            \
         "the user to whom it belongs, and whom /Me means"},                                                           \
    {                                                                                                                  \
        "scope", SCIM_ARG_CHOICE, 0, "me|tenant", 0, 0, "what it may access (default: me if it belongs to a user)"     \
    }

static const scim_admin_arg_t add_args[] = {
    {"name", SCIM_ARG_TEXT, SCIM_ARG_REQUIRED | SCIM_ARG_NAME, "TEXT", 1, 200,
     "its name, unique among the tenant's tokens that are not revoked"},
    {"expires", SCIM_ARG_TIME, SCIM_ARG_FUTURE, "WHEN", 0, 0,
     "when it expires, at most ten years from now (default: 30d)"},
    {"external", SCIM_ARG_TEXT, 0, "SUBJECT", 1, 1000,
     "the client, authenticated by httpd, that acts as this token (ScimClient); such a token has no secret"},
    TERMS,
    {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL},
};

static const scim_admin_arg_t set_args[] = {TERMS, {NULL, SCIM_ARG_TEXT, 0, NULL, 0, 0, NULL}};

/* Converts the addresses to blocks; a single address is a block of one. */
static scim_error_t *read_addresses(scim_admin_call_t *call)
{
    json_object *given;
    if (!json_object_object_get_ex(call->args, "addresses", &given) || !given) {
        return NULL;
    }
    json_object *blocks = json_object_new_array();
    scim_admin_set(call, "addresses", json_object_get(given)); /* keeps it from being freed while it is read */
    scim_error_t *error =
        json_object_array_length(given) > 0
            ? NULL
            : scim_error_status(
                  call->pool, 400,
                  "The list of addresses is empty. Name one address or block at least, or leave it out to allow any.");
    for (size_t i = 0; !error && i < json_object_array_length(given); i++) {
        const char *block;
        error = scim_cidr_read(&block, json_object_get_string(json_object_array_get_idx(given, i)), call->pool);
        if (!error) {
            json_object_array_add(blocks, json_object_new_string(block));
        }
    }
    scim_admin_set(call, "addresses", blocks);
    if (error) {
        scim_error_field(error, "addresses", error->detail, call->pool);
    }
    return error;
}

static scim_error_t *prepare_add(scim_admin_call_t *call)
{
    scim_error_t *error = read_addresses(call);
    return error ? error : scim_admin_make_secret(call);
}

/* Removes the hash of the secret from the answer. */
static scim_error_t *finish_add(scim_admin_call_t *call)
{
    if (scim_admin_text(call, "external")) {
        call->secret = NULL;
        return NULL;
    }
    return scim_admin_show_secret(call);
}

static const scim_admin_change_t add = {
    .action = &scim_token_add,
    .looks = SCIM_STATEMENTS(SCIM_STMT_ADMIN_TOKEN_TAKEN, SCIM_STMT_ADMIN_TOKEN_TERMS),
    .writes = SCIM_STATEMENTS(SCIM_STMT_ADMIN_TOKEN_ADD),
};

static const scim_admin_change_t set = {
    .action = &scim_token_set,
    .looks = SCIM_STATEMENTS(SCIM_STMT_ADMIN_TOKEN_HOLD, SCIM_STMT_ADMIN_TOKEN_TERMS),
    .writes = SCIM_STATEMENTS(SCIM_STMT_ADMIN_TOKEN_SET),
};

static const scim_admin_change_t revocation = {
    .action = &scim_token_revoke,
    .looks = SCIM_STATEMENTS(SCIM_STMT_ADMIN_TOKEN_HOLD),
    .writes = SCIM_STATEMENTS(SCIM_STMT_ADMIN_TOKEN_REVOKE),
};

#define TOKENS "/tenants/{tenant}/tokens"
#define TOKEN  TOKENS "/{token}"

const scim_admin_op_t scim_admin_token_ops[] = {
    {.noun = "token",
     .verb = "list",
     .method = "GET",
     .path = TOKENS,
     .statement = SCIM_STMT_ADMIN_TOKEN_LIST,
     .args = list_args,
     .fields = list_fields,
     .flags = SCIM_OP_LIST | SCIM_OP_FEW,
     .summary = "show the tokens of a tenant, newest first"},
    {.noun = "token",
     .verb = "show",
     .argument = "token",
     .method = "GET",
     .path = TOKEN,
     .statement = SCIM_STMT_ADMIN_TOKEN_SHOW,
     .missing = &scim_token_missing,
     .fields = fields,
     .summary = "show a token, by its key id or name"},
    {.noun = "token",
     .verb = "add",
     .alias = "create",
     .method = "POST",
     .path = TOKENS,
     .change = &add,
     .args = add_args,
     .fields = added_fields,
     .id_field = "keyId",
     .flags = SCIM_OP_CREATES,
     .prepare = prepare_add,
     .finish = finish_add,
     .summary = "add a token and show it once"},
    {.noun = "token",
     .verb = "set",
     .argument = "token",
     .method = "PATCH",
     .path = TOKEN,
     .change = &set,
     .args = set_args,
     .fields = fields,
     .prepare = read_addresses,
     .summary = "change a token, from the next request on"},
    {.noun = "token",
     .verb = "revoke",
     .argument = "token",
     .method = "POST",
     .path = TOKEN "/revoke",
     .change = &revocation,
     .fields = fields,
     .summary = "revoke a token; its next request is refused"},
    {.noun = NULL},
};
