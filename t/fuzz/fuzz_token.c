/*
 * Any text as a bearer token: an accepted one is well-formed, and is refused with one character changed.
 */
#include "store/token.h"

#include <apr_strings.h>
#include <string.h>

#include "fuzz.h"

void fuzz_token(const char *bytes, apr_size_t len, apr_pool_t *pool)
{
    char *text = apr_pstrmemdup(pool, bytes, len);
    scim_token_t token, other;

    if (!scim_token_read(&token, text))
        return;
    FUZZ_CHECK(strlen(text) == SCIM_TOKEN_LENGTH && strncmp(text, "scim_", 5) == 0);
    FUZZ_CHECK(strlen(token.key_id) == SCIM_TOKEN_KEY_LENGTH);
    FUZZ_CHECK(memcmp(token.key_id, text + 5, SCIM_TOKEN_KEY_LENGTH) == 0);
    FUZZ_CHECK(scim_token_read(&other, text) && memcmp(token.digest, other.digest, SCIM_TOKEN_DIGEST_LENGTH) == 0);
    for (size_t i = 0; i < SCIM_TOKEN_LENGTH; i++) {
        char kept = text[i];

        text[i] = kept == 'x' ? 'y' : 'x';
        FUZZ_CHECK(!scim_token_read(&other, text));
        text[i] = '\0';
        FUZZ_CHECK(!scim_token_read(&other, text));
        text[i] = kept;
    }
}
