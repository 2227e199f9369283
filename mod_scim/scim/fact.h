/*
 * Facts of an account as text for applications: environment variables and headers.
 *
 * A value is UTF-8. Each byte that is not a printable ASCII character, `%`, `,`, and a leading or trailing blank are
 * written as `%` and two hexadecimal digits. The values of a list are separated by commas. So an application splits at
 * the commas and URL-decodes each value. A list that would be longer than SCIM_FACT_MAX bytes is truncated after a
 * value, and ends with the value `...`; a real value `...` is written `%2E..`. A single value that is too long is
 * truncated and ends with `...`.
 *
 *     Web - French                 Web - French
 *     "a,b" and "50%"              a%2Cb,50%25
 *     "Zürich"                     Z%C3%BCrich
 */
#ifndef SCIM_FACT_H
#define SCIM_FACT_H

#include <apr_pools.h>
#include <apr_tables.h>

#define SCIM_FACT_MAX 4096

/* One value. */
const char *scim_fact_text(const char *value, apr_pool_t *pool);

/* A list (const char *). */
const char *scim_fact_list(const apr_array_header_t *values, apr_pool_t *pool);

#endif
