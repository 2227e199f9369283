#include "table.h"

#include <apr_general.h>
#include <apr_lib.h>
#include <apr_strings.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* ---- SipHash ---- */

static apr_uint64_t rotated(apr_uint64_t x, int bits)
{
    return x << bits | x >> (64 - bits);
}

static void sip_rounds(apr_uint64_t v[4], int rounds)
{
    while (rounds--) {
        v[0] += v[1];
        v[2] += v[3];
        v[1] = rotated(v[1], 13) ^ v[0];
        v[3] = rotated(v[3], 16) ^ v[2];
        v[0] = rotated(v[0], 32) + v[3];
        v[2] += v[1];
        v[1] = rotated(v[1], 17) ^ v[2];
        v[3] = rotated(v[3], 21) ^ v[0];
        v[2] = rotated(v[2], 32);
    }
}

/* Up to 8 bytes as a little-endian number. */
static apr_uint64_t word_of(const char *bytes, apr_size_t len)
{
    apr_uint64_t word = 0;
    for (apr_size_t i = 0; i < len; i++)
        word |= (apr_uint64_t)(unsigned char)bytes[i] << 8 * i;
    return word;
}

static void sip_word(apr_uint64_t v[4], apr_uint64_t word)
{
    v[3] ^= word;
    sip_rounds(v, 2);
    v[0] ^= word;
}

apr_uint64_t scim_siphash(const apr_uint64_t key[2], const char *bytes, apr_size_t len)
{
    apr_uint64_t v[4] = {key[0] ^ APR_UINT64_C(0x736f6d6570736575), key[1] ^ APR_UINT64_C(0x646f72616e646f6d),
                         key[0] ^ APR_UINT64_C(0x6c7967656e657261), key[1] ^ APR_UINT64_C(0x7465646279746573)};
    const apr_size_t whole = len & ~(apr_size_t)7;
    for (apr_size_t at = 0; at < whole; at += 8)
        sip_word(v, word_of(bytes + at, 8));
    sip_word(v, word_of(bytes + whole, len - whole) | (apr_uint64_t)len << 56);
    v[2] ^= 0xff;
    sip_rounds(v, 4);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/* ---- tables ---- */

static apr_uint64_t process_key[2];
static pthread_once_t key_made = PTHREAD_ONCE_INIT;

/* With a key that others can guess the table is not protected against chosen collisions, so the process ends. */
static void make_key(void)
{
    if (apr_generate_random_bytes((unsigned char *)process_key, sizeof(process_key)) != APR_SUCCESS)
        abort();
}

static unsigned int hash(const char *key, apr_ssize_t *len)
{
    if (*len == APR_HASH_KEY_STRING)
        *len = (apr_ssize_t)strlen(key);
    return (unsigned int)scim_siphash(process_key, key, (apr_size_t)*len);
}

apr_hash_t *scim_table_make(apr_pool_t *pool)
{
    pthread_once(&key_made, make_key);
    return apr_hash_make_custom(pool, hash);
}

int scim_table_add_id(apr_hash_t *ids, const char *id, apr_pool_t *pool)
{
    const apr_size_t len = strlen(id);
    char *key = apr_palloc(pool, len + 1);
    for (apr_size_t i = 0; i <= len; i++)
        key[i] = (char)apr_tolower(id[i]);
    if (apr_hash_get(ids, key, (apr_ssize_t)len))
        return 0;
    apr_hash_set(ids, key, (apr_ssize_t)len, key);
    return 1;
}
