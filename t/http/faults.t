# Simultaneous writers, a database that is down or hangs, clients that disappear or are slow, and a restart under load.
use strict;
use warnings;
use IO::Select;
use POSIX 'WNOHANG';
use Socket;
use Test::More;
use Time::HiRes qw(time sleep);
use ScimTest;

my $t = ScimTest->new('faults');
my $work = $ENV{SCIM_TEST_WORK};
my $id = $t->make(Users => userName => 'u');
my $users = sub { sql("select count(*) from scim.resource where tenant = '$t->{tenant}' and type = 'User'
    and deleted_at is null") };

# Sends all requests except their last byte, then all last bytes; returns the answers.
sub together {
    my @requests = @_;
    my @sockets = map { my $s = connect_httpd(); print $s substr $_, 0, -1; $s } @requests;
    sleep 0.2;
    print { $sockets[$_] } substr $requests[$_], -1 for 0 .. $#requests;
    return map { read_reply($_) } @sockets;
}
sub tally {
    my %count;
    $count{ $_->{status} }++ for @_;
    return \%count;
}
sub post { $t->raw_request(POST => '/Users', { schemas => [$USER], @_ }) }

sub psql_in_background {
    my $pid = fork // die "fork: $!";
    return $pid if $pid;
    open STDOUT, '>', '/dev/null';
    open STDERR, '>&', \*STDOUT;
    exec "$ENV{SCIM_TEST_PGBIN}/psql", qw(-X -q -c), @_;
}

# Fifty POSTs of one userName, in different case.
my @answers = together(map { my $n = $_; post(userName => join '', map { $n >> $_ & 1 ? chr 65 + $_ : chr 97 + $_ } 0 .. 5) } 1 .. 50);
is_json(tally(@answers), { 201 => 1, 409 => 49 }, 'fifty POSTs of one userName: one 201, the others 409');
is_error($_, 409, 'uniqueness', qr/userName/, 'a late one') for (grep { $_->{status} == 409 } @answers)[0, 48];
is($users->(), 2, 'one user is stored');
@answers = together(map { $t->raw_request(POST => '/Groups', { schemas => [$GROUP], displayName => 'One' }) } 1 .. 20);
is_json(tally(@answers), { 201 => 1, 409 => 19 }, 'twenty POSTs of one group');

# Twenty member adds
my $group = $t->make(Groups => displayName => 'G');
my @members = sort map { $t->make(Users => userName => "member$_") } 1 .. 20;
sub patch_bytes { $t->raw_request(PATCH => $_[0], { schemas => [$PATCH], Operations => $_[1] }) }
@answers = together(map { patch_bytes("/Groups/$group", [{ op => 'add', path => 'members', value => [{ value => $_ }] }]) } @members);
is_json(tally(@answers), { 204 => 20 }, 'twenty simultaneous member adds');
is_json($t->stored_members($group), \@members, 'none is lost');
is($t->row($group)->{version}, 21, 'each made a version');
@answers = together(map { patch_bytes("/Groups/$group", [{ op => 'remove', path => "members[value eq \"$_\"]" }]) } @members);
is_json([tally(@answers), $t->stored_members($group)], [{ 204 => 20 }, []], 'twenty simultaneous removals');
@answers = together(map { my $n = $_; patch_bytes("/Groups/$group", [{ op => 'replace', path => 'members',
    value => [map { { value => $_ } } @members[$n * 2, $n * 2 + 1]] }]) } 0 .. 9);
is_json(tally(@answers), { 204 => 10 }, 'ten simultaneous replacements');
my @left = @{ $t->stored_members($group) };
is(scalar @left, 2, 'one of them holds') or diag "@left";
@answers = together(map { my $s = $_; map { patch_bytes("/Groups/$group", [{ op => $s ? 'add' : 'remove', path => 'members',
    value => [map { { value => $_ } } $s ? @members : reverse @members] }]) } 1 .. 8 } 0, 1);
is_json(tally(@answers), { 204 => 16 }, 'adds and removals of all in opposite orders');

# Twenty changes of one user
@answers = together(map { patch_bytes("/Users/$id", [{ op => 'add', path => 'emails', value => [{ value => "e$_\@x" }] }]) } 1 .. 20);
is_json(tally(@answers), { 200 => 20 }, 'twenty simultaneous changes of a user');
is(scalar @{ $t->row($id)->{doc}{emails} // [] }, 20, 'none is lost');
my $tag = $t->request(GET => "/Users/$id")->{etag};
@answers = together(map { $t->raw_request(PUT => "/Users/$id", { schemas => [$USER], userName => 'u', title => "t$_" }, "If-Match: $tag") } 1 .. 20);
is_json(tally(@answers), { 200 => 1, 412 => 19 }, 'twenty PUTs with one If-Match: one 200, the others 412');

# A user is deleted while being added to a group: a lock on the group stops the addition half-way. The deletion waits
# for it, and must see the new membership afterwards.
my $leaving = $t->make(Users => userName => 'leaving', externalId => 'leaving');
my $holder = psql_in_background("begin; select from scim.resource where id = '$group' for update; select pg_sleep(1)");
ok(eventually(sub { sql("select count(*) from pg_stat_activity where query like 'begin; select from scim.resource%'
    and wait_event = 'PgSleep'") > 0 }), 'the group is locked');
my @half = map { my $s = connect_httpd(); print $s $_; sleep 0.3; $s }
    patch_bytes("/Groups/$group", [{ op => 'add', path => 'members', value => [{ value => $leaving }] }]),
    $t->raw_request(DELETE => "/Users/$leaving");
is_json(tally(map { read_reply($_) } @half), { 204 => 2 }, 'added, then deleted');
waitpid $holder, 0;
is(sql("select count(*) from scim.membership where tenant = '$t->{tenant}' and member_id = '$leaving'"), 0,
    'a deleted user is no member');
@answers = together(map { post(userName => 'leaving', externalId => 'leaving') } 1 .. 20);
is_json(tally(@answers), { 201 => 1, 409 => 19 }, 'twenty restorations of one user');

# Two simultaneous deletions of one user
my $twice = $t->make(Users => userName => 'twice');
$holder = psql_in_background("begin; select from scim.resource where id = '$twice' for update; select pg_sleep(1)");
ok(eventually(sub { sql("select count(*) from pg_stat_activity where query like 'begin; select from scim.resource%'
    and wait_event = 'PgSleep'") > 0 }), 'the user is locked');
is_json(tally(together(map { $t->raw_request(DELETE => "/Users/$twice") } 1 .. 2)), { 204 => 1, 404 => 1 },
    'deleted twice at once: one 204, the other 404');
waitpid $holder, 0;

# Clients that disappear in the middle
my $before = $users->();
for my $case ('half', 'half, reset', 'chunks', 'headers', 'everything but a byte') {
    my $socket = connect_httpd();
    my $bytes = $case eq 'chunks'
        ? "POST $t->{base}/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer $t->{token}\r\nContent-Type: $TYPE\r\n"
            . "Transfer-Encoding: chunked\r\n\r\n15\r\n{\"userName\": \"gone\"}\r\n"
        : post(userName => 'gone', title => 'x' x 2000);
    $bytes = substr $bytes, 0, $case eq 'headers' ? 150 : $case =~ /^half/ ? 1000 : -1 unless $case eq 'chunks';
    print $socket $bytes;
    sleep 0.05;
    setsockopt $socket, SOL_SOCKET, SO_LINGER, pack 'll', 1, 0 if $case =~ /reset/;
    close $socket;
}
sleep 0.5;
is($users->(), $before, 'clients gone in the middle of a body: nothing is done');
{
    my $socket = connect_httpd();
    print $socket post(userName => 'gone-after');
    close $socket;
    ok(eventually(sub { $users->() == $before + 1 }), 'a client gone after its request: it is done');
}
is($t->request(GET => "/Users/$id")->{status}, 200, 'httpd goes on');

# Slow readers: 10 MB each, none of it read. This virtual host has one connection for each child.
sql("insert into scim.resource (tenant, id, type, doc) select '$t->{tenant}', gen_random_uuid(), 'User', jsonb_build_object(
    'schemas', jsonb_build_array('$USER'), 'userName', 'large' || n, 'title', repeat('x', 2500000))
    from generate_series(1, 4) n");
# The list begins to arrive, but is not read any further.
sub slow_reader {
    socket my $s, PF_INET, SOCK_STREAM, 0 or die "socket: $!";
    setsockopt $s, SOL_SOCKET, SO_RCVBUF, 4096;
    connect $s, pack_sockaddr_in($ScimTest::PORT, inet_aton('127.0.0.1')) or die "connect: $!";
    (my $bytes = $t->raw_request(GET => '/Users')) =~ s/^Host: .*?\r\n/Host: narrow.test\r\n/m;
    syswrite $s, $bytes;
    sysread $s, my $begin, 1000;
    return [$s, $begin // ''];
}
my @slow = map { slow_reader() } 1 .. 8;
is(scalar(grep { $_->[1] =~ m{^HTTP/1\.1 200 .*^Content-Length: 1\d{7}\r}ms } @slow), 8, 'eight slow readers')
    or diag map { substr($_->[1], 0, 300) . "\n" } @slow;
my $start = time;
(my $narrow = $t->raw_request(GET => "/Users/$id")) =~ s/^Host: .*?\r\n/Host: narrow.test\r\n/m;
is_json(tally(together(($narrow) x 8)), { 200 => 8 }, 'hold no database connection');
cmp_ok(time - $start, '<', 3, 'and nobody waits for them');
close $_->[0] for @slow;
sql("delete from scim.resource where tenant = '$t->{tenant}' and doc->>'userName' like 'large%'");

# No PostgreSQL at all
$start = time;
my $res = $t->request(GET => '/Users', undef, ':host' => 'nodb.test');
is_error($res, 503, undef, qr/\w/, 'no database');
like($res->{headers}->header('Retry-After') // '', qr/^[1-9]\d*$/, 'Retry-After');
cmp_ok(time - $start, '<', 4, 'answered quickly');
is($t->request(GET => '/Schemas', undef, ':host' => 'nodb.test')->{status}, 200, 'discovery goes on');
unlike($res->{body}, qr/libpq|pgsql|socket|host=|\Q$work/, 'the answer tells nothing of the inside');

# Stopped, and started again
sub pg { my ($text, $code) = run_ok("$ENV{SCIM_TEST_PGBIN}/pg_ctl", '-s', '-w', '-D', $ENV{PGDATA}, '-l', "$work/pg.log", @_);
    die "pg_ctl @_: $text" if $code }
pg(qw(-m fast stop));
for my $ask ([GET => "/Users/$id"], [GET => '/Users'], [POST => '/Users', { schemas => [$USER], userName => 'lost' }],
    [PATCH => "/Users/$id", { Operations => [{ op => 'replace', path => 'title', value => 'lost' }] }])
{
    $start = time;
    $res = $t->request(@$ask);
    is_error($res, 503, undef, undef, "PostgreSQL stopped: $ask->[0] $ask->[1]");
    like($res->{headers}->header('Retry-After') // '', qr/^[1-9]\d*$/, 'Retry-After');
    cmp_ok(time - $start, '<', 3, 'quickly');
}
is_json(tally(together(map { $t->raw_request(GET => "/Users/$id") } 1 .. 20)), { 503 => 20 }, 'twenty at once');
is($t->request(GET => '/ServiceProviderConfig')->{status}, 200, 'discovery goes on');
is_error($t->request(GET => '/Users', undef, Authorization => undef), 401, undef, undef, 'a missing token needs no database');
ok((log_lines('error_log', qr/\[scim:error\].*\Q$t->{tenant}/))[0], 'the log tells');
pg('start');
sleep 0.3 if $ENV{SCIM_TEST_POOLER};    # pgbouncer's server_login_retry
is($t->request(GET => "/Users/$id")->{status}, 200, 'started again: the next request succeeds');
is_json(tally(together(map { $t->raw_request(GET => "/Users/$id") } 1 .. 20)), { 200 => 20 }, 'and twenty more at once');
pg(qw(-m immediate restart));
is_json(tally(together(map { $t->raw_request(GET => "/Users/$id") } 1 .. 20)), { 200 => 20 }, 'a crash and restart nobody noticed');
is(sql("select count(*) from scim.resource where doc::text like '%lost%'"), 0, 'nothing of what was refused is stored');

# A change of members releases the group's row before the log is on disk; its answer waits for the disk. The tests'
# PostgreSQL does not wait for the disk, unlike that of an operator.
sub durable { sql("alter system set synchronous_commit = $_[0]"); sql('select pg_reload_conf()'); return sleep 0.3 }
durable('on');
my $crashed = $t->make(Groups => displayName => 'Crashed');
sub crash {
    open my $file, '<', "$ENV{PGDATA}/postmaster.pid" or die "postmaster.pid: $!";
    chomp(my $pid = <$file>);
    kill QUIT => $pid;
    eventually(sub { !kill 0 => $pid });
    return pg('start');
}
for my $n (0 .. 2) {
    is_empty($t->patch("/Groups/$crashed", [{ op => 'add', path => 'members', value => [{ value => $members[$n] }] }]), 204, "member $n is added");
    crash();
    is_json($t->stored_members($crashed), [@members[0 .. $n]], 'and is there after a crash right behind the answer');
}
# A Bulk that finds a member already added is answered when the change that it found is on disk.
sql("set local synchronous_commit = off; insert into scim.tally (tenant, type, n) values ('$t->{tenant}', 'User', 0)");
my $written = sql('select pg_current_wal_insert_lsn()');
my $again = $t->request(POST => '/Bulk', { schemas => ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'], Operations => [{ method => 'PATCH',
    path => "/Groups/$crashed", data => { schemas => [$PATCH], Operations => [{ op => 'add', path => 'members', value => [{ value => $members[0] }] }] } }] });
is(sql("select pg_current_wal_flush_lsn() >= '$written'"), 't', 'the disk has all that was written before the Bulk');
is_json([map { $_->{status} } @{ $again->{json}{Operations} }], ['204'], 'which had nothing to change');
durable('off');

# Connections that were cut
sql("select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = 'scim_web'");
is_json(tally(together(map { $t->raw_request(GET => "/Users/$id") } 1 .. 20)), { 200 => 20 }, 'cut connections are made again');

# A lock that is not released in time
my $locker = psql_in_background('begin; lock table scim.resource; select pg_sleep(60)');
eventually(sub { sql("select count(*) from pg_locks where mode = 'AccessExclusiveLock' and granted
    and relation = 'scim.resource'::regclass") > 0 });
$start = time;
$res = $t->request(POST => '/Users', { schemas => [$USER], userName => 'waiting' });
my $too_long = qr/^The request took longer than this server allows\.$/;
is_error($res, 503, undef, $too_long, 'a lock: 503');
ok((log_lines('error_log', qr/\Q$t->{tenant}\E.*\(PostgreSQL 57014: .*ScimDatabaseTimeout\)/))[0], 'the log names the directive');
like($res->{headers}->header('Retry-After') // '', qr/^[1-9]\d*$/, 'Retry-After');
cmp_ok(time - $start, '<', 5, 'within the timeout');
# If all resources would have to be read, repeating the request does not help; if an index finds them, it does.
my $too_many = qr/^The query has to read more resources than this server can within its time limit\. Narrow it down/;
for (['filter=title%20eq%20%22x%22', 400, 'tooMany', qr/$too_many .*, with "eq"\.$/],
    ['sortBy=title', 400, 'tooMany', qr/$too_many .*, or omit the sorting\.$/],
    ['filter=emails.value%20eq%20%22x%22', 503, undef, $too_long], ['filter=userName%20eq%20%22x%22', 503, undef, $too_long]) {
    $res = $t->request(GET => "/Users?$_->[0]");
    is_error($res, @$_[1 .. 3], "a lock, and $_->[0]");
    is(defined $res->{headers}->header('Retry-After') ? 503 : 400, $_->[1], 'Retry-After with 503 alone');
}
ok((log_lines('error_log', qr/\Q$t->{tenant}\E.*tooMany.*\(PostgreSQL 57014: .*ScimDatabaseTimeout\)|\Q$t->{tenant}\E.*read more resources.*57014/))[0],
    'the log names the directive');
# On the virtual host with one connection for each child, other requests wait for the waiting one.
$start = time;
is_json(tally(together(($narrow) x 12)), { 503 => 12 }, 'a lock, and no connection left: 503');
cmp_ok(time - $start, '<', 8, 'and nobody waits for ever');
sql("select pg_terminate_backend(pid, 5000) from pg_stat_activity where query like 'begin; lock table%'");
is_json(tally(together(($narrow) x 12)), { 200 => 12 }, 'then the connections are free again');
waitpid $locker, 0;
is($t->request(GET => '/Users?filter=userName%20eq%20%22waiting%22')->{json}{totalResults}, 0, 'it was not done');
is($t->request(POST => '/Users', { schemas => [$USER], userName => 'waiting' })->{status}, 201, 'now it is');

# PostgreSQL's processes hang.
my @pids = split /\n/, sql("select pid from pg_stat_activity where usename = 'scim_web'");
kill STOP => @pids;
$start = time;
@answers = together(map { $t->raw_request(GET => "/Users/$id") } 1 .. 4);
is_json([grep { !/^(?:200|503)$/ } map { $_->{status} } @answers], [], 'PostgreSQL hangs: 503, or another connection')
    or diag join ' ', map { $_->{status} } @answers;
cmp_ok(time - $start, '<', 7, 'within the timeout');
is_error($_, 503, undef, $too_long, 'which tells why') for grep { $_->{status} == 503 } @answers;
ok(!(grep { $_->{status} == 503 } @answers)
    || (log_lines('error_log', qr/\Q$t->{tenant}\E.*did not answer within ScimDatabaseTimeout/))[0], 'and so does the log');
kill CONT => @pids;
is_json(tally(map { $t->request(GET => "/Users/$id") } 1 .. 10), { 200 => 10 }, 'it goes on');

# A wrong schema version.
sql("insert into scim.migration (number, name) values (9999, '9999-future')");
sql("select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = 'scim_web'");
is_error($t->request(GET => '/Users'), 503, undef, undef, 'a newer schema: 503');
ok((log_lines('error_log', qr/\[scim:error\].*9999/))[0], 'the log tells the version');
sql('delete from scim.migration where number = 9999');
is($t->request(GET => '/Users')->{status}, 200, 'it fits again');

# No connection is left with an open transaction or settings.
is(sql("select count(*) from pg_stat_activity where usename = 'scim_web' and state like 'idle in%'"), 0,
    'no connection is idle in a transaction');

# An address with too many wrong tokens (5 in 25 seconds), before and after the restarts.
sub wrong_tokens {
    my @headers = (Authorization => 'Bearer wrong', 'X-Test-Address' => '203.0.113.200');
    return tally(map { $t->request(GET => '/Users', undef, ':base' => "/guarded/v2/$t->{tenant}", @headers) } 1 .. 6);
}
is_json(wrong_tokens(), { 401 => 5, 429 => 1 }, 'an address at its limit');

# Two graceful restarts under load: each request has a new connection.
my @loaders;
for my $n (1 .. 4) {
    pipe my $from, my $to or die;
    my $pid = fork // die;
    if (!$pid) {
        close $from;
        my ($count, %bad) = (0);
        my $end = time + 6;
        while (time < $end) {
            my $ask = $count % 3 ? $t->raw_request(GET => "/Users/$id") : post(userName => "load$n-$count");
            my $status = eval {
                local $SIG{ALRM} = sub { die "timeout\n" };
                alarm 10;
                my $socket = connect_httpd();
                print $socket $ask;
                my $answer = read_reply($socket)->{status};
                alarm 0;
                $answer;
            } // "died: $@";
            $bad{$status}++ unless $status eq ($count % 3 ? 200 : 201);
            $count++;
        }
        syswrite $to, json([$count, \%bad]);
        POSIX::_exit(0);
    }
    close $to;
    push @loaders, [$pid, $from];
}
open my $file, '<', "$work/t/logs/httpd.pid" or die "httpd.pid: $!";
chomp(my $httpd = <$file>);
for (1 .. 2) { sleep 1.5; kill USR1 => $httpd }
my ($requests, @bad) = (0);
for my $loader (@loaders) {
    my ($pid, $from) = @$loader;
    my $report = unjson(do { local $/; <$from> });
    waitpid $pid, 0;
    $requests += $report->[0];
    push @bad, $report->[1] if %{ $report->[1] };
}
cmp_ok($requests, '>', 100, "graceful restart under load: $requests requests");
is_json(\@bad, [], 'none failed');
cmp_ok(wrong_tokens()->{401} // 0, '<', 5, 'a graceful restart does not forget who is at a limit');
is(scalar(log_lines('error_log', qr/AH00493|Graceful restart/i)) > 0, 1, 'it was restarted')
    if log_lines('error_log', qr/AH00493/);
is(scalar(log_lines('error_log', qr/exit signal/)), 0, 'no child has crashed');

done_testing;
