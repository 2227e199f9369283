#include "error.h"

#include <apr_strings.h>
#include <stdarg.h>
#include <string.h>

#include "text.h"

#define STATUS_BAD_REQUEST 400
#define STATUS_FORBIDDEN   403
#define STATUS_CONFLICT    409

/* RFC 7644 table 9 and RFC 9865 table 3, with the statuses that they give, in the order of scim_type_e. */
static const struct {
    const char *name;
    int status;
} types[] = {
    [SCIM_NO_TYPE] = {NULL, STATUS_BAD_REQUEST},
    [SCIM_INVALID_FILTER] = {"invalidFilter", STATUS_BAD_REQUEST},
    [SCIM_TOO_MANY] = {"tooMany", STATUS_BAD_REQUEST},
    [SCIM_UNIQUENESS] = {"uniqueness", STATUS_CONFLICT},
    [SCIM_MUTABILITY] = {"mutability", STATUS_BAD_REQUEST},
    [SCIM_INVALID_SYNTAX] = {"invalidSyntax", STATUS_BAD_REQUEST},
    [SCIM_INVALID_PATH] = {"invalidPath", STATUS_BAD_REQUEST},
    [SCIM_NO_TARGET] = {"noTarget", STATUS_BAD_REQUEST},
    [SCIM_INVALID_VALUE] = {"invalidValue", STATUS_BAD_REQUEST},
    [SCIM_INVALID_VERS] = {"invalidVers", STATUS_BAD_REQUEST},
    [SCIM_SENSITIVE] = {"sensitive", STATUS_FORBIDDEN},
    [SCIM_INVALID_CURSOR] = {"invalidCursor", STATUS_BAD_REQUEST},
    [SCIM_EXPIRED_CURSOR] = {"expiredCursor", STATUS_BAD_REQUEST},
    [SCIM_INVALID_COUNT] = {"invalidCount", STATUS_BAD_REQUEST},
};

static scim_error_t *make(apr_pool_t *pool, int status, scim_type_e type, const char *format, va_list args)
{
    scim_error_t *error = apr_pcalloc(pool, sizeof(*error));
    error->status = status;
    error->type = type;
    error->detail = apr_pvsprintf(pool, format, args);
    return error;
}

scim_error_t *scim_error_typed(apr_pool_t *pool, scim_type_e type, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    scim_error_t *error = make(pool, types[type].status, type, format, args);
    va_end(args);
    return error;
}

scim_error_t *scim_error_status(apr_pool_t *pool, int status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    scim_error_t *error = make(pool, status, SCIM_NO_TYPE, format, args);
    va_end(args);
    return error;
}

void scim_error_field(scim_error_t *error, const char *field, const char *detail, apr_pool_t *pool)
{
    if (!error->fields) {
        error->fields = apr_array_make(pool, 2, sizeof(scim_field_error_t));
    }
    APR_ARRAY_PUSH(error->fields, scim_field_error_t) = (scim_field_error_t){field, detail};
}

const char *scim_type_name(scim_type_e type)
{
    return types[type].name;
}

const char *scim_error_body(const scim_error_t *error, apr_pool_t *pool)
{
    const char *type = scim_type_name(error->type);
    scim_buf_t body;
    scim_buf_init(&body, 256, pool);
    scim_buf_printf(&body, "{\"schemas\":[\"" SCIM_URN_ERROR "\"],\"status\":\"%d\"", error->status);
    if (type)
        scim_buf_printf(&body, ",\"scimType\":\"%s\"", type);
    if (error->detail) {
        scim_buf_puts(&body, ",\"detail\":");
        scim_buf_json(&body, error->detail, strlen(error->detail));
    }
    scim_buf_puts(&body, "}");
    return body.data;
}
