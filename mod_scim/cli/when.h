/*
 * Reads times in an operator's notation.
 */
#ifndef SCIM_CLI_WHEN_H
#define SCIM_CLI_WHEN_H

#include <apr_time.h>

/* The accepted forms, for messages. */
#define CLI_WHEN_FORM "90d, 12h, 2027-01-31 or 2027-01-31T12:00:00Z"

/* Reads a span (30d, 12h), a date (its first moment in UTC) or an xsd:dateTime. A span counts from `now` into the
 * future, or back. Returns 0 if it is none of them. */
int cli_when_read(apr_time_t *time, const char *text, apr_time_t now, int future);

#endif
