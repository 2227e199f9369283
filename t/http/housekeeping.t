# Housekeeping: it creates and drops partitions of activity, warns of tokens that expire soon, and records the use of
# tokens. No activity is lost when processes end, or PostgreSQL is down for a while.
use strict;
use warnings;
use utf8;
use Test::More;
use Time::HiRes qw(time sleep);
use ScimTest;

my $work = $ENV{SCIM_TEST_WORK};
my $t = ScimTest->new('housekeeping')->unmasked;
my $tenant = $t->tenant;
my $id = $t->make(Users => userName => 'u');

sub pieces { [split /\n/, sql("select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'scim.activity'::regclass and c.relname ~ '\\d\$' order by 1")] }
sub old_piece { my ($day) = @_;
    sql("begin; set local role scim_owner; create table scim.activity_$day (like scim.activity including all);
        alter table scim.activity attach partition scim.activity_$day for values from (timestamptz '$day UTC') to (timestamptz '$day UTC' + interval '168 hours'); commit") }
sub add { my ($at, $path) = @_;
    sql("insert into scim.activity (tenant, at, token, token_name, method, path, status, duration) values ('$tenant', $at, 'x', 'x', 'GET', '$path', 200, 1)") }
sub paths { sql("select string_agg(path, ' ' order by path) from scim.activity where tenant = '$tenant' and token = 'x'") }

# --- partitions ---
# httpd's own housekeeping runs soon after a start, and then each hour: not during the following tests.
graceful();
sleep 4;
my @weeks = split /\n/, sql("select 'activity_' || to_char(date_trunc('week', now() at time zone 'UTC') + i * interval '7 days', 'YYYYMMDD')
    from generate_series(0, 4) i");
is_json(pieces(), \@weeks, 'there is room for this week and the next four');
old_piece($_) for 20200106, 20200113;
add("timestamptz '2020-01-07 UTC'", 'old');
add("timestamptz '2019-01-01 UTC'", 'older');
sql("drop table scim.$weeks[4]");
add("now() + interval '28 days'", 'ahead');
is(sql("select count(*) from scim.activity_default where tenant = '$tenant'"), 2, 'what has no piece of its own is kept all the same');
is_json(unjson(scimctl(qw(activity keep --days 90 --json))), { made => 1, dropped => 2 }, 'scimctl activity keep');
is_json(pieces(), \@weeks, 'makes what is missing and drops what is old');
is(paths(), 'ahead', 'with what was in it');
is(sql("select tableoid::regclass from scim.activity where tenant = '$tenant' and path = 'ahead'"), "scim.$weeks[4]", 'and puts the rest in its place');
is_json(unjson(scimctl(qw(activity keep --days 90 --json))), { made => 0, dropped => 0 }, 'once');
is((run_ok("$work/bin/scimctl", qw(activity keep --days 0)))[1], 2, 'days of nothing');
is_problem($t->admin(POST => '//activity/keep', { days => 90 }, ':base' => '/own', ':user' => $tenant), 403, qr/Here only the tenant/, undef,
    'not for the administrator of one tenant');
is_admin($t->admin(POST => '//activity/keep', { days => 90 }), 200, { made => 0, dropped => 0 }, 'the same by the admin API');

# --- at the start of httpd, and every hour ---
old_piece('20200106');
my %expires = (soon => "interval '3 days'", later => "interval '60 days'", past => "interval '-1 day'", gone => "interval '2 days'");
for my $name (sort keys %expires) {
    $t->new_token($name);
    sql("update scim.token set expires = now() + $expires{$name}" . ($name eq 'gone' ? ', revoked = now()' : '') . " where tenant = '$tenant' and name = '$name'");
}
my $off = ScimTest->new('housekeeping-off');
sql("update scim.token set expires = now() + interval '3 days' where tenant = '$off->{tenant}'");
sql("update scim.tenant set enabled = false where tenant = '$off->{tenant}'");
sub warnings { log_lines('error_log', qr/\[scim:warn\].*mod_scim: tenant=housekeeping/) }
graceful();
ok(eventually(sub { warnings() }, 15), 'a token is warned of');
my ($line) = warnings();
my $key = sql("select key_id from scim.token where tenant = '$tenant' and name = 'soon'");
like($line, qr/mod_scim: tenant=\Q$tenant\E: the token "soon" \($key\) expires at \d{4}-\d\d-\d\d \d\d:\d\d UTC; create another one and give it to the identity provider$/, 'in words');
is_json(pieces(), \@weeks, 'and what is old is dropped');
graceful();
sleep 3;
is(scalar(() = warnings()), 1, 'once a day, and of no other token');
sql("update scim.token set warned = now() - interval '25 hours' where tenant = '$tenant' and name = 'soon'");
graceful();
ok(eventually(sub { (() = warnings()) == 2 }, 15), 'the next day again');

# --- the use of tokens ---
my $seen = sub { sql("select coalesce(extract(epoch from last_used)::bigint::text, 'never') || ' ' || coalesce(last_address, '') from scim.token
    where tenant = '$tenant' and name = '$_[0]'") };
is($seen->('later'), 'never ', 'a token that was not used');
my $token = $t->new_token('used');
my $use = sub { $t->request(GET => "/Users/$id", undef, Authorization => "Bearer $token", 'X-Test-Address' => $_[0])->{status} };
my $began = int time;
is($use->('192.0.2.7'), 200, 'a read');
my $first = eventually(sub { my $text = $seen->('used'); $text =~ /192/ && $text });
like($first, qr/^\d+ 192\.0\.2\.7$/, 'is noted, with its address');
cmp_ok((split ' ', $first)[0], '>=', $began, 'and its time');
$use->('192.0.2.8');
sleep 2;
is($seen->('used'), $first, 'not more than once a minute');
sql("update scim.token set last_used = last_used - interval '2 minutes' where tenant = '$tenant' and name = 'used'");
is($t->request(POST => '/Users', { schemas => [$USER], userName => 'by' }, Authorization => "Bearer $token", 'X-Test-Address' => '2001:db8::1')->{status}, 201, 'a write');
ok(eventually(sub { $seen->('used') =~ / 2001:db8::1$/ }), 'is noted as well');

# A request that began earlier and ended later is not the last use.
sql("update scim.token set last_used = null where tenant = '$tenant' and name = 'used'");
my $prepared = do { local (@ARGV, $/) = "$work/statements.sql"; <> };
my ($record) = $prepared =~ /^(prepare record_entries as\n.*?;\n)(?=prepare|\z)/ms;
sub record { my ($entries) = @_;
    sql("begin; set local role scim_manage; set local scim.tenant = '$tenant';\n${record}execute record_entries('$tenant', '$entries'); commit") }
record(sql("select jsonb_agg(jsonb_build_object('t', tenant, 'k', key_id, 'u', true, 'at', 1000000::bigint * x.at, 'a', x.a) order by x.place)
    from scim.token, (values (1, 2000000000, '192.0.2.10'), (2, 1999999999, '192.0.2.11')) x (place, at, a) where tenant = '$tenant' and name = 'used'"));
is($seen->('used'), '2000000000 192.0.2.10', 'the last use, with its address');

# --- nothing is lost ---
sub count { sql("select count(*) from scim.activity where tenant = '$tenant' and path = '/Users/$_[0]'") }
sub ask { my ($name, $times) = @_;
    is_json([grep { $_ != 404 } map { $t->request(GET => "/Users/$name")->{status} } 1 .. $times], [], "$times requests") }
ask('a', 40);
graceful();
ask('b', 40);
graceful();
ok(eventually(sub { count('a') == 40 && count('b') == 40 }, 15), 'a graceful restart loses none of them') or diag count('a') . ' ' . count('b');

sub pg { my ($text, $code) = run_ok("$ENV{SCIM_TEST_PGBIN}/pg_ctl", '-s', '-w', '-D', $ENV{PGDATA}, '-l', "$work/pg.log", @_);
    die "pg_ctl @_: $text" if $code }
ask('c', 20);
pg('stop', '-m', 'fast');
is($t->request(GET => '/Users/d')->{status}, 503, 'PostgreSQL is away') for 1 .. 10;
sleep 3;
pg('start');
ok(eventually(sub { count('c') == 20 && count('***') == 10 }, 20), 'what was asked meanwhile is told when it is back') or diag count('c') . ' ' . count('***');
is(sql("select string_agg(distinct status || case when held then ' held' else ' failed' end, '') from scim.activity where tenant = '$tenant' and path = '/Users/***'"),
    '503 failed', 'as what it was, without what the tenant may mask');
ask('e', 5);
ok(eventually(sub { count('e') == 5 }), 'and all goes on');

# --- an entry that is sent twice is one row ---
# With a synchronous standby that does not exist, COMMIT waits for it, and a client that is cut off there does not know the result.
my $posts = sub { sql("select string_agg(status || coalesce(' ' || (body ->> 'userName'), ''), ', ') from scim.activity where tenant = '$tenant' and object = '$_[0]'") };
$t->admin(PATCH => '', { activityBodies => true });
sql("alter system set synchronous_commit = on");
sql("alter system set synchronous_standby_names = 'nobody'");
sql('select pg_reload_conf()');
my $socket = connect_httpd();
print $socket $t->raw_request(POST => '/Users', { schemas => [$USER], userName => 'unknown-end' });
# Activity is written by another connection, which may wait as well.
my $waits = "from pg_stat_activity where usename = 'scim_web' and wait_event = 'SyncRep'
    and pid in (select l.pid from pg_locks l where l.relation = 'scim.resource'::regclass and l.mode = 'RowExclusiveLock')";
ok(eventually(sub { sql("select count(*) $waits") }), 'a COMMIT that is done and not answered');
sql("select pg_terminate_backend(pid, 5000) $waits");
sql("alter system reset $_") for qw(synchronous_standby_names synchronous_commit);
sql('select pg_reload_conf()');
is(read_reply($socket)->{status}, 503, 'the client is told that it does not know');
is(sql("select count(*) from scim.resource where tenant = '$tenant' and doc ->> 'userName' = 'unknown-end'"), 1, 'it is done');
eventually(sub { $posts->('unknown-end') =~ / unknown/ });
is($posts->('unknown-end'), '201 unknown-end', 'one row tells it, as what was done, with its body');
# An httpd process sends entries again if it does not know whether they were written.
my $entries = sql("select jsonb_agg(jsonb_build_object('t', '$tenant', 'k', '$key', 'at', 1700000000000000, 'i', x, 'm', 'GET', 'p', '/again' || x, 's', 200, 'd', 1)) from generate_series(1, 3) x");
record($entries) for 1 .. 2;
is(sql("select string_agg(path, ' ' order by id) from scim.activity where tenant = '$tenant' and path like '/again%'"), '/again1 /again2 /again3', 'so is what comes twice');

# --- a Bulk request whose end cannot be recorded ---
sql("create function scim.no_bulk() returns trigger language plpgsql as \$\$ begin if current_user = 'scim_web' then raise 'no room'; end if; return new; end \$\$;
     create trigger no_bulk before insert on scim.activity for each row when (new.tenant = '$tenant' and new.path = '/Bulk' and new.status = 200) execute function scim.no_bulk()");
is($t->request(POST => '/Bulk', { schemas => ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'], Operations => [
    { method => 'POST', path => '/Users', bulkId => 'a', data => { schemas => [$USER], userName => 'by-bulk' } }] })->{status}, 200, 'Bulk');
ok(eventually(sub { sql("select count(*) from scim.activity where tenant = '$tenant' and path = '/Bulk' and status = 200") == 1 }, 30), 'its activity is recorded later');
is(scalar(() = log_lines('error_log', qr/\[scim:error\].*tenant=\Q$tenant\E token=test .* POST \S+\/Bulk: done, and its activity is written later: .*no room/)), 1, 'and the log tells why it came late');
sql('drop trigger no_bulk on scim.activity; drop function scim.no_bulk()');

done_testing;
