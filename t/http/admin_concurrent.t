# Administrators' operations at the same time as other transactions: which one waits for which, and what is repeated.
use strict;
use warnings;
use Test::More;
use ScimTest;

my $t   = ScimTest->new('admin-concurrent');
my $own = $t->tenant;

# Runs another transaction, such as an administrator's. Its output is available when it has ended.
sub beside {
    my ($text) = @_;
    my $pid = open my $out, '-|';
    die "fork: $!" unless defined $pid;
    if (!$pid) {
        open STDERR, '>&', \*STDOUT or die;
        exec "$ENV{SCIM_TEST_PGBIN}/psql", qw(-X -q -A -t -v ON_ERROR_STOP=1 -c),
            "begin; set local deadlock_timeout = '20s'; set local scim.tenant = '$own'; set local scim.actor = 'x'; $text commit" or exit 127;
    }
    wait_for('PgSleep');
    return $out;
}
sub wait_for {
    my ($event) = @_;
    for (1 .. 200) {
        last if sql("select count(*) from pg_stat_activity where datname = current_database() and wait_event = '$event'") > 0;
        select undef, undef, undef, 0.02;
    }
}
sub ended { my ($out) = @_; local $/; my $text = <$out>; close $out; return $text // '' }

my %id = map { $_ => $t->make(Users => userName => $_) } qw(ann ben cat);
my $row = "update scim.resource set last_modified = now() where tenant = '$own' and id =";

# --- the order of locks ------------------------------------------------------------------------------------------------------

# Protecting a user waits for a change of the tenant, and holds no locks while it waits. Otherwise the two would
# deadlock when the tenant is switched off.
for (['protect', { kind => 'break-glass' }], ['unprotect', {}]) {
    my ($verb, $args) = @$_;
    my $other = beside("select from scim.tenant where tenant = '$own' for no key update; select pg_sleep(1);
        select 'free' from scim.resource where tenant = '$own' and id = '$id{ann}' for update nowait;");
    is($t->admin(POST => "/users/ann/$verb", $args)->{status}, 200, "$verb a user while the tenant is changed");
    like(ended($other), qr/^\s*free$/, "$verb: the user is not held before the tenant");
}

# Deleting a user waits for a change of a group of the user, and holds no locks while it waits, like a deletion by the
# identity provider.
my %local = map { $_ => $t->admin(POST => '/users', { userName => $_ })->{json}{id} } qw(goes gone stays);
my $group = $t->admin(POST => '/groups', { displayName => 'Local' })->{json}{id};
$t->admin(POST => "/groups/$group/members", { members => [qw(goes gone)] });
for (['delete', 'goes', sub { $t->admin(DELETE => '/users/goes') }, 204],
    ['merge', 'gone', sub { $t->admin(POST => '/users/gone/merge', { into => 'stays', confirm => 'gone' }) }, 200]) {
    my ($verb, $user, $do, $status) = @$_;
    my $other = beside("select from scim.resource where tenant = '$own' and id = '$group' for no key update; select pg_sleep(1);
        select 'free' from scim.resource where tenant = '$own' and id = '$local{$user}' for update nowait;");
    is($do->()->{status}, $status, "$verb a user while its group is changed");
    like(ended($other), qr/^\s*free$/, "$verb: the user is not held before its group");
}
is_json($t->stored_members($group), [$local{stays}], 'the one has left the group, and the other one has come into it');
$t->admin(DELETE => '/users/stays');

# --- repeated transactions ---------------------------------------------------------------------------------------------------

# The other transaction has locked one user and needs the tenant; this one has locked the tenant and needs all users.
# PostgreSQL ends this one, because the other has a longer deadlock_timeout. It is repeated until the other one is done.
my $deadlocks = "select deadlocks from pg_stat_database where datname = current_database()";
my $before = sql($deadlocks);
my $other = beside("$row '$id{ben}'; select pg_sleep(0.5); select from scim.tenant where tenant = '$own' for no key update; select pg_sleep(1.5);");
is($t->admin(POST => '/disable', { accounts => 'deactivate' })->{json}{enabled}, $JSON::PP::false, 'switch the tenant off, against another transaction');
is(ended($other) =~ s/\s//gr, '', 'which ends as it would alone');
is(sql("select count(*) from scim.resource where tenant = '$own' and type = 'User' and active"), 0, 'all are deactivated');
is(sql("select count(*) from scim.audit where tenant = '$own' and action = 'disable'"), 1, 'once');
for (1 .. 50) {
    last if sql($deadlocks) > $before;
    select undef, undef, undef, 0.1;
}
cmp_ok(sql($deadlocks), '>', $before, 'though there was a deadlock');
is($t->admin(POST => '/enable', {})->{status}, 200, 'switch it on again');

# --- a role that is removed --------------------------------------------------------------------------------------------------

$t->admin(POST => '/users', { userName => 'local' });
for my $gift (['a user', sub { $t->admin(PATCH => '/users/local', { role => 'Temp' }) }, 'role'],
    ['a template', sub { $t->admin(POST => '/templates', { name => 'T', role => 'Temp' }) }, 'role'],
    ['the default', sub { $t->admin(PATCH => '', { defaultRole => 'Temp' }) }, 'defaultRole']) {
    my ($name, $give, $field) = @$gift;
    $t->admin(POST => '/roles', { role => 'Temp' });
    my $removal = beside("select from scim.resource where tenant = '$own' and type = 'Role' and wire and doc ->> 'value' = 'Temp' for update;
        update scim.resource set deleted_at = now() where tenant = '$own' and type = 'Role' and wire and doc ->> 'value' = 'Temp';
        select pg_sleep(0.5);");
    is_problem($give->(), 400, $ANY, { $field => $ANY }, "$name: a role that is removed meanwhile");
    ended($removal);
}

# --- names -------------------------------------------------------------------------------------------------------------------

my $taken = beside("insert into scim.resource (tenant, id, type, source, doc)
    values ('$own', scim.new_id(now()), 'User', 'local', '{\"userName\": \"Eve\"}'); select pg_sleep(0.5);");
is_problem($t->admin(POST => '/users', { userName => 'eve' }), 409, $ANY, { userName => $ANY }, 'a userName that another one takes meanwhile');
ended($taken);

$taken = beside("insert into scim.resource (tenant, id, type, source, doc)
    values ('$own', scim.new_id(now()), 'User', 'local', '{\"userName\": \"Zoe\"}'); select pg_sleep(0.5);");
is_problem($t->admin(PATCH => '/users/local', { userName => 'zoe' }), 409, $ANY, { userName => $ANY }, 'the same when one is renamed');
ended($taken);

# --- a client's change of a user that another one changes meanwhile --------------------------------------------------------------

# It is read without a lock: what commits before it is written is not in what was read, so the request is computed again.
my $cat = "tenant = '$own' and id = '$id{cat}'";
my $was = $t->row($id{cat})->{version};
sub nick { $t->patch("/Users/$id{cat}", [{ op => 'add', path => 'nickName', value => $_[0] }]) }
sub told { 0 + sql("select count(*) from scim.audit where tenant = '$own' and object_id = '$id{cat}' and after ? 'nickName'") }

my $change = beside("update scim.resource set doc = doc || '{\"title\": \"Boss\"}', version = version + 1 where $cat; select pg_sleep(0.5);");
is_json([@{ nick('one')->{json} }{qw(nickName title)}], [qw(one Boss)], 'PATCH of a user that is changed meanwhile');
ended($change);
is_json([@{ $t->row($id{cat}) }{qw(version)}, @{ $t->row($id{cat})->{doc} }{qw(nickName title)}], [$was + 2, qw(one Boss)], 'both changes are kept');
is(told(), 1, 'and the audit log has it once');

$change = beside("update scim.resource set role = null, sent_role = 'x' where $cat; select pg_sleep(0.5);");
is(nick('two')->{status}, 200, 'the same where the version stays');
ended($change);
is_json([split /\|/, sql("select version, sent_role, doc ->> 'nickName' from scim.resource where $cat")], [$was + 3 . '', qw(x two)], 'both are kept');

$change = beside("update scim.resource set version = version + 1 where $cat; select pg_sleep(0.5);");
is_error($t->request(PUT => "/Users/$id{cat}", { schemas => [$USER], userName => 'cat' }, 'If-Match' => 'W/"' . ($was + 3) . '"'), 412, undef, $ANY, 'PUT of a version that ends meanwhile');
ended($change);
is_json([@{ $t->row($id{cat}) }{qw(version)}, told()], [$was + 4, 2], 'is refused, and nothing is written');

$change = beside("update scim.resource set version = version + 1 where $cat; select pg_sleep(0.5); rollback; begin;");
is(nick('three')->{status}, 200, 'a change that is taken back meanwhile');
ended($change);
is_json([@{ $t->row($id{cat}) }{qw(version)}, told()], [$was + 5, 3], 'hinders nobody');

# Who changes the login attribute gives keys to all who have an address, and to the one that is being written.
is($t->patch("/Users/$id{cat}", [{ op => 'add', path => 'emails', value => [{ value => 'Cat@x.example' }] }])->{status}, 200, 'an address');
$change = beside("select pg_advisory_xact_lock(scim.login_lock('$own')); update scim.tenant set login_attribute = 'email' where tenant = '$own';
    update scim.token set rules = scim.raised(rules) where tenant = '$own'; update scim.resource set login_key = 'cat\@x.example' where $cat; select pg_sleep(0.5);");
is(nick('four')->{status}, 200, 'a user is changed while the login attribute is');
ended($change);
is(sql("select login_key, doc ->> 'nickName' from scim.resource where $cat"), 'cat@x.example|four', 'and has the key of the new one');
is($t->patch("/Users/$id{cat}", [{ op => 'replace', path => 'emails[value eq "Cat@x.example"].value', value => 'Tom@x.example' }])->{status}, 200, 'another address');
is(sql("select login_key from scim.resource where $cat"), 'tom@x.example', 'is another login');

$change = beside("update scim.resource set deleted_at = now(), wire = false, version = version + 1 where $cat; select pg_sleep(0.5);");
is_error(nick('five'), 404, undef, $ANY, 'PATCH of a user that is deleted meanwhile');
ended($change);

done_testing;
