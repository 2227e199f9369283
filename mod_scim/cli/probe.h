/*
 * Checks the endpoint as an identity provider sees it: its name, its certificate, its answer.
 *
 * Connects to the base URL like any client on the internet, with the system's certificate authorities (OpenSSL's
 * SSL_CERT_FILE and SSL_CERT_DIR apply), and requests /ServiceProviderConfig, which needs no token.
 */
#ifndef SCIM_CLI_PROBE_H
#define SCIM_CLI_PROBE_H

#include <apr_tables.h>
#include <apr_time.h>

/* Adds the problems (scim_finding_t of store/doctor.h); *checks is increased by the number of checks. *date is the Date
 * of the answer, 0: none. Returns whether mod_scim answers at this URL. */
int cli_probe(apr_array_header_t *findings, int *checks, apr_time_t *date, const char *url);

/* The last segment of a URL's path; "" if it has none. */
const char *cli_probe_end(const char *url, apr_pool_t *pool);

/* Whether mod_scim also answers at the URL that has `segment` in place of the last one. */
int cli_probe_sibling(const char *url, const char *segment, apr_pool_t *pool);

#endif
