#include "import.h"

#include <apr_strings.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scim/json.h"
#include "scim/table.h"
#include "scim/text.h"
#include "show.h"
#include "words.h"

#define TURN apr_time_from_sec(1) /* the interval of progress messages */

/* Members of the answer that are summed up over all pieces. */
static const char *const counts[] = {"made", "changed", "same", "kept", "refused"};
#define COUNTS (sizeof(counts) / sizeof(*counts))

/* The state of an import. */
typedef struct import_t {
    const cli_t *cli;
    scim_admin_call_t *call;
    const char *name;
    FILE *file;
    off_t size;  /* 0: unknown */
    off_t taken; /* processed bytes */
    char *piece;
    size_t len, room;
    int ended; /* the file is read to its end */
    apr_int64_t line;
    int shown; /* the terminal shows a progress line */
    int preview;
    apr_int64_t totals[COUNTS];
    json_object *import, *ignored;
    json_object *lines; /* all lines, for --json; NULL: lines are printed at once */
} import_t;

/* --- reading ------------------------------------------------------------------------------------------------------ */

static int open_file(import_t *import)
{
    struct stat status;
    int from_input = strcmp(import->name, "-") == 0;
    import->file = from_input ? stdin : fopen(import->name, "rb");
    if (!import->file) {
        return cli_fail(CLI_USAGE, "%s: %s.", import->name, strerror(errno));
    }
    if (fstat(fileno(import->file), &status) == 0 && S_ISREG(status.st_mode)) {
        import->size = status.st_size;
    }
    return CLI_OK;
}

static int fill(import_t *import)
{
    import->len += fread(import->piece + import->len, 1, import->room - import->len, import->file);
    import->ended = feof(import->file);
    return ferror(import->file) ? cli_fail(CLI_FAILED, "%s: %s.", import->name, strerror(errno)) : CLI_OK;
}

/* Removes the first bytes of the piece. */
static void drop(import_t *import, size_t bytes)
{
    memmove(import->piece, import->piece + bytes, import->len - bytes);
    import->len -= bytes;
    import->taken += (off_t)bytes;
}

/* Removes everything before a line, which may be far behind if another line is too long. The rest of the piece moves
 * once, not once for each line. */
static int go_to(import_t *import, apr_int64_t line)
{
    size_t gone = 0;
    while (import->line < line) {
        const char *feed = memchr(import->piece + gone, '\n', import->len - gone);
        if (feed) {
            gone = (size_t)(feed - import->piece) + 1;
            import->line++;
            continue;
        }
        drop(import, import->len);
        gone = 0;
        int code = CLI_OK;
        if (import->ended || (code = fill(import)) != CLI_OK) {
            return code;
        }
    }
    drop(import, gone);
    return CLI_OK;
}

/* --- output --------------------------------------------------------------------------------------------------------*/

static void clear_progress(import_t *import)
{
    if (import->shown) {
        fputs("\r\033[K", stderr);
    }
    import->shown = 0;
}

static void show_progress(import_t *import)
{
    if (!isatty(STDERR_FILENO)) {
        return;
    }
    clear_progress(import);
    fprintf(stderr, "%" APR_INT64_T_FMT " lines", import->line - 1);
    if (import->size > 0) {
        fprintf(stderr, ", %d %%", (int)(import->taken * 100 / import->size));
    }
    fflush(stderr);
    import->shown = 1;
}

/* "phone 1 (was 2), ..." */
static const char *differences(json_object *line, apr_pool_t *pool)
{
    json_object *before = json_object_object_get(line, "before"), *after = json_object_object_get(line, "after");
    const char *text = "";
    if (!after) {
        return text;
    }
    json_object_object_foreach(after, name, value)
    {
        json_object *was = json_object_object_get(before, name);
        text = apr_pstrcat(pool, text, *text ? ", " : ": ", name, " ", json_object_get_string(value), NULL);
        text = was ? apr_pstrcat(pool, text, " (was ", json_object_get_string(was), ")", NULL) : text;
    }
    return text;
}

/* An import does not print lines that need no attention; a preview prints all. */
static void show_line(const import_t *import, json_object *line)
{
    apr_pool_t *pool = import->call->pool;
    const char *outcome = cli_text(line, "outcome", ""), *user = cli_text(line, "userName", "");
    const char *column = cli_text(line, "column", "");
    int refused = strcmp(outcome, "refused") == 0;
    if (!refused && !import->preview && (strcmp(outcome, "made") == 0 || strcmp(outcome, "same") == 0)) {
        return;
    }
    const char *more = refused ? apr_pstrcat(pool, ": ", column, *column ? ": " : "", cli_text(line, "cause", ""), NULL)
                               : differences(line, pool);
    cli_put_text(
        apr_pstrcat(pool, "line ", cli_text(line, "line", ""), ": ", outcome, *user ? " " : "", user, more, NULL),
        stdout);
    putchar('\n');
}

