/*
 * Facts of an account as text for applications: environment variables and headers.
 *
 * A value is UTF-8 of which each byte that is no printable ASCII character, `%`, `,` and a blank at an end are written
 * as
 * `%` and two hexadecimal digits. A list is its values with commas between them. So an application splits at the commas
 * and decodes each value as it decodes a URL. A list that would be longer than SCIM_FACT_MAX bytes is cut behind a
 * value, and its last value is then `...`, which stands for those that are left out; a value that is called so is
 * written
 * `%2E..`. A single value is cut in the same way, with `...` at its end.
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
