/*
 * A buffer for a long part of an answer: in memory up to a limit, beyond that in a file without a name, so that nobody
 * else can read it and nothing is left behind.
 *
 * Bytes are added at the end. scim_spool_place inserts a part of the spool, given by its offset, into the answer's
 * text: a short part in memory is copied; for others the offset is recorded, and httpd/respond sends them from the
 * file. The file is closed with the pool. After an error, which is stored, further bytes are dropped.
 */
#ifndef SCIM_SPOOL_H
#define SCIM_SPOOL_H

#include <apr_file_io.h>
#include <apr_tables.h>

#include "error.h"
#include "text.h"

/* Maximum bytes in memory, before there is a file and while it is written. */
#define SCIM_SPOOL_MEMORY ((apr_size_t)128 * 1024)

/* A part of at most this many bytes is copied instead of sent separately. */
#define SCIM_SPOOL_COPY ((apr_off_t)4096)

/* A part of the spool, and where in the answer's text it belongs. */
typedef struct scim_insert_t {
    apr_size_t before; /* offset in the text */
    apr_off_t from;    /* offset in the file, or in the buffer if there is no file */
    apr_off_t len;
} scim_insert_t;

typedef struct scim_spool_t {
    const char *dir;             /* where the file is made; NULL: the system's directory for temporary files */
    apr_int32_t flags;           /* additional flags for apr_file_open */
    scim_buf_t buf;              /* bytes that are not in the file yet; .data NULL before the first byte */
    apr_file_t *file;            /* NULL: all is in memory */
    apr_off_t written;           /* bytes in the file */
    scim_error_t *error;         /* why added bytes are lost: 503 */
    apr_array_header_t *inserts; /* scim_insert_t; NULL: none */
    apr_pool_t *pool;
} scim_spool_t;

void scim_spool_init(scim_spool_t *spool, const char *dir, apr_int32_t flags, apr_pool_t *pool);

/* The offset of the next byte. */
apr_off_t scim_spool_length(const scim_spool_t *spool);

/* The buffer to add to, with room for about `expected` bytes; call scim_spool_added after each text, which writes a
 * full buffer to the file. */
scim_buf_t *scim_spool_buffer(scim_spool_t *spool, apr_size_t expected);
void scim_spool_added(scim_spool_t *spool);

/* Completes the spool before sending. Errors: 503 if anything was lost. */
scim_error_t *scim_spool_end(scim_spool_t *spool);

/* Puts a part at the end of `text`, the answer's text. */
void scim_spool_place(scim_spool_t *spool, scim_buf_t *text, apr_off_t from, apr_off_t len);

#endif
