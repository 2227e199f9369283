/*
 * Answers: status, headers, body, and what the logs are told.
 *
 * An error is answered with its own SCIM body and OK is returned to httpd, so that ErrorDocument does not replace it.
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
    scim_buf_t body;           /* .data NULL where there is none */
    const scim_spool_t *spool; /* what belongs into the body besides; NULL: nothing */
} scim_answer_t;

/* Both return what the handler returns. */
int scim_respond(const scim_request_t *request, const scim_answer_t *answer);
int scim_respond_error(const scim_request_t *request, const scim_error_t *error);

/* Tells the log of an error; `where` is the part of the request that it is about, NULL: all of it. */
void scim_respond_log(const scim_request_t *request, const scim_error_t *error, const char *where);

/* What every answer of a handler begins with: what is left of the body is read where it must be, and these headers are
 * set. */
void scim_respond_begin(request_rec *r);

/* Headers that every answer has; errors.c uses it too. */
void scim_respond_headers(request_rec *r);

#endif
