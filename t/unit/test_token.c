#include "store/token.h"

#include <apr_strings.h>
#include <string.h>

#include "unit.h"

/* Checksum and digest were computed by another implementation (Python's zlib.crc32 and hashlib.sha256). */
#define KNOWN        "scim_Key0123456ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopq1Lqzfn"
#define KNOWN_DIGEST "03444217d1440d425221d7d186fa8c72aa81ad2f7b2efbd8b185b3b299629679"
#define CRC_LENGTH   6

static const char *hex(const unsigned char *bytes, apr_size_t len)
{
    char *text = apr_palloc(unit_pool, len * 2 + 1);

    for (apr_size_t i = 0; i < len; i++) {
        apr_snprintf(text + i * 2, 3, "%02x", bytes[i]);
    }
    return text;
}

/* KNOWN with one character changed. */
static const char *changed(apr_size_t at, char to)
{
    char *text = apr_pstrdup(unit_pool, KNOWN);

    text[at] = to;
    return text;
}

static void known_text(void)
{
    scim_token_t token;

    UNIT_INT(scim_token_read(&token, KNOWN), 1);
    UNIT_STR(token.key_id, "Key0123456");
    UNIT_STR(hex(token.digest, sizeof(token.digest)), KNOWN_DIGEST);
}

static void round_trip(void)
{
    for (int i = 0; i < 1000; i++) {
        char text[SCIM_TOKEN_LENGTH + 1];
        scim_token_t made, read;

        UNIT_INT(scim_token_make(&made, text), APR_SUCCESS);
        UNIT_INT(strlen(text), SCIM_TOKEN_LENGTH);
        UNIT_INT(scim_token_read(&read, text), 1);
        UNIT_STR(read.key_id, made.key_id);
        UNIT_INT(memcmp(read.digest, made.digest, sizeof(made.digest)), 0);
        UNIT_INT(memcmp(text, "scim_", 5), 0);
        UNIT_INT(memcmp(text + 5, made.key_id, SCIM_TOKEN_KEY_LENGTH), 0);
    }
}

static void never_the_same(void)
{
    char one[SCIM_TOKEN_LENGTH + 1], other[SCIM_TOKEN_LENGTH + 1];
    scim_token_t first, second;

    scim_token_make(&first, one);
    scim_token_make(&second, other);
    CU_ASSERT_STRING_NOT_EQUAL(first.key_id, second.key_id);
    CU_ASSERT_NOT_EQUAL(memcmp(first.digest, second.digest, sizeof(first.digest)), 0);
    CU_ASSERT_NOT_EQUAL(memcmp(one + 15, other + 15, 43), 0);
}

/* A changed character is noticed at any position: a CRC finds every burst of up to 32 bits. */
static void wrong_checksum(void)
{
    scim_token_t token;

    for (apr_size_t i = 5; i < SCIM_TOKEN_LENGTH; i++) {
        UNIT_INT(scim_token_read(&token, changed(i, KNOWN[i] == 'x' ? 'y' : 'x')), 0);
    }
    UNIT_INT(scim_token_read(&token, "scim_Key0123465ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopq1Lqzfn"), 0);
}

static void wrong_length(void)
{
    scim_token_t token;

    for (apr_size_t len = 0; len < SCIM_TOKEN_LENGTH; len++) {
        UNIT_INT(scim_token_read(&token, apr_pstrmemdup(unit_pool, KNOWN, len)), 0);
    }
    UNIT_INT(scim_token_read(&token, KNOWN "0"), 0);
    UNIT_INT(scim_token_read(&token, KNOWN " "), 0);
    UNIT_INT(scim_token_read(&token, " " KNOWN), 0);
}

static void wrong_characters(void)
{
    static const char wrong[] = {'/', ':', '@', '[', '`', '{', '-', '_', '+', '=', ' ', '\n', '\x7f', '\xc3'};
    scim_token_t token;

    for (apr_size_t i = 0; i < sizeof(wrong); i++) {
        UNIT_INT(scim_token_read(&token, changed(5, wrong[i])), 0);
        UNIT_INT(scim_token_read(&token, changed(30, wrong[i])), 0);
        UNIT_INT(scim_token_read(&token, changed(SCIM_TOKEN_LENGTH - CRC_LENGTH, wrong[i])), 0);
        UNIT_INT(scim_token_read(&token, changed(SCIM_TOKEN_LENGTH - 1, wrong[i])), 0);
    }
}

static void wrong_prefix(void)
{
    scim_token_t token;

    UNIT_INT(scim_token_read(&token, changed(0, 'S')), 0);
    UNIT_INT(scim_token_read(&token, changed(4, '-')), 0);
    /* The checksum is right, but the prefix is another one. */
    UNIT_INT(scim_token_read(&token, "SCIM_Key0123456ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopq2qygcj"), 0);
}

CU_TestInfo test_token[] = {
    {"known text", known_text},         {"round trip", round_trip},
    {"never the same", never_the_same}, {"wrong checksum", wrong_checksum},
    {"wrong length", wrong_length},     {"wrong characters", wrong_characters},
    {"wrong prefix", wrong_prefix},     CU_TEST_INFO_NULL,
};
