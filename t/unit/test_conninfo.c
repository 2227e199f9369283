#include "store/conninfo.h"

#include <string.h>

#include "unit.h"

static void accepted(void)
{
    static const char *const texts[] = {
        "",
        "dbname=scim user=scim_web connect_timeout=5 application_name=mod_scim",
        "host=db1,db2 port=5432,5433 dbname=scim connect_timeout=2 target_session_attrs=read-write",
        "host=db port=,5433",
        "service=scim",
        "dbname='a b' password='it\\'s'",
        "postgresql://scim_web@db.example.org:5432/scim?sslmode=verify-full&connect_timeout=5",
        "connect_timeout=-1",
    };

    for (apr_size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        UNIT_STR(scim_conninfo_problem(texts[i], unit_pool), NULL);
}

static void refused(void)
{
    static const char *const rows[][2] = {
        {"dbname=scim conect_timeout=5", "conect_timeout"},
        {"dbname", "dbname"},
        {"dbname='scim", "unterminated quoted string"},
        {"dbname=scim password=hun ter2", "must be in single quotes"},
        {"password=x conect_timeout=5", "conect_timeout"},
        {"connect_timeout=abc", "connect_timeout is \"abc\", and must be a whole number"},
        {"connect_timeout=5s", "connect_timeout is \"5s\""},
        {"connect_timeout=99999999999", "connect_timeout"},
        {"port=5432,x", "port is \"5432,x\""},
        {"sslmode=on", "sslmode is \"on\", and must be one of: disable allow prefer require verify-ca verify-full"},
        {"target_session_attrs=master", "target_session_attrs"},
        {"channel_binding=yes", "channel_binding"},
        {"postgresql://db/scim?sslmode=on", "sslmode"},
    };

    for (apr_size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *problem = scim_conninfo_problem(rows[i][0], unit_pool);

        CU_ASSERT_PTR_NOT_NULL_FATAL(problem);
        CU_ASSERT_TRUE(strstr(problem, rows[i][1]) != NULL);
        CU_ASSERT_TRUE(strchr(problem, '\n') == NULL);
    }
}

static void values(void)
{
    UNIT_STR(scim_conninfo_value("dbname=scim connect_timeout=5", "connect_timeout", unit_pool), "5");
    UNIT_STR(scim_conninfo_value("postgresql://u@h/d?service=s", "service", unit_pool), "s");
    UNIT_STR(scim_conninfo_value("dbname=scim", "connect_timeout", unit_pool), NULL);
    UNIT_STR(scim_conninfo_value("dbname=connect_timeout", "connect_timeout", unit_pool), NULL);
    UNIT_STR(scim_conninfo_value("nonsense", "connect_timeout", unit_pool), NULL);
}

CU_TestInfo test_conninfo[] = {
    {"connection strings that libpq accepts", accepted},
    {"connection strings that libpq refuses when it connects", refused},
    {"a word of a connection string", values},
    CU_TEST_INFO_NULL,
};
