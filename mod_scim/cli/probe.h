/*
 * The endpoint as an identity provider sees it: its name, its certificate, its answer.
 *
 * Connects to the base URL as any client on the internet does, with the system's list of authorities (OpenSSL's
 * SSL_CERT_FILE and SSL_CERT_DIR hold), and asks for /ServiceProviderConfig, which needs no token.
 */
#ifndef SCIM_CLI_PROBE_H
#define SCIM_CLI_PROBE_H

#include <apr_tables.h>
#include <apr_time.h>

/* Adds what is wrong (scim_finding_t of store/doctor.h); *checks grows by how many things were looked at. *date is the
 * time that the answer tells, 0 where there is none. */
void cli_probe(apr_array_header_t *findings, int *checks, apr_time_t *date, const char *url);

#endif
