#include "spool.h"

#include <apr_strings.h>
#include <string.h>

#define RETRY_AFTER 30

void scim_spool_init(scim_spool_t *spool, const char *dir, apr_int32_t flags, apr_pool_t *pool)
{
    memset(spool, 0, sizeof(*spool));
    spool->dir = dir;
    spool->flags = flags;
    spool->pool = pool;
}

apr_off_t scim_spool_length(const scim_spool_t *spool)
{
    return spool->written + (apr_off_t)spool->buf.len;
}

/* Sizes are powers of two, so that httpd's allocator can use the blocks of earlier requests again. With other sizes
 * its memory would grow with each longer answer. */
static apr_size_t round_up(apr_size_t expected)
{
    apr_size_t size = 1024;
    while (size <= expected && size < SCIM_SPOOL_MEMORY) {
        size *= 2;
    }
    return size;
}

scim_buf_t *scim_spool_buffer(scim_spool_t *spool, apr_size_t expected)
{
    if (!spool->buf.data) {
        scim_buf_init(&spool->buf, round_up(expected), spool->pool);
    }
    return &spool->buf;
}

static void fail(scim_spool_t *spool, const char *what, const char *dir, apr_status_t rv)
{
    char reason[128];
    spool->error = scim_error_status(spool->pool, 503, "The answer is long, and there is no room for it now.");
    spool->error->cause = apr_psprintf(spool->pool, "cannot %s a temporary file in %s: %s; see ScimSpoolDir", what,
                                       dir ? dir : "any directory", apr_strerror(rv, reason, sizeof(reason)));
    spool->error->retry_after = RETRY_AFTER;
}

/* The file is unlinked at once, so that it disappears with the process in any case. */
static void open_file(scim_spool_t *spool)
{
    const char *dir = spool->dir;
    apr_status_t rv = dir ? APR_SUCCESS : apr_temp_dir_get(&dir, spool->pool);
    char *name = apr_pstrcat(spool->pool, dir ? dir : "", "/scim.XXXXXX", NULL);
    if (rv == APR_SUCCESS) {
        rv = apr_file_mktemp(&spool->file, name,
                             APR_FOPEN_CREATE | APR_FOPEN_READ | APR_FOPEN_WRITE | APR_FOPEN_EXCL | APR_FOPEN_BINARY |
                                 spool->flags,
                             spool->pool);
    }
    if (rv == APR_SUCCESS) {
        rv = apr_file_remove(name, spool->pool);
    }
    if (rv != APR_SUCCESS) {
        fail(spool, "make", dir, rv);
    }
}

static void write_out(scim_spool_t *spool)
{
    apr_status_t rv;
    if (!spool->error && !spool->file) {
        open_file(spool);
    }
    if (!spool->error) {
        rv = apr_file_write_full(spool->file, spool->buf.data, spool->buf.len, NULL);
        if (rv == APR_SUCCESS) {
            spool->written += (apr_off_t)spool->buf.len;
        } else {
            fail(spool, "write", spool->dir, rv);
        }
    }
    spool->buf.len = 0;
}

/* Writes before the buffer is full, so that a usual piece does not make it grow. */
void scim_spool_added(scim_spool_t *spool)
{
    if (spool->buf.len >= SCIM_SPOOL_MEMORY - 1024) {
        write_out(spool);
    }
}

scim_error_t *scim_spool_end(scim_spool_t *spool)
{
    if (spool->file && spool->buf.len) {
        write_out(spool);
    }
    return spool->error;
}

void scim_spool_place(scim_spool_t *spool, scim_buf_t *text, apr_off_t from, apr_off_t len)
{
    if (len == 0) {
        return;
    }
    if (!spool->file && len < SCIM_SPOOL_COPY) {
        scim_buf_add(text, spool->buf.data + from, (apr_size_t)len);
        return;
    }
    if (!spool->inserts) {
        spool->inserts = apr_array_make(spool->pool, 4, sizeof(scim_insert_t));
    }
    APR_ARRAY_PUSH(spool->inserts, scim_insert_t) = (scim_insert_t){text->len, from, len};
}
