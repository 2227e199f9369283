#include "token.h"

#include <apr_strings.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <string.h>

#include "scim/text.h"
#include "tenant.h"

#define PREFIX        "scim_"
#define PREFIX_LENGTH (sizeof(PREFIX) - 1)
#define SECRET_LENGTH 43
#define CRC_LENGTH    6
#define CRC_OFFSET    (SCIM_TOKEN_LENGTH - CRC_LENGTH)
#define BASE          62

/* Writes the lowest `width` digits of a big-endian number, and overwrites the number. */
static void base62(char *out, apr_size_t width, unsigned char *number, apr_size_t len)
{
    static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    for (apr_size_t i = width; i-- > 0;) {
        unsigned rest = 0;

        for (apr_size_t j = 0; j < len; j++) {
            unsigned current = rest * 256 + number[j];

            number[j] = (unsigned char)(current / BASE);
            rest = current % BASE;
        }
        out[i] = digits[rest];
    }
}

static int is_base62(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* CRC-32 of IEEE 802.3, four bits at a time. */
static apr_uint32_t crc32(const char *bytes, apr_size_t len)
{
    static const apr_uint32_t table[16] = {0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
                                           0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
                                           0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};
    apr_uint32_t crc = 0xffffffff;

    for (apr_size_t i = 0; i < len; i++) {
        crc ^= (unsigned char)bytes[i];
        crc = (crc >> 4) ^ table[crc & 15];
        crc = (crc >> 4) ^ table[crc & 15];
    }
    return crc ^ 0xffffffff;
}

static void checksum(char out[CRC_LENGTH], const char *text)
{
    apr_uint32_t crc = crc32(text, CRC_OFFSET);
    unsigned char number[4] = {(unsigned char)(crc >> 24), (unsigned char)(crc >> 16), (unsigned char)(crc >> 8),
                               (unsigned char)crc};

    base62(out, CRC_LENGTH, number, sizeof(number));
}

/* Computes the key id and digest of a well-formed token. */
static int fill(scim_token_t *token, const char *text)
{
    memcpy(token->key_id, text + PREFIX_LENGTH, SCIM_TOKEN_KEY_LENGTH);
    token->key_id[SCIM_TOKEN_KEY_LENGTH] = '\0';
    return EVP_Digest(text, SCIM_TOKEN_LENGTH, token->digest, NULL, EVP_sha256(), NULL) == 1;
}

apr_status_t scim_token_make_for(scim_token_t *token, char text[SCIM_TOKEN_LENGTH + 1], const char *key_id)
{
    unsigned char secret[32];
    char *end = text;

    if (RAND_priv_bytes(secret, sizeof(secret)) != 1) {
        return APR_EGENERAL;
    }
    memcpy(end, PREFIX, PREFIX_LENGTH);
    end += PREFIX_LENGTH;
    memcpy(end, key_id, SCIM_TOKEN_KEY_LENGTH);
    end += SCIM_TOKEN_KEY_LENGTH;
    base62(end, SECRET_LENGTH, secret, sizeof(secret));
    end += SECRET_LENGTH;
    checksum(end, text);
    end[CRC_LENGTH] = '\0';
    OPENSSL_cleanse(secret, sizeof(secret));
    return fill(token, text) ? APR_SUCCESS : APR_EGENERAL;
}

apr_status_t scim_token_make(scim_token_t *token, char text[SCIM_TOKEN_LENGTH + 1])
{
    unsigned char bytes[8];
    char key[SCIM_TOKEN_KEY_LENGTH];

    if (RAND_bytes(bytes, sizeof(bytes)) != 1) {
        return APR_EGENERAL;
    }
    base62(key, SCIM_TOKEN_KEY_LENGTH, bytes, sizeof(bytes));
    return scim_token_make_for(token, text, key);
}

int scim_token_read(scim_token_t *token, const char *text)
{
    char expected[CRC_LENGTH];

    if (strnlen(text, SCIM_TOKEN_LENGTH + 1) != SCIM_TOKEN_LENGTH || memcmp(text, PREFIX, PREFIX_LENGTH) != 0) {
        return 0;
    }
    for (apr_size_t i = PREFIX_LENGTH; i < SCIM_TOKEN_LENGTH; i++) {
        if (!is_base62(text[i])) {
            return 0;
        }
    }
    checksum(expected, text);
    if (memcmp(text + CRC_OFFSET, expected, CRC_LENGTH) != 0) {
        return 0;
    }
    return fill(token, text);
}

int scim_token_key(char key[SCIM_TOKEN_KEY_LENGTH + 1], const char *text)
{
    if (strncmp(text, PREFIX, PREFIX_LENGTH) != 0) {
        return 0;
    }
    for (apr_size_t i = 0; i < SCIM_TOKEN_KEY_LENGTH; i++) {
        key[i] = text[PREFIX_LENGTH + i];
        if (!is_base62(key[i])) {
            return 0;
        }
    }
    key[SCIM_TOKEN_KEY_LENGTH] = '\0';
    return 1;
}
