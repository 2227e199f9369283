# A database with views and functions of another version: it is refused, then upgraded while httpd runs. Identity
# providers can still use their tokens, and find their resources. t/cli/upgrade.t tests scimctl.
use strict;
use warnings;
use Test::More;
use ScimTest;

my $fresh = ScimTest->new('upgrade');
my $bin   = $ENV{SCIM_TEST_PGBIN};
my $db    = 'upgraded';    # as t/conf/extra.conf.in has it

sub in_db {
    my ($text, $code) = run_ok("$bin/psql", qw(-X -q -A -t -v ON_ERROR_STOP=1 -d), $db, '-c', @_);
    die "psql: $text" if $code;
    chomp $text;
    return $text;
}

run_ok("$bin/createdb", $db);
scimctl(qw(db init --db), $db);
# The token of the other database is copied into this one.
my ($key) = $fresh->{token} =~ /^scim_(.{10})/;
my $digest = sql("select digest from scim.token where key_id = '$key'");
scimctl(qw(tenant add), $_, '--db', $db) for qw(acme other);
in_db("insert into scim.token (tenant, key_id, digest, name, created_by, expires) values ('acme', '$key', '$digest', 'entra', 'test', now() + '1 day')");
my $t = bless { %$fresh, tenant => 'acme', base => '/scim/v2/acme', host => 'upgraded.test' }, ref $fresh;
sub ask { my ($method, $path, $json, %headers) = @_; return $t->request($method, $path, $json, ':host' => 'upgraded.test', %headers) }

my $anna  = ask(POST => '/Users', { schemas => [$USER], userName => 'anna', roles => [{ value => 'administrator' }] })->{json}{id};
my $staff = ask(POST => '/Groups', { schemas => [$GROUP], displayName => 'Staff', members => [{ value => $anna }] })->{json}{id};
is(in_db(q{select string_agg(action || ' ' || object_type, ', ' order by id) from scim.audit where actor = 'entra'}),
    'create User, create Group, add-members Group', 'a user and a group are made');

# Old code: a function returns null, another is missing, and the checksum is different.
in_db(q{create or replace function scim.plain(value text) returns text language sql as 'select null::text';
    drop function scim.tenant_counted; drop view scim_app.facts; update scim.code set checksum = 'old'});
is(ask(GET => "/Users/$anna")->{status}, 200, 'a connection that is open goes on');
sql("select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = 'scim_web' and datname = '$db'");
is_error(ask(GET => "/Users/$anna"), 503, undef, undef, 'a new one is refused');
ok((log_lines('error_log', qr/\[scim:error\].*views and functions are not those of this build \(run the scimctl db upgrade/))[0], 'the log tells what to do');

# An upgrade during requests.
my @pids = map {
    my $pid = fork // die;
    if (!$pid) {
        $t->{agent}->conn_cache({ total_capacity => 1 });    # not the parent's connection
        my %seen;
        my $end = time + 5;
        while (time < $end) {
            $seen{ ask(GET => "/Users/$anna")->{status} }++;
            select undef, undef, undef, 0.02;
        }
        require POSIX;
        POSIX::_exit((grep { !/^(?:200|503)$/ } keys %seen) || !$seen{200} ? 1 : 0);
    }
    $pid;
} 1 .. 3;
select undef, undef, undef, 0.5;
like(scimctl(qw(db upgrade --db), $db), qr/^Version now +[1-9]\d*$/m, 'upgraded');
select undef, undef, undef, 0.5;
scimctl(qw(db upgrade --db), $db);
for (@pids) {
    waitpid $_, 0;
    is($?, 0, 'who asks meanwhile is answered 503 or 200, and at the end 200');
}

is_reply(ask(GET => "/Groups/$staff?attributes=displayName,members.value"), 200,
    { schemas => [$GROUP], id => $staff, displayName => 'Staff', members => [{ value => $anna }] }, 'a group is as it was');
my $patch = { schemas => [$PATCH], Operations => [{ op => 'replace', path => 'roles', value => [{ value => 'read-only' }] }] };
like(ask(PATCH => "/Users/$anna", $patch)->{status}, qr/^20[04]$/, 'a user is changed');
is(in_db(qq{select concat_ws(' ', r.role, r.version, a.action, a.actor, a.after ->> 'role')
    from scim.resource r join scim.audit a on a.tenant = r.tenant and a.object_id = r.id::text where r.id = '$anna' order by a.id desc limit 1}),
    'read-only 2 update entra read-only', 'by the rules, and noted');
is(in_db(q{begin; set role scim_app; set scim.tenant = 'acme'; select concat_ws(' ', user_name, role, groups) from scim_app.facts; rollback}),
    'anna read-only {Staff}', 'the application sees it');
is(in_db(q{begin; set role scim_web; set scim.tenant = 'other'; select count(*) from scim.resource where type = 'User'; rollback}), 0,
    'and row-level security stands');
is(ask(GET => '/Users', undef, Authorization => undef)->{status}, 401, 'strangers are refused');

done_testing;
