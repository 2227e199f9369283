/*
 * When a token shall expire, as an operator writes it.
 */
#ifndef SCIM_CLI_EXPIRY_H
#define SCIM_CLI_EXPIRY_H

#include <apr_time.h>

#define CLI_EXPIRY_DEFAULT "30d"

/* Reads a span from `now` (30d, 12h), a date (its first moment in UTC) or an xsd:dateTime. Returns NULL, or the
 * sentence that says what is wrong. */
const char *cli_expiry_read(apr_time_t *expires, const char *text, apr_time_t now);

#endif