static void take_answer(import_t *import, json_object *answer)
{
    json_object *lines = json_object_object_get(answer, "lines");
    clear_progress(import);
    for (size_t i = 0; i < json_object_array_length(lines); i++) {
        json_object *line = json_object_array_get_idx(lines, i);
        if (import->lines) {
            json_object_array_add(import->lines, json_object_get(line));
        } else {
            show_line(import, line);
        }
    }
    for (apr_size_t i = 0; i < COUNTS; i++) {
        import->totals[i] += json_object_get_int64(json_object_object_get(answer, counts[i]));
    }
    if (!import->ignored) {
        import->ignored = scim_json_own(json_object_get(json_object_object_get(answer, "ignored")), import->cli->pool);
        import->import = scim_json_own(json_object_get(json_object_object_get(answer, "import")), import->cli->pool);
    }
}

static void show_totals(const import_t *import)
{
    json_object *all = scim_json_own(json_object_new_object(), import->cli->pool);
    json_object_object_add(all, "import", json_object_get(import->import));
    for (apr_size_t i = 0; i < COUNTS; i++) {
        json_object_object_add(all, counts[i], json_object_new_int64(import->totals[i]));
    }
    json_object_object_add(all, "ignored", json_object_get(import->ignored));
    if (import->lines) {
        json_object_object_add(all, "lines", json_object_get(import->lines));
        cli_put_json(scim_json_text(all, NULL, import->cli->pool));
    } else {
        cli_show_object(import->cli, import->call->op->fields, all);
    }
}

/* --- the whole import ----------------------------------------------------------------------------------------------*/

/* Sends a piece; *next is the following line, 0: none. */
static scim_error_t *send_piece(apr_int64_t *next, import_t *import)
{
    scim_admin_call_t *call = import->call;
    scim_admin_set(call, call->op->args->name, json_object_new_string_len(import->piece, (int)import->len));
    scim_admin_set(call, "line", json_object_new_int64(import->line));
    scim_admin_set(call, "more", json_object_new_boolean(!import->ended));
    scim_error_t *error = scim_admin_run(call);
    if (error) {
        return error;
    }
    json_object *answer = scim_json_trusted(call->answer, strlen(call->answer), call->pool);
    json_object *columns = json_object_object_get(answer, "columns");
    take_answer(import, answer);
    if (columns) {
        scim_admin_set(call, "columns", json_object_get(columns));
    }
    if (import->import) {
        scim_admin_set(call, "import", json_object_get(import->import));
    }
    *next = json_object_get_int64(json_object_object_get(answer, "next"));
    return NULL;
}

/* An error in the file is reported as a wrong command line, like one in any argument. */
static int fail_with(const scim_error_t *error)
{
    int code = cli_fail_with(error);
    return error->status == 400 ? CLI_USAGE : code;
}

static int run(import_t *import)
{
    apr_int64_t next = 1;
    int code = fill(import);
    while (code == CLI_OK && next != 0) {
        apr_pool_create(&import->call->pool, import->cli->pool);
        scim_error_t *error = send_piece(&next, import);
        code = error ? fail_with(error) : next ? go_to(import, next) : CLI_OK;
        code = code == CLI_OK && next ? fill(import) : code;
        apr_pool_destroy(import->call->pool);
        if (code == CLI_OK && next) {
            show_progress(import);
        } else if (error && import->import) {
            fprintf(stderr,
                    "Lines before line %" APR_INT64_T_FMT
                    " are done (import %s); give the same file again to continue.\n",
                    import->line, json_object_get_string(import->import));
        }
    }
    clear_progress(import);
    return code;
}

int cli_import(const cli_t *cli, scim_admin_call_t *call)
{
    import_t import = {.cli = cli, .call = call, .name = scim_admin_text(call, call->op->args->name), .line = 1};
    const char *slash = strrchr(import.name, '/');
    int code = open_file(&import);
    if (code != CLI_OK) {
        return code;
    }
    if (!scim_admin_text(call, "name") && strcmp(import.name, "-") != 0) {
        scim_admin_set(call, "name", json_object_new_string(slash ? slash + 1 : import.name));
    }
    import.room = (size_t)call->op->args->most;
    import.piece = apr_palloc(cli->pool, import.room);
    import.preview = json_object_get_boolean(json_object_object_get(call->args, "preview"));
    import.lines = cli->options[CLI_JSON] ? scim_json_own(json_object_new_array(), cli->pool) : NULL;
    call->patience = TURN;
    call->seen = scim_table_make(cli->pool);
    code = run(&import);
    if (import.file != stdin) {
        fclose(import.file);
    }
    if (code == CLI_OK) {
        show_totals(&import);
        code = import.totals[COUNTS - 1] > 0 ? CLI_FAILED : CLI_OK;
    }
    return code;
}
