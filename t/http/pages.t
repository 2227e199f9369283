# Exact totals without counting, and pages that cost the same everywhere in a list.
use strict;
use warnings;
use utf8;
use IO::Socket::INET;
use IPC::Open2;
use POSIX ':sys_wait_h';
use Test::More;
use URI::Escape 'uri_escape_utf8';
use ScimReads;
use ScimFront;
use ScimTest;

my $t     = ScimTest->new('pages');
my $other = ScimTest->new('pages-other');

# A psql session with its own transaction; each call runs statements and returns their output.
sub session {
    my $pid = open2(my $out, my $in, "$ENV{SCIM_TEST_PGBIN}/psql", qw(-X -q -A -t -v ON_ERROR_STOP=1));
    return sub {
        print {$in} "$_[0];\nselect 'done';\n";
        $in->flush;
        my $text = '';
        while (defined(my $line = readline $out)) {
            last if $line eq "done\n";
            $text .= $line;
        }
        return $text;
    };
}

sub total { $_[0]->request(GET => $_[1])->{json}{totalResults} }
sub tenant_is { "tenant = '" . $_[0]->tenant . "'" }
sub stored { sql("select count(*) from scim.resource where deleted_at is null and " . tenant_is($_[0]) . ($_[1] ? " and type = '$_[1]'" : '')) }

# The total without counting equals the number of rows.
sub is_total {
    my ($s, $expected, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    is(total($s, '/Users?count=0'), $expected, "$name: told");
    is(stored($s, 'User'), $expected, "$name: stored");
    is(sql("select sum(n) from scim.tally where type = 'User' and " . tenant_is($s)), $expected, "$name: tallied");
}

# A restored dump has rows of transaction ids that are in the future there; they are summed up, too.
sql("insert into scim.tally (tenant, type, n, xid) values ('@{[$t->tenant]}', 'User', 0, '900000000000000')");
sql("select scim.fold_tally('@{[$t->tenant]}')");
is(sql("select count(*) from scim.tally where xid = '900000000000000'"), 0, 'rows of a restored dump are folded');

# --- totals without a filter -----------------------------------------------------------------------------------------

is(total($t, '/Users?count=0'), 0, 'nothing is there');
my @users = map { $t->make(Users => userName => "user$_", externalId => "ext$_", title => $_ % 2 ? 'odd' : 'even') } 1 .. 10;
my $group = $t->make(Groups => displayName => 'group', members => [{ value => $users[0] }]);
is_total($t, 10, 'created');
is(total($t, '/Users?count=1'), 10, 'a page with more behind it');
is(total($t, '/Users?startIndex=11'), 10, 'a page behind the end');
is(total($t, '/Groups?count=0'), 1, 'groups');
is(total($t, '?count=0'), 11, 'all types');
is(total($t, '?count=1'), 11, 'a page of all types');
is($t->request(POST => '/Users', { schemas => [$USER], userName => 'USER1' })->{status}, 409, 'a userName that is taken');
is_total($t, 10, 'refused');
$t->patch("/Users/$users[1]", [{ op => 'replace', path => 'displayName', value => 'x' }]);
$t->request(PUT => "/Users/$users[1]", { schemas => [$USER], userName => 'user2', title => 'even', externalId => 'ext2' });
is_total($t, 10, 'changed');
is($t->request(DELETE => "/Users/$users[$_]")->{status}, 204, 'deleted') for 8, 9;
is($t->request(DELETE => "/Users/$users[9]")->{status}, 404, 'deleted again');
is_total($t, 8, 'deleted');
is($t->make(Users => userName => 'user9', externalId => 'ext9', title => 'odd'), $users[8], 'restored under its id');
is_total($t, 9, 'restored');

my $bulk = $t->request(POST => '/Bulk', { schemas => ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'], Operations => [
    (map { { method => 'POST', path => '/Users', bulkId => "b$_", data => { schemas => [$USER], userName => "bulk$_" } } } 1 .. 5),
    { method => 'POST', path => '/Users', bulkId => 'taken', data => { schemas => [$USER], userName => 'bulk1' } },
    { method => 'DELETE', path => "/Users/$users[8]" } ] });
