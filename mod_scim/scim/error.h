/*
 * One error, from where it is found to where it is answered.
 *
 * Every function of scim/ and store/ that can fail returns a `scim_error_t *`: NULL is success, anything else is the
 * complete answer: HTTP status, scimType, a detail that says to the identity provider's administrator what to change,
 * and a cause that only the operator's log shows. An error is made once, lives in the request's pool, and is never
 * rewritten on its way up. `detail` contains no SQL, no secret and nothing of another tenant.
 */
#ifndef SCIM_ERROR_H
#define SCIM_ERROR_H

#include <apr_pools.h>
#include <apr_tables.h>

#define SCIM_URN_ERROR "urn:ietf:params:scim:api:messages:2.0:Error"

/* The scimType keywords of RFC 7644 table 9 and RFC 9865 table 3. */
typedef enum {
    SCIM_NO_TYPE,
    SCIM_INVALID_FILTER,
    SCIM_TOO_MANY,
    SCIM_UNIQUENESS,
    SCIM_MUTABILITY,
    SCIM_INVALID_SYNTAX,
    SCIM_INVALID_PATH,
    SCIM_NO_TARGET,
    SCIM_INVALID_VALUE,
    SCIM_INVALID_VERS,
    SCIM_SENSITIVE,
    SCIM_INVALID_CURSOR,
    SCIM_EXPIRED_CURSOR,
    SCIM_INVALID_COUNT
} scim_type_e;

/* What is wrong with one argument of an administrator's operation. */
typedef struct scim_field_error_t {
    const char *field; /* its name; a member of the body, or a parameter */
    const char *detail;
} scim_field_error_t;

typedef struct scim_error_t {
    int status;                 /* HTTP status code */
    scim_type_e type;           /* SCIM_NO_TYPE where the standards name none */
    const char *detail;         /* for the identity provider's administrator; UTF-8, one sentence or two */
    const char *cause;          /* for the operator's log; NULL: detail says everything */
    const char *told;           /* for the tenant's administrators, in activity; NULL: the detail */
    int retry_after;            /* seconds for Retry-After; 0: no such header */
    int transient;              /* an immediate retry may succeed (deadlock, serialization) */
    int late;                   /* PostgreSQL has cancelled a statement by its timeout */
    int unknown;                /* there is no answer from PostgreSQL: the work may have been committed */
    apr_array_header_t *fields; /* scim_field_error_t, only in administration; NULL: none */
} scim_error_t;

/* An error of a scimType; the type decides the status (409 uniqueness, 403 sensitive, else 400). */
scim_error_t *scim_error_typed(apr_pool_t *pool, scim_type_e type, const char *format, ...)
    __attribute__((format(printf, 3, 4), returns_nonnull));

/* An error of an HTTP status without a scimType. */
scim_error_t *scim_error_status(apr_pool_t *pool, int status, const char *format, ...)
    __attribute__((format(printf, 3, 4), returns_nonnull));

/* Adds to an error that a field is wrong, and why. */
void scim_error_field(scim_error_t *error, const char *field, const char *detail, apr_pool_t *pool);

/* The keyword of a type ("invalidFilter"); NULL for SCIM_NO_TYPE. */
const char *scim_type_name(scim_type_e type);

/* The error message body of RFC 7644 3.12, NUL-terminated JSON; `status` is a JSON string. */
const char *scim_error_body(const scim_error_t *error, apr_pool_t *pool);

#endif
