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
    my %ended;
    eventually(sub {
        my @pids = sql("select pid, pg_terminate_backend(pid) from pg_stat_activity where usename = 'scim_web'") =~ /^(\d+)/mg;
        $ended{$_} = 1 for @pids;
        return !@pids;
    }) or die 'connections of httpd do not end';
    # A process is in pg_stat_activity no more before it closes its socket, which a request would still use.
    eventually(sub { !grep { kill 0, $_ } keys %ended }) or die 'processes of PostgreSQL do not end';
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