is(join(' ', map { $_->{status} } @{ $bulk->{json}{Operations} }), '201 201 201 201 201 409 204', 'a bulk request');
is_total($t, 13, 'bulk');
is(total($other, '/Users?count=0'), 0, 'another tenant has none of it');

my $open = session();
$open->("begin; insert into scim.resource (tenant, type, id, doc)
    select '@{[$t->tenant]}', 'User', gen_random_uuid(), '{}' from generate_series(1, 700)");
is(total($t, '/Users?count=0'), 13, 'what is not committed does not count');
$open->('rollback');
is_total($t, 13, 'rolled back');
$open->("begin; insert into scim.resource (tenant, type, id, doc)
    select '@{[$t->tenant]}', 'User', gen_random_uuid(), '{}' from generate_series(1, 700)");
$open->("select scim.fold_tally('@{[$t->tenant]}')");
is(total($t, '/Users?count=0'), 13, 'a fold that is not committed hides nothing');
sql("select scim.fold_tally('@{[$t->tenant]}')");
$open->('commit');
is_total($t, 713, 'committed');
my $tallies = "select count(*) from scim.tally where " . tenant_is($t);
cmp_ok(sql($tallies), '<', 20, 'who finds many rows of the tally folds them');
sql("delete from scim.resource where doc = '{}' and " . tenant_is($t));
is_total($t, 13, 'rows removed');

# One statement that makes many rows: each summing up reads only earlier rows, by the index.
my $scanned = $open->("begin; insert into scim.resource (tenant, type, id, doc)
    select '@{[$t->tenant]}', 'User', gen_random_uuid(), '{}' from generate_series(1, 3000);
    select coalesce(sum(seq_tup_read), 0) || ' ' || (coalesce(sum(idx_tup_fetch), 0) < 500)
      from pg_stat_xact_user_tables where schemaname = 'scim' and relname = 'tally'");
is($scanned, "0 true\n", 'many at once: the tally is not searched for each');
$open->('rollback');

# Many writers at once, and one process that sums up all the time: no error, and the total is right.
my @writers = map {
    my $n = $_;
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        $t->{agent} = LWP::UserAgent->new(keep_alive => 1, timeout => 30);
        my @status = map { $t->request(POST => '/Users', { schemas => [$USER], userName => "writer$n-$_" }) } 1 .. 40;
        my @gone   = map { $t->request(DELETE => "/Users/$status[$_]{json}{id}") } grep { $_ % 2 } 0 .. 39;
        POSIX::_exit((grep({ $_->{status} != 201 } @status) || grep({ $_->{status} != 204 } @gone)) ? 1 : 0);
    }
    $pid;
} 1 .. 4;
for (1 .. 20) {
    $open->("select scim.fold_tally('@{[$t->tenant]}')");
    my $n = total($t, '/Users?count=0');
    cmp_ok($n, '>=', 13, "while others write: $n");
}
is(do { waitpid $_, 0; $? }, 0, 'a writer was never refused') for @writers;
is_total($t, 13 + 4 * 20, 'after all writers');

# --- totals with a filter --------------------------------------------------------------------------------------------

sub by { '/Users?count=1&filter=' . uri_escape_utf8($_[0]) }
# Changes without triggers show what is cached.
sub sneak {
    $open->("begin; set local session_replication_role = replica; insert into scim.resource (tenant, type, id, doc)
        values ('@{[$t->tenant]}', 'User', gen_random_uuid(), '{\"title\": \"odd\"}'); commit");
}
my $odd = by('title eq "odd"');
is(total($t, $odd), 4, 'counted');
sneak();
is(total($t, $odd), 4, 'remembered');
is(total($t, '/Users?count=0&filter=' . uri_escape_utf8('title eq "odd"')), 4, 'remembered for count=0');
is(total($t, '/Users?startIndex=9&filter=' . uri_escape_utf8('title eq "odd"')), 4, 'remembered for a page behind the end');
is(total($t, '/Users?count=1&filter=' . uri_escape_utf8('title eq "even"')), 4, 'another filter');
$other->make(Users => userName => 'stranger', title => 'odd');
is(total($t, $odd), 4, 'another tenant changes nothing');
is(total($other, by('title eq "odd"')), 1, 'and has a total of its own');
$t->patch("/Users/$users[1]", [{ op => 'replace', path => 'displayName', value => 'y' }]);
is(total($t, $odd), 5, 'a change: counted again');
sneak();
is(total($t, $odd), 5, 'remembered again');
$t->request(POST => '/Users', { schemas => [$USER], userName => 'USER1' });
is(total($t, $odd), 5, 'what is refused is no change');
my $writer = session();
$writer->("begin; insert into scim.resource (tenant, type, id, doc)
    values ('@{[$t->tenant]}', 'User', gen_random_uuid(), '{\"title\": \"odd\"}')");
$t->patch("/Users/$users[1]", [{ op => 'replace', path => 'displayName', value => 'z' }]);
is(total($t, $odd), 6, 'counted while a transaction is open');
sneak();
is(total($t, $odd), 6, 'remembered while it is open');
$writer->('commit');
is(total($t, $odd), 8, 'counted when it is committed, though it is older than what was remembered');
sneak();
$writer->("select scim.fold_tally('@{[$t->tenant]}')");
is(total($t, $odd), 9, 'a fold makes it count again, which is no harm');

my $member = by(qq(groups.value eq "$group"));
$t->patch("/Groups/$group", [{ op => 'add', path => 'members', value => [{ value => $users[1] }] }]);
is(total($t, $member), 2, 'members of a group');
$t->patch("/Groups/$group", [{ op => 'add', path => 'members', value => [{ value => $users[2] }] }]);
is(total($t, $member), 3, 'one more');
$t->request(DELETE => "/Users/$users[2]");
is(total($t, $member), 2, 'one was deleted');

# --- pages in sequence -----------------------------------------------------------------------------------------------

# Another httpd on the same database, with an empty cache.
my $home = "$ENV{SCIM_TEST_WORK}/pages";
mkdir $home;
my $port = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1')->sockport;
my $base = do { local (@ARGV, $/) = "$ENV{SCIM_TEST_WORK}/t/base.conf"; <> };
open my $conf, '>', "$home/httpd.conf" or die;
print $conf <<"CONF";
ServerRoot $home
ServerName 127.0.0.1
Listen 127.0.0.1:$port
PidFile $home/pid
ErrorLog $home/error_log
LogLevel warn scim:info
DefaultRuntimeDir $home
Mutex file:$home default
$base
@{[ScimFront::processes()]}DBDriver pgsql
DBDParams "host=$ENV{PGHOST} dbname=scim user=scim_web connect_timeout=3"
DBDMin 0
DBDKeep 8
DBDMax 8
ScimSchemaDir $ENV{SCIM_TEST_WORK}/schemas
ScimPageCache none
<Location "/scim/v2">
    SetHandler scim
    ScimTenant path
    Require all granted
</Location>
CONF
close $conf;
my ($said, $code) = run_ok("$ENV{SCIM_TEST_WORK}/bin/httpd", '-f', "$home/httpd.conf");
is($code, 0, 'another httpd starts') or BAIL_OUT($said);
my $node = 0;
END {
    if ($node) {
        my $status = $?;
        kill TERM => $node;
        eventually(sub { !kill 0 => $node }, 10);
        $? = $status;
    }
}
$node = eventually(sub { open my $in, '<', "$home/pid" or return 0; (<$in> // '') =~ /^(\d+)/ ? $1 : 0 });
sub there { local $ScimTest::PORT = $port; return $_[0]->() }
my @told = do { open my $log, '<', "$home/error_log" or die; grep {/without ScimPageCache/} <$log> };
is(scalar @told, 1, 'its log says that it remembers nothing');

my $walk = ScimTest->new('pages-walk');
my $USERS = 3000;
# Users 1 to n in the order of their ids; the order by title is different, and many titles are equal.
sub fill {
    my ($s) = @_;
    sql("delete from scim.resource where " . tenant_is($s));
    sql("insert into scim.resource (tenant, type, id, doc)
        select '@{[$s->tenant]}', 'User', ('00000001-0000-7000-8000-' || lpad(i::text, 12, '0'))::uuid,
               jsonb_build_object('schemas', array ['$USER'], 'userName', 'user' || lpad(i::text, 5, '0'), 'active', i % 3 > 0)
               || case when i % 5 > 0 then jsonb_build_object('title', 'Title ' || i * 7919 % 100) else '{}' end
          from generate_series(1, $USERS) i");
    sql('analyze scim.resource');
}
sub page_of {
    my ($s, $query, $start, $count) = @_;
    my $res = $s->request(GET => "/Users?attributes=userName&startIndex=$start&count=$count&$query");
    is($res->{status}, 200, "a page: $query from $start") if $res->{status} != 200;
    return ($res->{json}{totalResults}, [map { $_->{userName} } @{ $res->{json}{Resources} // [] }], $res->{json});
}
# Reads pages as clients do, until it has the total. `$each` is called after each page.
sub walk {
    my ($s, $query, $count, $each) = @_;
    my ($start, $total, @seen, @totals) = (1, 1);
    while ($start <= $total && @totals < 100) {
        ($total, my $names) = page_of($s, $query, $start, $count);
        push @seen, @$names;
        push @totals, $total;
        $each->($names) if $each;
        $start += $count;
    }
    return (\@seen, \@totals);
}
sub distinct { my %h = map { $_ => 1 } @_; return scalar keys %h }

fill($walk);
for my $query ('', 'sortBy=userName&sortOrder=descending', 'sortBy=title', 'sortBy=title&sortOrder=descending', 'sortBy=active') {
    my $whole = there(sub { (walk($walk, $query, 500))[0] });
    is(distinct(@$whole), $USERS, "$query: all of them, skipping");
    my ($seen, $totals) = walk($walk, $query, 300);
    is_json($seen, $whole, "$query: the same, walking");
    is_json($totals, [($USERS) x 10], "$query: totals");
}
my ($active) = walk($walk, 'filter=active%20eq%20true', 500);
is(distinct(@$active), 2000, 'with a filter');
my @all = map { $_->{id} } map { @{ $walk->request(GET => "?startIndex=$_&count=500&attributes=id")->{json}{Resources} } } map { 1 + 500 * $_ } 0 .. 5;
is(distinct(@all), $USERS, 'all types');

# All types in one list; pages have more than one type.
$t->make(Groups => displayName => "Group $_") for 1 .. 15;
for my $query ('', 'sortBy=displayName', 'sortBy=displayName&sortOrder=descending') {
    my $ids = sub { [map { map { $_->{id} } @{ $t->request(GET => "?attributes=id&count=7&startIndex=$_&$query")->{json}{Resources} // [] } }
        map { 1 + 7 * $_ } 0 .. 19] };
    my $skipped = there($ids);
    is(distinct(@$skipped), stored($t, "User") + stored($t, "Group"), "the root, $query: all of them");
    is_json($ids->(), $skipped, "the root, $query: the same, walking");
}

# The cost of ten pages, in rows read.
sub cost {
    my ($start) = @_;
    page_of($walk, '', $start - 50, 50) if $start > 1;
    return rows_read(sub { page_of($walk, '', $start + 50 * $_, 50) for 0 .. 9 }, 'resource');
}
my ($first, $deep) = (cost(1), cost($USERS - 499));
cmp_ok($first, '<=', 10 * 51 + 100, 'ten pages at the start read their rows') or diag $first;
cmp_ok($deep, '<=', 1.5 * $first, 'and ten at the end read as many') or diag "$first and $deep";

# Each token has its own cached positions; a page that it has not reached by a walk is reached by skipping.
my $second = bless { %$walk, token => $walk->new_token('second') }, 'ScimTest';
is((page_of($walk, '', 1, 100))[1][99], 'user00100', 'the first page');
$walk->request(DELETE => "/Users/00000001-0000-7000-8000-" . sprintf '%012d', $_) for 1 .. 100;
is((page_of($second, '', 101, 1))[1][0], 'user00201', 'another token');
is((there(sub { page_of($walk, '', 101, 1) }))[1][0], 'user00201', 'another httpd');
is((page_of($walk, 'sortBy=id', 101, 1))[1][0], 'user00201', 'another order');
is((page_of($walk, 'filter=userName%20pr', 101, 1))[1][0], 'user00201', 'another filter');
my ($total, $names, $json) = page_of($walk, '', 101, 100);
is_json([$total, $names->[0], $json->{startIndex}, $json->{itemsPerPage}], [$USERS - 100, 'user00101', 101, 100], 'the same walk goes on');

# A client that deletes each page while it walks meets all users, and stops.
fill($walk);
my ($seen, $totals) = walk($walk, '', 500, sub { $walk->request(DELETE => '/Users/00000001-0000-7000-8000-' . sprintf '%012d', /(\d+)/) for @{ $_[0] } });
is(distinct(@$seen), $USERS, 'deletes each page, and meets all');
is(scalar @$seen, $USERS, 'once');
is_json($totals, [3000, 2500, 2000, 2001, 2501, 3000], 'totals never end a walk too early');
is(total($walk, '/Users?count=0'), 0, 'nobody is left');

# Cached positions of a walk have no effect on later requests: the pages are correct.
my $later = ScimTest->new('later');
my @few = map { $later->make(Users => userName => sprintf 'user%02d', $_) } 1 .. 25;
for my $query ('', 'filter=active%20eq%20true', 'sortBy=userName') {
    my ($all) = walk($later, $query, 5);
    is(scalar @$all, @few, "a walk: $query");
    my $behind = @few + 1;
    $later->request(DELETE => "/Users/" . shift @few) for 1 .. 3;
    for my $start (6, 16, $behind) {
        my ($told, $page) = page_of($later, $query, $start, 5);
        my @rest = $start > @few ? () : @few[$start - 1 .. ($start + 3 < $#few ? $start + 3 : $#few)];
        is_json([$told, scalar @$page], [scalar @few, scalar @rest], "and later, from $start: $query");
    }
    my ($told, $page) = page_of($later, $query, 6, 5);
    is_json([$told, $page->[0]], [scalar @few, sprintf 'user%02d', 25 - @few + 6], "once more: $query");
}

# A page beyond the end is found by the position of the last page, without counting.
fill($walk);
walk($walk, 'filter=active%20eq%20true', 500);
$open->("begin; set local session_replication_role = replica; insert into scim.resource (tenant, type, id, doc)
    values ('@{[$walk->tenant]}', 'User', '00000000-0000-7000-8000-000000000001', '{\"active\": true}'); commit");
($total, $names) = page_of($walk, 'filter=active%20eq%20true', 2001, 500);
is_json([$total, $names], [2000, []], 'an empty page');
$open->("begin; set local session_replication_role = replica; delete from scim.resource where id = '00000000-0000-7000-8000-000000000001'; commit");

# Others add and delete users during a walk: a user that existed all the time is met exactly once.
fill($walk);
my $pid = fork // die "fork: $!";
if (!$pid) {
    $walk->{agent} = LWP::UserAgent->new(keep_alive => 1, timeout => 30);
    for my $i (1 .. 200) {
        my $id = $walk->make(Users => userName => sprintf('user%05d-new', $i * 13 % $USERS));
        $walk->request(DELETE => "/Users/$id") if $i % 2;
        $walk->request(DELETE => '/Users/00000001-0000-7000-8000-' . sprintf '%012d', 10 * $i) if $i % 3 == 0;
    }
    POSIX::_exit(0);
}
while (waitpid($pid, POSIX::WNOHANG()) == 0) {
    for my $query ('', 'sortBy=userName', 'sortBy=title') {
        my %times;
        $times{$_}++ for @{ (walk($walk, $query, 200))[0] };
        my @wrong = grep { ($times{$_} // 0) != 1 } map { sprintf 'user%05d', $_ } grep { $_ % 10 } 1 .. $USERS;
        is_json(\@wrong, [], "$query: while somebody else writes");
    }
}
is(total($walk, '/Users?count=0'), stored($walk, 'User'), 'the total afterwards');

done_testing;
