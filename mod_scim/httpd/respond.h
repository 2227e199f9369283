/*
 * Sends answers: status, headers, body; and writes the logs.
 *
 * For an error the handler sends a SCIM body and returns OK to httpd, so that ErrorDocument does not replace it.
 */
#ifndef SCIM_RESPOND_H
#define SCIM_RESPOND_H

#include "request.h"
#include "scim/spool.h"
#include "scim/text.h"

typedef struct scim_answer_t {
    int status;                /* HTTP status */
    const char *location;      /* or NULL */
    const char *etag;          /* or NULL */
    scim_buf_t body;           /* .data NULL: none */
    const scim_spool_t *spool; /* further parts of the body; NULL: none */
} scim_answer_t;

/* Both return the handler's result. */
int scim_respond(const scim_request_t *request, const scim_answer_t *answer);
int scim_respond_error(const scim_request_t *request, const scim_error_t *error);

/* Logs an error; `where` is the part of the request, NULL: all of it. */
void scim_respond_log(const scim_request_t *request, const scim_error_t *error, const char *where);

/* In HTTP/2 reads the rest of the body, up to 10 MiB, and drops it. */
void scim_respond_drain(request_rec *r);

/* Begins every answer of a handler: reads the rest of the body if necessary, and sets these headers. */
void scim_respond_begin(request_rec *r);

/* Sets the headers of every answer; errors.c uses it, too. */
void scim_respond_headers(request_rec *r);

#endif
