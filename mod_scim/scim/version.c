#include "version.h"

#include <apr_lib.h>
#include <string.h>

/* Suffixes that httpd's filters append to the opaque part of a tag when they change the encoding. */
static const char *const suffixes[] = {"", "-gzip", "-gunzip", "-br", NULL};

/* The version in the opaque part of one of our tags; 0, which is never a version: it is another server's tag. */
static apr_int64_t read_version(const char *text, apr_size_t len)
{
    apr_int64_t version = 0;
    apr_size_t i = 0;
    if (len && text[0] == '0')
        return 0;
    for (; i < len && apr_isdigit(text[i]); i++) {
        const int digit = text[i] - '0';
        if (version > (APR_INT64_MAX - digit) / 10)
            return 0;
        version = version * 10 + digit;
    }
    for (const char *const *suffix = suffixes; *suffix; suffix++) {
        if (strlen(*suffix) == len - i && memcmp(*suffix, text + i, len - i) == 0)
            return version;
    }
    return 0;
}

static const char *skip_separators(const char *at)
{
    while (*at == ' ' || *at == '\t' || *at == ',')
        at++;
    return at;
}

/* Reads one element of the list and returns the rest. A malformed entity-tag ends at the next comma. */
static const char *read_tag(scim_versions_t *versions, const char *at)
{
    const char *quote = strncmp(at, "W/", 2) == 0 ? at + 2 : at;
    const char *end = *quote == '"' ? strchr(quote + 1, '"') : NULL;
    if (!end)
        return at + strcspn(at, ",");
    const apr_int64_t version = read_version(quote + 1, (apr_size_t)(end - quote - 1));
    if (version)
        APR_ARRAY_PUSH(versions->list, apr_int64_t) = version;
    return end + 1;
}

static int is_any(const char *header)
{
    header = skip_separators(header);
    return *header == '*' && !*skip_separators(header + 1);
}

const scim_versions_t *scim_versions_read(const char *header, apr_pool_t *pool)
{
    if (!header)
        return NULL;
    scim_versions_t *versions = apr_pcalloc(pool, sizeof(*versions));
    versions->list = apr_array_make(pool, 1, sizeof(apr_int64_t));
    versions->any = is_any(header);
    for (const char *at = skip_separators(header); *at; at = skip_separators(at))
        at = read_tag(versions, at);
    return versions;
}

static int lists(const scim_versions_t *versions, apr_int64_t version)
{
    for (int i = 0; i < versions->list->nelts; i++) {
        if (APR_ARRAY_IDX(versions->list, i, apr_int64_t) == version)
            return 1;
    }
    return 0;
}

const scim_versions_t *scim_versions_allow(const scim_versions_t *match, const scim_versions_t *none, apr_pool_t *pool)
{
    if (!none || (!none->any && !none->list->nelts))
        return match;
    scim_versions_t *allowed = apr_pcalloc(pool, sizeof(*allowed));
    allowed->list = apr_array_make(pool, 1, sizeof(apr_int64_t));
    if (none->any)
        return allowed;
    allowed->except = !match || match->any;
    const apr_array_header_t *from = allowed->except ? none->list : match->list;
    for (int i = 0; i < from->nelts; i++) {
        const apr_int64_t version = APR_ARRAY_IDX(from, i, apr_int64_t);
        if (allowed->except || !lists(none, version))
            APR_ARRAY_PUSH(allowed->list, apr_int64_t) = version;
    }
    return allowed;
}

int scim_versions_match(const scim_versions_t *versions, apr_int64_t version)
{
    return versions->any || lists(versions, version) != versions->except;
}
