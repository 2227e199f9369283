/*
 * What the files of the configuration's check share: check.c (the hooks, the database), check_sections.c
 * (sections) and check_console.c (the files of the console).
 *
 * A check walks the tree of directives as httpd has parsed it, because only the tree knows files and lines. Each
 * problem is a line for the terminal that names both. A failure refuses the configuration, a warning does not.
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
    apr_hash_t *facts; /* server_rec * -> dbd_facts_t *: only what the server's own section says */
    const scim_schemas_t *schemas;
    apr_array_header_t
        *placed; /* scim_placed_t: every directive of a section, in the order in which httpd reads them */
    int console; /* whether a Location of the admin API has a console */
    int failures;
} scim_check_t;

/* A directive, and the server that it is for. */
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

/* The console's files: a directory that ScimConsoleDir names must hold them. The API works without its page, so where
 * nobody has named one the second of these only warns. */
void scim_check_console(scim_check_t *check);
void scim_check_console_advise(scim_check_t *check, int level);

#endif
