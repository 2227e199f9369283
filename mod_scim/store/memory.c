#include "memory.h"

#include <apr_strings.h>
#include <openssl/sha.h>
#include <string.h>

#include "scim/text.h"
#include "session.h"

_Static_assert(SCIM_MEMORY_KEY == SHA256_DIGEST_LENGTH, "a key is a SHA-256");

/* Writes a part with its length, so that different lists of parts have different texts. */
static void put_part(scim_buf_t *out, const char *part)
{
    scim_buf_printf(out, "%" APR_SIZE_T_FMT ":", part ? strlen(part) : 0);
    scim_buf_puts(out, part ? part : "-");
}

void scim_memory_key(scim_memory_key_t *out, const scim_session_t *session, const char *what, const char *text,
                     const apr_array_header_t *values)
{
    scim_buf_t parts;
    scim_buf_init(&parts, strlen(text) + 256, session->pool);
    put_part(&parts, what);
    put_part(&parts, scim_conn_database(session->conn));
    put_part(&parts, text);
    for (int i = 0; i < values->nelts; i++) {
        put_part(&parts, APR_ARRAY_IDX(values, i, const char *));
    }
    SHA256((const unsigned char *)parts.data, parts.len, out->bytes);
}

const char *scim_memory_recall(const scim_session_t *session, const scim_memory_key_t *key)
{
    const scim_memory_t *memory = session->memory;
    if (!memory) {
        return NULL;
    }
    char *value = apr_palloc(session->pool, SCIM_MEMORY_VALUE + 1);
    apr_size_t len = memory->recall(memory, key->bytes, value, session->pool);
    value[len] = '\0';
    return len > 0 ? value : NULL;
}

void scim_memory_keep(const scim_session_t *session, const scim_memory_key_t *key, const char *value)
{
    const scim_memory_t *memory = session->memory;
    apr_size_t len = strlen(value);
    if (memory && len <= SCIM_MEMORY_VALUE) {
        memory->keep(memory, key->bytes, value, len, session->pool);
    }
}
