/*
 * Shared by the files of the configuration's check: check.c (hooks, database), check_sections.c (sections) and
 * check_console.c (the console's files).
 *
 * A check walks httpd's parsed tree of directives, because only the tree has file names and line numbers. Each problem
 * is a line for the terminal with both. A failure refuses the configuration, a warning does not.
 */
#ifndef SCIM_CHECK_PRIVATE_H
#define SCIM_CHECK_PRIVATE_H

#include <httpd.h>

#include <apr_hash.h>
#include <apr_tables.h>
#include <http_config.h>
#include <util_cfgtree.h>

#include "scim/schema.h"

typedef struct scim_check_t {
    server_rec *main_server;
    apr_pool_t *pool;  /* of the configuration */
    apr_pool_t *temp;  /* of the check */
    apr_hash_t *facts; /* server_rec * -> dbd_facts_t *: only from the server's own section */
    const scim_schemas_t *schemas;
    apr_array_header_t *placed; /* scim_placed_t: all directives in sections, in httpd's reading order */
    int console;                /* whether a Location of the admin API has a console */
    int failures;
} scim_check_t;

/* A directive, and its server. */
typedef struct scim_placed_t {
    const ap_directive_t *node;
    server_rec *server;
} scim_placed_t;

typedef void (*scim_check_visit_t)(scim_check_t *check, const ap_directive_t *node, server_rec *server);

/* Calls `visit` for every directive. */
void scim_check_walk(scim_check_t *check, scim_check_visit_t visit);

int scim_check_is(const ap_directive_t *node, const char *name);

/* The first argument of a directive, without quotes. */
const char *scim_check_word(const ap_directive_t *node, apr_pool_t *pool);

void scim_check_fail(scim_check_t *check, const ap_directive_t *node, const char *text);
void scim_check_warn(const scim_check_t *check, const ap_directive_t *node, const char *text);

/* Sections, handlers, and the directives of this module in them. Fills the lists of admin Locations. */
void scim_check_sections(scim_check_t *check);

/* The console's files: a directory named by ScimConsoleDir must have them. The API works without the page, so for the
 * default directory the second function only warns. */
void scim_check_console(scim_check_t *check);
void scim_check_console_advise(scim_check_t *check, int level);

#endif
