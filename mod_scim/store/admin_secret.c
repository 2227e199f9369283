#include "admin_secret.h"

#include <apr_escape.h>
#include <apr_strings.h>
#include <openssl/crypto.h>
#include <string.h>

#include "token.h"

#define RETRY_AFTER 5 /* seconds */

static apr_status_t cleanse(void *text)
{
    OPENSSL_cleanse(text, strlen(text));
    return APR_SUCCESS;
}

scim_error_t *scim_admin_make_secret(scim_admin_call_t *call)
{
    char *text = apr_pcalloc(call->pool, SCIM_TOKEN_LENGTH + 1);
    scim_token_t token;
    apr_pool_cleanup_register(call->pool, text, cleanse, apr_pool_cleanup_null);
    if (scim_token_make(&token, text) != APR_SUCCESS) {
        scim_error_t *error =
            scim_error_status(call->pool, 503, "The system provided no random numbers. Try again later.");
        error->retry_after = RETRY_AFTER;
        return error;
    }
    const char *digest = apr_pescape_hex(call->pool, token.digest, SCIM_TOKEN_DIGEST_LENGTH, 0);
    scim_admin_set(call, "keyId", json_object_new_string(token.key_id));
    scim_admin_set(call, "digest", json_object_new_string(digest));
    call->secret = text;
    return NULL;
}

/* The member as jsonb writes it. In a text its quotes would be escaped, so no text can contain this. */
#define PLACE     "\"token\": "
#define PLACE_LEN (sizeof(PLACE) - 1)
#define NOTHING   "null"

scim_error_t *scim_admin_show_secret(scim_admin_call_t *call)
{
    const char *place = strstr(call->answer, PLACE NOTHING);
    /* The key id is random, so the answer contains it only if this call has made the token. */
    if (!place || !strstr(call->answer, scim_admin_text(call, "keyId"))) {
        call->secret = NULL;
        return NULL;
    }
    const char *head = apr_pstrmemdup(call->pool, call->answer, (apr_size_t)(place - call->answer) + PLACE_LEN);
    const char *rest = place + PLACE_LEN + sizeof(NOTHING) - 1;
    char *answer = apr_pstrcat(call->pool, head, "\"", call->secret, "\"", rest, NULL);
    apr_pool_cleanup_register(call->pool, answer, cleanse, apr_pool_cleanup_null);
    call->answer = answer;
    return NULL;
}
