#include "console.h"

#include <apr_file_info.h>
#include <apr_strings.h>
#include <http_protocol.h>

#include "configuration.h"

#define FOLDER "/console/"

/* Content-Security-Policy: scripts and styles of this site only, none inline; no other site may show the page in a
 * frame. */
#define POLICY                                                                                                         \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "              \
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

static const struct ending_t {
    const char *name;
    const char *type;
} endings[] = {
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".svg", "image/svg+xml"},
    {NULL, NULL},
};

const char *scim_console_dir(const server_rec *server)
{
    const char *dir = scim_server_config(server)->console_dir;

    return dir ? dir : SCIM_DATADIR "/console";
}

static int wants_page(const request_rec *r)
{
    const char *accept = apr_table_get(r->headers_in, "Accept");

    return accept && ap_strcasestr(accept, "text/html");
}

/* The media type by the name's ending; NULL: not a plain name. A plain name has letters, digits, "-", ".", and "/"
 * between segments that do not begin with a dot. */
static const char *file_type(const char *name)
{
    const struct ending_t *ending = endings;
    const char *dot = strrchr(name, '.');

    if (name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-./")] || !dot || *name == '.' || *name == '/' ||
        strstr(name, "/.") || strstr(name, "//"))
        return NULL;
    while (ending->name && strcmp(ending->name, dot) != 0)
        ending++;
    return ending->type;
}

static void set_headers(request_rec *r)
{
    apr_table_setn(r->headers_out, "Content-Security-Policy", POLICY);
    apr_table_setn(r->headers_out, "X-Content-Type-Options", "nosniff");
    apr_table_setn(r->headers_out, "Referrer-Policy", "no-referrer");
    apr_table_setn(r->headers_out, "Cache-Control", "no-cache");
}

/* Lets httpd's default handler send the file of this name. */
static int send_file(scim_error_t **error, request_rec *r, const char *name)
{
    const char *type = file_type(name);
    const char *file = apr_pstrcat(r->pool, scim_console_dir(r->server), "/", name, NULL);

    if (type && (apr_stat(&r->finfo, file, APR_FINFO_NORM, r->pool) != APR_SUCCESS || r->finfo.filetype != APR_REG))
        type = NULL;
    if (!type) {
        if (strcmp(name, SCIM_CONSOLE_PAGE) == 0) {
            *error = scim_error_status(r->pool, HTTP_SERVICE_UNAVAILABLE,
                                       "The console's files are not installed on this server; its error log says where "
                                       "they should be.");
            (*error)->cause = apr_psprintf(r->pool, "%s: no such file; see ScimConsoleDir", file);
        } else {
            *error = scim_error_status(r->pool, HTTP_NOT_FOUND, "There is nothing at \"%s\".", r->uri);
        }
        return OK;
    }
    set_headers(r);
    ap_set_content_type_ex(r, type, 1);
    r->filename = apr_pstrdup(r->pool, file);
    r->canonical_filename = r->filename;
    r->path_info = NULL;
    r->handler = "default-handler";
    return DECLINED;
}

int scim_console(scim_error_t **error, request_rec *r, const char *path)
{
    int page = !*path || strcmp(path, "/") == 0;

    if (!scim_setting_console(scim_dir_config(r)) || (!page && strncmp(path, FOLDER, strlen(FOLDER)) != 0) ||
        (page && (r->method_number != M_GET || !wants_page(r))))
        return OK;
    if (r->method_number != M_GET) {
        *error = scim_error_status(r->pool, HTTP_METHOD_NOT_ALLOWED, "%s is not possible here; possible are: GET.",
                                   r->method);
        return OK;
    }
    if (!page)
        return send_file(error, r, path + strlen(FOLDER));
    /* The page's links, to its files and to the API, are relative to the Location. */
    apr_table_mergen(r->headers_out, "Vary", "Accept");
    if (*path)
        return send_file(error, r, SCIM_CONSOLE_PAGE);
    apr_table_setn(r->headers_out, "Location", apr_pstrcat(r->pool, ap_escape_uri(r->pool, r->uri), "/", NULL));
    return HTTP_MOVED_TEMPORARILY;
}
