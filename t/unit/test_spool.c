#include "scim/spool.h"

#include <apr_strings.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#include "unit.h"

/* Adds `count` pieces of 100 bytes, each of one letter, from `first` on; returns their position. */
static apr_off_t add_pieces(scim_spool_t *spool, int count, char first)
{
    apr_off_t from = scim_spool_length(spool);
    char piece[100];

    for (int i = 0; i < count; i++) {
        memset(piece, first + i % 26, sizeof(piece));
        scim_buf_add(scim_spool_buffer(spool, 1000), piece, sizeof(piece));
        scim_spool_added(spool);
    }
    return from;
}

static void in_memory(void)
{
    scim_spool_t spool;
    scim_buf_t text;

    scim_spool_init(&spool, "/nothing/here", 0, unit_pool);
    UNIT_OK(scim_spool_end(&spool));
    scim_buf_init(&text, 16, unit_pool);
    scim_spool_place(&spool, &text, 0, 0);
    UNIT_STR(text.data, "");
    UNIT_INT(add_pieces(&spool, 1, 'a'), 0);
    UNIT_INT(add_pieces(&spool, 2, 'x'), 100);
    UNIT_OK(scim_spool_end(&spool));
    scim_buf_puts(&text, "<");
    scim_spool_place(&spool, &text, 98, 4);
    scim_buf_puts(&text, ">");
    UNIT_STR(text.data, "<aaxx>");
    CU_ASSERT_PTR_NULL(spool.file);
    CU_ASSERT_PTR_NULL(spool.inserts);
}

/* Long contents are not copied; the buffer has one of a few sizes. */
static void in_its_place(void)
{
    scim_spool_t spool;
    scim_buf_t text;

    scim_spool_init(&spool, "/nothing/here", 0, unit_pool);
    UNIT_INT(scim_spool_buffer(&spool, 10000)->size, 16384);
    add_pieces(&spool, 100, 'a');
    UNIT_OK(scim_spool_end(&spool));
    scim_buf_init(&text, 16, unit_pool);
    scim_buf_puts(&text, "<");
    scim_spool_place(&spool, &text, 0, SCIM_SPOOL_COPY - 1);
    UNIT_INT(text.len, SCIM_SPOOL_COPY);
    CU_ASSERT_PTR_NULL(spool.inserts);
    scim_spool_place(&spool, &text, 98, SCIM_SPOOL_COPY);
    UNIT_INT(text.len, SCIM_SPOOL_COPY);
    CU_ASSERT_PTR_NOT_NULL_FATAL(spool.inserts);
    UNIT_INT(APR_ARRAY_IDX(spool.inserts, 0, scim_insert_t).before, SCIM_SPOOL_COPY);
    UNIT_INT(APR_ARRAY_IDX(spool.inserts, 0, scim_insert_t).from, 98);
    UNIT_INT(APR_ARRAY_IDX(spool.inserts, 0, scim_insert_t).len, SCIM_SPOOL_COPY);
}

static void in_a_file(void)
{
    scim_spool_t spool;
    scim_buf_t text;
    apr_finfo_t info;
    apr_off_t at, from;
    char bytes[4];
    apr_size_t len = sizeof(bytes);

    scim_spool_init(&spool, NULL, 0, unit_pool);
    add_pieces(&spool, 5000, 'a');
    from = add_pieces(&spool, 26, 'a');
    UNIT_INT(from, 500000);
    CU_ASSERT_PTR_NOT_NULL_FATAL(spool.file);
    CU_ASSERT_TRUE(spool.buf.size <= 2 * SCIM_SPOOL_MEMORY);
    UNIT_OK(scim_spool_end(&spool));
    UNIT_INT(spool.written, 502600);
    UNIT_INT(apr_file_info_get(&info, APR_FINFO_SIZE | APR_FINFO_NLINK | APR_FINFO_PROT, spool.file), APR_SUCCESS);
    UNIT_INT(info.size, 502600);
    UNIT_INT(info.nlink, 0);
    UNIT_INT(info.protection, APR_FPROT_UREAD | APR_FPROT_UWRITE);
    at = from + 98;
    UNIT_INT(apr_file_seek(spool.file, APR_SET, &at), APR_SUCCESS);
    UNIT_INT(apr_file_read_full(spool.file, bytes, len, &len), APR_SUCCESS);
    CU_ASSERT_NSTRING_EQUAL(bytes, "aabb", 4);
    scim_buf_init(&text, 16, unit_pool);
    scim_buf_puts(&text, "[");
    scim_spool_place(&spool, &text, from, 100);
    scim_buf_puts(&text, "][");
    scim_spool_place(&spool, &text, 0, 0);
    scim_spool_place(&spool, &text, 7, 10);
    UNIT_STR(text.data, "[][");
    UNIT_INT(spool.inserts->nelts, 2);
    UNIT_INT(APR_ARRAY_IDX(spool.inserts, 0, scim_insert_t).before, 1);
    UNIT_INT(APR_ARRAY_IDX(spool.inserts, 0, scim_insert_t).from, from);
    UNIT_INT(APR_ARRAY_IDX(spool.inserts, 1, scim_insert_t).before, 3);
    UNIT_INT(APR_ARRAY_IDX(spool.inserts, 1, scim_insert_t).len, 10);
    UNIT_INT(add_pieces(&spool, 3, 'a'), 502600);
    UNIT_OK(scim_spool_end(&spool));
    UNIT_INT(spool.written, 502900);
}

static void no_directory(void)
{
    scim_spool_t spool;
    scim_error_t *error;

    scim_spool_init(&spool, "/nothing/here", 0, unit_pool);
    add_pieces(&spool, 5000, 'a');
    CU_ASSERT_TRUE(spool.buf.size <= 2 * SCIM_SPOOL_MEMORY);
    error = scim_spool_end(&spool);
    CU_ASSERT_PTR_NOT_NULL_FATAL(error);
    UNIT_INT(error->status, 503);
    CU_ASSERT_PTR_NULL(strstr(error->detail, "/nothing"));
    CU_ASSERT_PTR_NOT_NULL(strstr(error->cause, "/nothing/here: No such file"));
    CU_ASSERT_TRUE(error->retry_after > 0);
}

/* A file with a size limit behaves like a full disk. */
static void no_room(void)
{
    struct rlimit before, small;
    scim_spool_t spool;
    scim_error_t *error;

    UNIT_INT(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = before;
    small.rlim_cur = 300000;
    signal(SIGXFSZ, SIG_IGN);
    UNIT_INT(setrlimit(RLIMIT_FSIZE, &small), 0);
    scim_spool_init(&spool, NULL, 0, unit_pool);
    add_pieces(&spool, 5000, 'a');
    error = scim_spool_end(&spool);
    UNIT_INT(setrlimit(RLIMIT_FSIZE, &before), 0);
    CU_ASSERT_PTR_NOT_NULL_FATAL(error);
    UNIT_INT(error->status, 503);
    CU_ASSERT_PTR_NOT_NULL(strstr(error->cause, "cannot write"));
}

CU_TestInfo test_spool[] = {
    {"what is short", in_memory}, {"what is sent from its place", in_its_place},
    {"what is long", in_a_file},  {"no directory", no_directory},
    {"no room", no_room},         CU_TEST_INFO_NULL,
};
