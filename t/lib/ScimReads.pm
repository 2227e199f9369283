# How many rows of the tables of a test's database a piece of work reads.
#
#   my $rows = rows_read(sub { $t->request(GET => '/Users?count=5') }, qw(resource membership));
#
# PostgreSQL's processes report now and then what they have read, and all of it when they end. So those that serve httpd are ended
# before and after; whoever asks next gets a connection anew, and statements that are planned anew.
package ScimReads;
use strict;
use warnings;
use Exporter 'import';
use ScimTest;

our @EXPORT = qw(rows_read end_connections);

sub end_connections {
    # Again and again: httpd's own work may begin another one meanwhile.
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
