# How many rows of the database's tables some work reads.
#
#   my $rows = rows_read(sub { $t->request(GET => '/Users?count=5') }, qw(resource membership));
#
# PostgreSQL's processes report the numbers of read rows now and then, and when they end. So the processes for httpd are ended before and
# after the work; the next request gets a new connection, and its statements are planned again.
package ScimReads;
use strict;
use warnings;
use Exporter 'import';
use ScimTest;

our @EXPORT = qw(rows_read end_connections);

sub end_connections {
    # Repeatedly, because httpd's own work may start another one in between.
    eventually(sub { sql("select count(pg_terminate_backend(pid)) from pg_stat_activity where usename = 'scim_web'") == 0 })
        or die 'connections of httpd do not end';
    select undef, undef, undef, 0.05;    # the last of it is the socket
}

sub reported {
    my $tables = join ', ', map {"'$_'"} @_;
    end_connections();
    return sql("select (select coalesce(sum(seq_tup_read), 0) from pg_stat_user_tables where schemaname = 'scim' and relname in ($tables))
        + (select coalesce(sum(idx_tup_read), 0) from pg_stat_user_indexes where schemaname = 'scim' and relname in ($tables))");
}

sub rows_read {
    my ($work, @tables) = @_;
    my $before = reported(@tables);
    $work->();
    return reported(@tables) - $before;
}

1;
