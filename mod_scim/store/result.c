/* Reads typed values from binary results, in the formats of PostgreSQL's *_send functions. */
#include <string.h>

#include "connection.h"

/* PostgreSQL's epoch, 2000-01-01, in microseconds since 1970. */
#define POSTGRES_EPOCH APR_INT64_C(946684800000000)

apr_int64_t scim_result_int(const PGresult *result, int row, int column)
{
    const unsigned char *bytes = (const unsigned char *)PQgetvalue(result, row, column);
    int len = PQgetlength(result, row, column);
    if (len == 0) {
        return 0;
    }
    apr_uint64_t value = (bytes[0] & 0x80) ? ~APR_UINT64_C(0) : 0;
    for (int i = 0; i < len; i++) {
        value = (value << 8) | bytes[i];
    }
    return (apr_int64_t)value;
}

int scim_result_bool(const PGresult *result, int row, int column)
{
    return PQgetlength(result, row, column) == 1 && PQgetvalue(result, row, column)[0] != 0;
}

apr_time_t scim_result_time(const PGresult *result, int row, int column)
{
    if (PQgetisnull(result, row, column)) {
        return 0;
    }
    return scim_result_int(result, row, column) + POSTGRES_EPOCH;
}

const char *scim_result_text(apr_size_t *len, const PGresult *result, int row, int column)
{
    if (PQgetisnull(result, row, column)) {
        if (len) {
            *len = 0;
        }
        return NULL;
    }
    const Oid jsonb = 3802;
    const char *text = PQgetvalue(result, row, column);
    apr_size_t size = (apr_size_t)PQgetlength(result, row, column);
    if (PQftype(result, column) == jsonb && size > 0) {
        text++; /* skips the version byte of jsonb */
        size--;
    }
    if (len) {
        *len = size;
    }
    return text;
}

void scim_result_uuid(char id[37], const PGresult *result, int row, int column)
{
    static const char digits[] = "0123456789abcdef";
    const unsigned char *bytes = (const unsigned char *)PQgetvalue(result, row, column);
    char *out = id;
    if (PQgetlength(result, row, column) != 16) {
        *id = '\0';
        return;
    }
    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            *out++ = '-';
        }
        *out++ = digits[bytes[i] >> 4];
        *out++ = digits[bytes[i] & 15];
    }
    *out = '\0';
}

static int int32_at(const unsigned char *bytes)
{
    return (int)(((unsigned)bytes[0] << 24) | ((unsigned)bytes[1] << 16) | ((unsigned)bytes[2] << 8) | bytes[3]);
}

/* An array has: number of dimensions, whether there are nulls, the type; then for each dimension its length and its
 * first index. */
void scim_result_elements(scim_elements_t *out, const PGresult *result, int row, int column)
{
    const Oid text_array = 1009, uuid_array = 2951;
    const unsigned char *bytes = (const unsigned char *)PQgetvalue(result, row, column);
    out->left = 0;
    Oid type = PQftype(result, column);
    if (PQgetlength(result, row, column) < 20 || (type != text_array && type != uuid_array) || int32_at(bytes) != 1) {
        return;
    }
    out->left = int32_at(bytes + 12);
    out->at = bytes + 20;
}

const char *scim_result_element(scim_elements_t *elements, apr_size_t *len)
{
    if (elements->left == 0) {
        return NULL;
    }
    const char *text = (const char *)elements->at + 4;
    *len = (apr_size_t)int32_at(elements->at);
    elements->left--;
    elements->at += 4 + *len;
    return text;
}
