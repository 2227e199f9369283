/*
 * A long part of an answer that is made before it is sent: in memory up to a limit, and from there on in a file that
 * has no name, so that nobody else reads it and nothing of it is left behind.
 *
 * Bytes are added at the end. A part of the spool is known by where it begins, and is put into the answer's text by
 * scim_spool_place: what is short and in memory is copied, of the rest the place is noted, from where it is sent
 * (httpd/respond). The file is closed with the pool. After an error, which is kept, whatever is added is dropped.
 */
#ifndef SCIM_SPOOL_H
#define SCIM_SPOOL_H

#include <apr_file_io.h>
#include <apr_tables.h>

#include "error.h"
#include "text.h"

/* Bytes in memory, before there is a file and while it is written. */
#define SCIM_SPOOL_MEMORY ((apr_size_t)128 * 1024)

/* Bytes of a part that are rather copied than sent by themselves. */
#define SCIM_SPOOL_COPY ((apr_off_t)4096)

/* A part of the spool, and where in the answer's text it belongs. */
typedef struct scim_insert_t {
    apr_size_t before; /* offset in the text */
    apr_off_t from;    /* offset in the file, or in the buffer where there is no file */
    apr_off_t len;
} scim_insert_t;

typedef struct scim_spool_t {
    const char *dir;             /* where the file is made; NULL: the system's directory for temporary files */
    apr_int32_t flags;           /* of apr_file_open, besides those that are needed */
    scim_buf_t buf;              /* what is not in the file yet; .data NULL before the first byte */
    apr_file_t *file;            /* NULL: all is in memory */
    apr_off_t written;           /* bytes in the file */
    scim_error_t *error;         /* why what was added is lost: 503 */
    apr_array_header_t *inserts; /* scim_insert_t; NULL: none */
    apr_pool_t *pool;
} scim_spool_t;

void scim_spool_init(scim_spool_t *spool, const char *dir, apr_int32_t flags, apr_pool_t *pool);

/* Where the next byte is going to be. */
apr_off_t scim_spool_length(const scim_spool_t *spool);

/* The buffer to add to, with room for about `expected` bytes; after each piece of text scim_spool_added is called,
 * which empties it into the file when it is full. */
scim_buf_t *scim_spool_buffer(scim_spool_t *spool, apr_size_t expected);
void scim_spool_added(scim_spool_t *spool);

/* Has all that was added where it can be sent from. Errors: 503 where anything was lost. */
scim_error_t *scim_spool_end(scim_spool_t *spool);

/* Puts a part at the end of `text`, which is the answer's own. */
void scim_spool_place(scim_spool_t *spool, scim_buf_t *text, apr_off_t from, apr_off_t len);

#endif
