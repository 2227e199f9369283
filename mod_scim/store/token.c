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

#define NAME_MAX_LENGTH        200  /* bytes */
#define DESCRIPTION_MAX_LENGTH 2000 /* bytes */
#define EXPIRING_SOON          apr_time_from_sec(14 * 86400)

/* Writes the lowest `width` digits of a big-endian number; the number is used up. */
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

/* What the store keeps of a text whose form is right. */
static int fill(scim_token_t *token, const char *text)
{
    memcpy(token->key_id, text + PREFIX_LENGTH, SCIM_TOKEN_KEY_LENGTH);
    token->key_id[SCIM_TOKEN_KEY_LENGTH] = '\0';
    return EVP_Digest(text, SCIM_TOKEN_LENGTH, token->digest, NULL, EVP_sha256(), NULL) == 1;
}

apr_status_t scim_token_make(scim_token_t *token, char text[SCIM_TOKEN_LENGTH + 1])
{
    unsigned char key[8], secret[32];
    char *end = text;

    if (RAND_bytes(key, sizeof(key)) != 1 || RAND_priv_bytes(secret, sizeof(secret)) != 1) {
        return APR_EGENERAL;
    }
    memcpy(end, PREFIX, PREFIX_LENGTH);
    end += PREFIX_LENGTH;
    base62(end, SCIM_TOKEN_KEY_LENGTH, key, sizeof(key));
    end += SCIM_TOKEN_KEY_LENGTH;
    base62(end, SECRET_LENGTH, secret, sizeof(secret));
    end += SECRET_LENGTH;
    checksum(end, text);
    end[CRC_LENGTH] = '\0';
    OPENSSL_cleanse(secret, sizeof(secret));
    return fill(token, text) ? APR_SUCCESS : APR_EGENERAL;
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

/* Columns of every statement that answers with tokens, in this order. */
enum {
    COLUMN_TENANT,
    COLUMN_KEY_ID,
    COLUMN_NAME,
    COLUMN_DESCRIPTION,
    COLUMN_CREATED,
    COLUMN_CREATED_BY,
    COLUMN_EXPIRES,
    COLUMN_REVOKED,
    COLUMN_REVOKED_BY,
    COLUMN_READ_ONLY,
    COLUMN_ADDRESSES,
    COLUMN_RATE,
    COLUMN_BURST,
    COLUMN_USER_ID,
    COLUMN_USER_NAME,
    COLUMN_NOW,       /* the database's clock decides on the status, as it does when a token is presented */
    COLUMN_USER_FOUND /* of the statements that take a user */
};

static const char *status_of(const scim_token_row_t *row, apr_time_t now)
{
    if (row->revoked != 0) {
        return "revoked";
    }
    if (row->expires <= now) {
        return "expired";
    }
    return row->expires - now <= EXPIRING_SOON ? "expiring" : "active";
}

static void read_row(scim_token_row_t *row, const PGresult *result, int at)
{
    row->tenant = scim_result_text(NULL, result, at, COLUMN_TENANT);
    row->key_id = scim_result_text(NULL, result, at, COLUMN_KEY_ID);
    row->name = scim_result_text(NULL, result, at, COLUMN_NAME);
    row->description = scim_result_text(NULL, result, at, COLUMN_DESCRIPTION);
    row->created = scim_result_time(result, at, COLUMN_CREATED);
    row->created_by = scim_result_text(NULL, result, at, COLUMN_CREATED_BY);
    row->expires = scim_result_time(result, at, COLUMN_EXPIRES);
    row->revoked = scim_result_time(result, at, COLUMN_REVOKED);
    row->revoked_by = scim_result_text(NULL, result, at, COLUMN_REVOKED_BY);
    row->read_only = scim_result_bool(result, at, COLUMN_READ_ONLY);
    row->addresses = scim_result_text(NULL, result, at, COLUMN_ADDRESSES);
    row->rate = (int)scim_result_int(result, at, COLUMN_RATE);
    row->burst = (int)scim_result_int(result, at, COLUMN_BURST);
    row->user_id = scim_result_text(NULL, result, at, COLUMN_USER_ID);
    row->user_name = scim_result_text(NULL, result, at, COLUMN_USER_NAME);
    row->status = status_of(row, scim_result_time(result, at, COLUMN_NOW));
}

static scim_error_t *check_new(const char *name, const char *description, apr_time_t expires, apr_pool_t *pool)
{
    apr_time_t now = apr_time_now();

    if (!scim_label_valid(name, NAME_MAX_LENGTH)) {
        return scim_error_status(pool, 400,
                                 "The name of a token must be 1 to %d bytes of UTF-8 without control characters.",
                                 NAME_MAX_LENGTH);
    }
    if (description != NULL && !scim_label_valid(description, DESCRIPTION_MAX_LENGTH)) {
        return scim_error_status(
            pool, 400, "The description of a token must be 1 to %d bytes of UTF-8 without control characters.",
            DESCRIPTION_MAX_LENGTH);
    }
    if (expires <= now) {
        return scim_error_status(pool, 400, "The expiry of a token must be in the future.");
    }
    if (expires - now > SCIM_TOKEN_MAX_LIFETIME) {
        return scim_error_status(pool, 400, "The expiry of a token must be at most 3653 days (10 years) from now.");
    }
    return NULL;
}

/* Runs a statement on the tokens of a tenant. All of them answer with a row at least where the tenant exists. Errors:
 * 404. */
static scim_error_t *run(const PGresult **result, scim_conn_t *conn, scim_statement_e id, const scim_param_t *params,
                         const char *tenant, apr_pool_t *pool)
{
    scim_batch_t *batch = scim_batch_make(conn);
    int slot = scim_batch_add(batch, id, params);
    scim_error_t *error = scim_batch_run(batch);

    if (error != NULL) {
        return error;
    }
    *result = scim_batch_result(batch, slot);
    return PQntuples(*result) == 0 ? scim_tenant_missing(tenant, pool) : NULL;
}

/* Terms as parameters of a statement. */
typedef struct terms_t {
    const char *rate, *burst;        /* NULL: no limit */
    const char *user_name, *user_id; /* the second where the first is an id */
    char id[SCIM_ID_SIZE];
} terms_t;

static void read_terms(terms_t *out, const scim_token_terms_t *terms, apr_pool_t *pool)
{
    out->rate = terms->rate > 0 ? apr_itoa(pool, terms->rate) : NULL;
    out->burst = terms->rate > 0 ? apr_itoa(pool, terms->burst) : NULL;
    out->user_name = terms->user;
    out->user_id = terms->user != NULL && scim_id_read(out->id, terms->user) ? out->id : NULL;
}

static scim_error_t *check_user(const PGresult *result, const char *tenant, const char *user, apr_pool_t *pool)
{
    if (scim_result_bool(result, 0, COLUMN_USER_FOUND)) {
        return NULL;
    }
    return scim_error_status(pool, 404, "Tenant \"%s\" has no user with the id or userName \"%s\".", tenant, user);
}

static scim_error_t *missing_token(const char *tenant, const char *key_or_name, apr_pool_t *pool)
{
    return scim_error_status(
        pool, 404, "Tenant \"%s\" has no token with the key id or name \"%s\"; its list of tokens shows both.", tenant,
        key_or_name);
}

scim_error_t *scim_token_create(scim_token_row_t *row, scim_conn_t *conn, const char *tenant, const scim_token_t *token,
                                const char *name, const char *description, apr_time_t expires,
                                const scim_token_terms_t *terms, const char *actor, apr_pool_t *pool)
{
    char expiry[SCIM_TIME_SIZE];
    terms_t said;
    scim_param_t params[] = {{.value = tenant},
                             {.value = token->key_id},
                             {.value = (const char *)token->digest, .len = SCIM_TOKEN_DIGEST_LENGTH, .binary = 1},
                             {.value = name},
                             {.value = description},
                             {.value = expiry},
                             {.value = actor},
                             {.value = terms->read_only ? "t" : "f"},
                             {.value = terms->addresses},
                             {.value = NULL},
                             {.value = NULL},
                             {.value = terms->user},
                             {.value = NULL}};
    scim_error_t *error = check_new(name, description, expires, pool);
    const PGresult *result;

    if (error != NULL) {
        return error;
    }
    scim_time_format(expiry, expires);
    read_terms(&said, terms, pool);
    params[9].value = said.rate;
    params[10].value = said.burst;
    params[12].value = said.user_id;
    error = run(&result, conn, SCIM_STMT_TOKEN_CREATE, params, tenant, pool);
    if (error != NULL || (error = check_user(result, tenant, terms->user, pool)) != NULL) {
        return error;
    }
    read_row(row, result, 0);
    if (row->key_id == NULL) {
        return scim_error_status(pool, 409,
                                 "Tenant \"%s\" already has an unrevoked token named \"%s\"; choose another name or "
                                 "revoke that token first.",
                                 tenant, name);
    }
    return NULL;
}

scim_error_t *scim_token_list(apr_array_header_t **rows, scim_conn_t *conn, const char *tenant, apr_pool_t *pool)
{
    scim_param_t params[] = {{.value = tenant}};
    const PGresult *result;
    scim_error_t *error = run(&result, conn, SCIM_STMT_TOKEN_LIST, params, tenant, pool);

    if (error != NULL) {
        return error;
    }
    *rows = apr_array_make(pool, PQntuples(result), sizeof(scim_token_row_t));
    for (int i = 0; i < PQntuples(result); i++) {
        if (!PQgetisnull(result, i, COLUMN_KEY_ID)) {
            read_row(apr_array_push(*rows), result, i);
        }
    }
    return NULL;
}

scim_error_t *scim_token_revoke(scim_token_row_t *row, scim_conn_t *conn, const char *tenant, const char *key_or_name,
                                const char *actor, apr_pool_t *pool)
{
    scim_param_t params[] = {{.value = tenant}, {.value = key_or_name}, {.value = actor}};
    const PGresult *result;
    scim_error_t *error = run(&result, conn, SCIM_STMT_TOKEN_REVOKE, params, tenant, pool);

    if (error != NULL) {
        return error;
    }
    read_row(row, result, 0);
    return row->key_id != NULL ? NULL : missing_token(tenant, key_or_name, pool);
}

scim_error_t *scim_token_set(scim_token_row_t *row, scim_conn_t *conn, const char *tenant, const char *key_or_name,
                             const scim_token_terms_t *terms, apr_pool_t *pool)
{
    static const char *const truth[] = {"f", "t"};
    terms_t said;
    const PGresult *result;
    scim_error_t *error;

    read_terms(&said, terms, pool);
    const scim_param_t params[] = {
        {.value = tenant},
        {.value = key_or_name},
        {.value = terms->said & SCIM_TERM_READ_ONLY ? truth[terms->read_only != 0] : NULL},
        {.value = truth[(terms->said & SCIM_TERM_ADDRESSES) != 0]},
        {.value = terms->addresses},
        {.value = truth[(terms->said & SCIM_TERM_RATE) != 0]},
        {.value = said.rate},
        {.value = said.burst},
        {.value = truth[(terms->said & SCIM_TERM_USER) != 0]},
        {.value = said.user_name},
        {.value = said.user_id},
    };
    error = run(&result, conn, SCIM_STMT_TOKEN_SET, params, tenant, pool);
    if (error != NULL || (error = check_user(result, tenant, terms->user, pool)) != NULL) {
        return error;
    }
    read_row(row, result, 0);
    return row->key_id != NULL ? NULL : missing_token(tenant, key_or_name, pool);
}
