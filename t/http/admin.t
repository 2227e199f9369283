# The admin API itself, tested with roles: who may use it, what it refuses, versions, lists, and the audit log.
use strict;
use warnings;
use utf8;
use Test::More;
use ScimTest;

my $t     = ScimTest->new('admin');
my $other = ScimTest->new('admin-other');

sub role { my ($role, $name, $builtin) = @_; return { role => $role, displayName => $name, builtIn => $builtin, created => $TIME, id => $ID } }
# A role in lists and answers, with the number of users.
sub counted { return { %{ role(@_) }, users => 0, more => false, mappings => 0 } }
my @builtin = (counted('administrator', 'Administrator', true), counted('office-admin', 'Office administrator', true),
    counted('user', 'User', true), counted('read-only', 'Read only', true), counted('summary-only', 'Summary only', true));

# --- permissions ---------------------------------------------------------------------------------------------------------

is_problem($t->admin(GET => '/roles', undef, ':base' => '/unprotected', Authorization => undef), 403,
    'Nobody is logged in. Protect this Location by AuthType and Require.', undef, 'nobody is logged in');
is($t->admin(GET => '/roles', undef, Authorization => undef)->{status}, 401, 'httpd asks for a login');
is($t->admin(GET => '/roles', undef, Authorization => "Bearer $t->{token}")->{status}, 401, 'a token is no login');
is_admin($t->admin(GET => '/roles', undef, ':user' => 'somebody'), 200, items(@builtin), 'another administrator');

my $own = $t->tenant;
is_admin($t->admin(GET => '/roles', undef, ':base' => '/own', ':user' => $own), 200, items(@builtin), 'the own tenant');
is_problem($other->admin(GET => '/roles', undef, ':base' => '/own', ':user' => $own), 404,
    'There is no tenant "' . $other->tenant . '"; create it first or correct the name.', undef, 'another tenant than the own');
is_problem($t->admin(GET => '/roles', undef, ':base' => '/own', ':user' => 'No Tenant'), 403,
    'You are the administrator of no tenant here.', undef, 'a user whose name is no tenant');

# --- requests from other sites ----------------------------------------------------------------------------------------------

my $before = sql("select count(*) from scim.resource where tenant = '$own'");
my $new = { role => 'editor' };
for (['Sec-Fetch-Site' => 'cross-site'], ['Sec-Fetch-Site' => 'same-site'], [Origin => 'https://evil.example'], [Origin => 'null']) {
    is_problem($t->admin(POST => '/roles', $new, @$_), 403, 'Changes are accepted only from pages of this site.', undef, "@$_");
}
# A page of this site is answered 400 because of the body. The request to secure.test comes by TLS.
my $port = $ScimTest::PORT;
for (["127.0.0.1:$port", "http://127.0.0.1:$port", 400], ["127.0.0.1:$port", "https://127.0.0.1:$port", 400], ["127.0.0.1:$port", "HTTP://127.0.0.1:$port", 400],
    ["127.0.0.1:$port", 'http://127.0.0.1', 403], ["127.0.0.1:$port", "ftp://127.0.0.1:$port", 403], ["127.0.0.1:$port", "http:127.0.0.1:$port", 403],
    ["127.0.0.1:$port", '', 403], ['secure.test', 'https://secure.test', 400], ['secure.test', 'http://secure.test', 403],
    ['secure.test', 'http://secure.test:80', 403], ['secure.test', 'httpss://secure.test', 403], ['secure.test', 'h://secure.test', 403]) {
    my ($host, $origin, $status) = @$_;
    is($t->admin(POST => '/roles', {}, Origin => $origin, ':host' => $host)->{status}, $status, "$host is asked by a page of \"$origin\"");
}
for ('text/plain', 'application/x-www-form-urlencoded', undef) {
    is_problem($t->admin(POST => '/roles', $new, 'Content-Type' => $_), 415, 'The Content-Type must be application/json.', undef,
        'a body of type ' . ($_ // 'none'));
}
is(sql("select count(*) from scim.resource where tenant = '$own'"), $before, 'nothing has changed');
is_admin($t->admin(GET => '/roles', undef, 'Sec-Fetch-Site' => 'cross-site'), 200, items(@builtin), 'reading needs no such proof');

# --- paths and methods ---------------------------------------------------------------------------------------------------------

is_problem($t->admin(GET => '/nothing'), 404, qr/^There is nothing at /, undef, 'no such place');
my $res = $t->admin(PUT => '/roles', {});
is_problem($res, 405, 'PUT is not possible here; possible are: GET, POST.', undef, 'no such method');
is($res->{headers}->header('Allow'), 'GET, POST', 'Allow');
for (['PUT'], ['PUT', 'Content-Type' => undef], ['FOO', 'Content-Type' => undef]) {
    my ($method, @type) = @$_;
    is_problem($t->admin($method => '/roles/user', '{}', @type), 405, "$method is not possible here; possible are: GET, PATCH, DELETE.", undef,
        "$method is no method, whatever the type of its body");
}
is_problem($t->admin(GET => '//tenants/nobody/roles'), 404, 'There is no tenant "nobody"; create it first or correct the name.', undef, 'no such tenant');
is_problem($t->admin(GET => '//tenants/x%27%3B--/roles'), 404, qr/^There is no tenant /, undef, 'a name that is none');

# --- fields -----------------------------------------------------------------------------------------------------------------------

is_problem($t->admin(POST => '/roles', {}), 400, 'role: is missing; give its value; permanent, and unique without case.', { role => 'is missing; give its value; permanent, and unique without case.' }, 'a field is missing');
is_problem($t->admin(POST => '/roles', { role => 7, displayName => '', colour => 'red' }), 400, $ANY,
    { role => 'must be a text.', displayName => 'must be 1 to 200 bytes of text without control characters.', colour => 'is unknown; the arguments are: role, displayName.' },
    'every wrong field is named');
is_problem($t->admin(POST => '/roles', { role => "a\nb" }), 400, $ANY,
    { role => 'must be 1 to 100 bytes of text without control characters.' }, 'a line end');
is_problem($t->admin(POST => '/roles', { role => '  ' }), 400, $ANY, { role => 'must not consist of spaces only.' }, 'a name that nobody sees');
is_problem($t->admin(POST => '/roles', '{"role": "a", "role": "b"}'), 400, qr/twice|duplicate/i, undef, 'a member twice');
is_problem($t->admin(POST => '/roles', '["role"]'), 400, $ANY, undef, 'no object');
is_problem($t->admin(GET => '/roles?limit=0'), 400, $ANY, { limit => 'must be a whole number from 1 to 500.' }, 'a page of none');
is_problem($t->admin(GET => '/roles?limit=many'), 400, $ANY, { limit => 'must be a whole number from 1 to 500.' }, 'a page of many');
is_problem($t->admin(GET => '/roles?colour=red'), 400, $ANY, { colour => 'is unknown; the arguments are: q, limit, after.' }, 'an unknown parameter');
my $twice = 'is given twice; give it once: in the path, if it is part of it.';
for (["/roles/user?role=administrator", 'role'], ["/roles?tenant=$own", 'tenant'], ['/roles?tenant=' . $other->tenant, 'tenant'],
    ['/roles?limit=1&limit=2', 'limit']) {
    is_problem($t->admin(GET => $_->[0]), 400, "$_->[1]: $twice", { $_->[1] => $twice }, "$_->[0] says it twice");
}
is_problem($t->admin(GET => '/roles?tenant=' . $other->tenant, undef, ':base' => '/own', ':user' => $own), 400, $ANY, { tenant => $twice },
    'a query does not lead to another tenant');
is_problem($t->admin(PATCH => '/roles/user', { role => 'administrator', displayName => 'x' }), 400, $ANY, { role => $twice },
    'a body names another one than the path');
is_problem($t->admin(GET => '/roles?after=x'), 400, $ANY, { after => 'is not a valid page token; use the `next` value of a previous page.' }, 'a place that is none');

# --- roles: add, show, change, remove ---------------------------------------------------------------------------------------------

my $slash = $t->admin(POST => '/roles', { role => 'Read/Write 100%' });
is_admin($slash, 201, role('Read/Write 100%', 'Read/Write 100%', false), 'a name with a slash');
is($slash->{headers}->header('Location'), "/admin/tenants/$own/roles/Read%2fWrite%20100%25", 'its place');
is_admin($t->admin(GET => "/roles/$_"), 200, { %{ $slash->{json} }, users => 0, more => false, mappings => 0 }, "is found by $_") for 'Read%2fWrite%20100%25', 'read%2Fwrite%20100%25';
is_empty($t->admin(DELETE => '/roles/Read%2FWrite%20100%25'), 204, 'and goes');

my $made = $t->admin(POST => '/roles', { role => 'Editor', displayName => 'Éditeur' });
is_admin($made, 201, role('Editor', 'Éditeur', false), 'make a role');
is($made->{headers}->header('Location'), "/admin/tenants/$own/roles/Editor", 'its place');
is_problem($t->admin(POST => '/roles', { role => 'EDITOR' }), 409, 'There is a role "Editor" already; choose another name, or change that one.',
    { role => 'There is a role "Editor" already; choose another name, or change that one.' }, 'the same name in another case');

my $shown = $t->admin(GET => '/roles/editor');
is_admin($shown, 200, counted('Editor', 'Éditeur', false), 'show it, in whatever case');
my $etag = $shown->{headers}->header('ETag');
is($made->{headers}->header('ETag'), $etag, 'its version is told when it is made');
is($t->admin(GET => '/roles/editor', undef, 'If-None-Match' => $etag)->{status}, 304, 'not modified');

is_problem($t->admin(PATCH => '/roles/editor', { displayName => 'Writer' }, 'If-Match' => '"0123456789abcdef0123456789abcdef"'), 412,
    $ANY, undef, 'another version');
$res = $t->admin(PATCH => '/roles/editor', { displayName => 'Writer' }, 'If-Match' => $etag);
is_admin($res, 200, role('Editor', 'Writer', false), 'this version');
isnt($res->{headers}->header('ETag'), $etag, 'has another one from then on');
is_problem($t->admin(PATCH => '/roles/editor', { displayName => 'Reader' }, 'If-Match' => $etag), 412, $ANY, undef, 'which the old tag is not');

is_admin($t->admin(GET => '/roles?q=WRI'), 200, items(counted('Editor', 'Writer', false)), 'look for a role');
my $page = $t->admin(GET => '/roles?limit=4');
is_admin($page, 200, { items => [@builtin[0 .. 3]], next => $ID }, 'a page');
is_admin($t->admin(GET => "/roles?limit=4&after=$page->{json}{next}"), 200, items($builtin[4], counted('Editor', 'Writer', false)), 'the next one');
is_problem($other->admin(GET => '/roles/editor'), 404, 'There is no role "editor"; make it first, or correct the name. The roles here are: administrator, office-admin, user, read-only, summary-only.', { role => 'There is no role "editor"; make it first, or correct the name. The roles here are: administrator, office-admin, user, read-only, summary-only.' }, 'not for another tenant');

my $kim = $t->make(Users => userName => 'kim', roles => [{ value => 'EDITOR' }]);
is(sql("select role from scim.resource where tenant = '$own' and id = '$kim'"), 'Editor', 'a user gets it, in whatever case');
is_problem($t->admin(DELETE => '/roles/editor'), 409, 'The role "Editor" is in use; give its users another role first.',
    { role => 'The role "Editor" is in use; give its users another role first.' }, 'a role in use stays');
is_problem($t->admin(DELETE => '/roles/user'), 409, 'The role "user" is built in and cannot be removed; reserve it (reservedRoles) if provisioning is not to give it.', { role => $ANY }, 'a built-in role stays');
is($t->request(DELETE => "/Users/$kim")->{status}, 204, 'the user goes');
is_empty($t->admin(DELETE => '/roles/editor'), 204, 'the role goes');
is_problem($t->admin(GET => '/roles/editor'), 404, $ANY, { role => $ANY }, 'it is gone');

# --- the audit log -----------------------------------------------------------------------------------------------------------------

sub entry {
    my ($kind, $actor, $action, $type, $name, $before, $after) = @_;
    return { id => qr/^\d+$/, at => $TIME, actorKind => $kind, actor => $actor, actorKey => $kind eq 'token' ? qr/^\w{10}$/ : undef,
        request => $ANY, action => $action, objectType => $type, objectId => $ID, objectName => $name, members => undef, before => $before, after => $after };
}
my $log = $t->admin(GET => '/audit?limit=2');
is_admin($log, 200, { next => qr/^\d+$/, items => [
    entry('admin', 'admin', 'delete', 'Role', 'Editor', undef, undef),
    entry('admin', 'admin', 'update', 'User', 'kim', { role => 'Editor' }, undef),
] }, 'what was done last: nobody comes back with a role that is gone');
$log = $t->admin(GET => "/audit?limit=1&after=$log->{json}{next}");
is_admin($log, 200, { next => qr/^\d+$/, items => [
    entry('token', 'test', 'delete', 'User', 'kim', { active => true }, { active => false }),
] }, 'before that');
is_admin($t->admin(GET => "/audit?limit=2&after=$log->{json}{next}"), 200, { next => $ANY, items => [
    entry('token', 'test', 'create', 'User', 'kim', undef,
        { schemas => [$USER], userName => 'kim', roles => [{ value => 'EDITOR' }], active => true, displayName => 'kim' }),
    entry('admin', 'admin', 'update', 'Role', 'Editor', { display => 'Éditeur', displayName => 'Éditeur' }, { display => 'Writer', displayName => 'Writer' }),
] }, 'and before that');
is_admin($t->admin(GET => "/audit?objectId=$kim&action=delete"), 200,
    items(entry('token', 'test', 'delete', 'User', 'kim', { active => true }, { active => false })), 'what was done to whom');
is_admin($other->admin(GET => "/audit?objectId=$kim"), 200, items(), 'not for another tenant');
for my $role (qw(scim_web scim_manage)) {
    like(run_ok("$ENV{SCIM_TEST_PGBIN}/psql", qw(-X -c), "set role $role; set scim.tenant = '$own'; select from scim.steered"),
        qr/permission denied/, "$role does not read accounts by what has no wall");
}
like(run_ok("$ENV{SCIM_TEST_PGBIN}/psql", qw(-X -c), "set role scim_manage; set scim.tenant = '*'; delete from scim.audit"),
    qr/permission denied for table audit/, 'nobody takes anything out of it');
like(run_ok("$ENV{SCIM_TEST_PGBIN}/psql", qw(-X -U scim_web -c), "set scim.tenant = '$own'; update scim.audit set actor = 'x'"),
    qr/permission denied for table audit/, 'or changes it');

# --- the same by scimctl --------------------------------------------------------------------------------------------------------------

is_json(unjson(scimctl(qw(role add Writer --display-name Ecrivain --json --tenant), $own)), role('Writer', 'Ecrivain', false), 'scimctl role add');
is_json(unjson(scimctl(qw(role list --q writ --json --tenant), $own)), [counted('Writer', 'Ecrivain', false)], 'scimctl role list');
like(scimctl(qw(role list --tenant), $own), qr/^Role +Name +Built in +Created +Users +Mappings\nadministrator +Administrator +yes /, 'its table');
is((run_ok("$ENV{SCIM_TEST_WORK}/bin/scimctl", qw(role add Writer --tenant), $own))[1], 1, 'refused');
is((run_ok("$ENV{SCIM_TEST_WORK}/bin/scimctl", qw(role add --tenant), $own))[1], 2, 'a wrong command line');
is(scimctl(qw(role remove writer --tenant), $own), '', 'scimctl role remove');
like(sql("select actor_kind || ' ' || actor from scim.audit where tenant = '$own' and object_name = 'Writer' order by id desc limit 1"),
    qr/^scimctl \w+$/, 'the audit log knows who');

# --- two administrators at the same time ------------------------------------------------------------------------------------------

my $raced = $t->admin(POST => '/roles', { role => 'raced' })->{headers}->header('ETag');
my $pid = fork // die "fork: $!";
if (!$pid) {
    exec "$ENV{SCIM_TEST_PGBIN}/psql", qw(-X -q -o /dev/null -c), "begin; update scim.resource set doc = doc || '{\"display\": \"First\"}'
        where tenant = '$own' and type = 'Role' and doc ->> 'value' = 'raced'; select pg_sleep(1); commit";
}
eventually(sub { sql("select count(*) from pg_stat_activity where query like '%pg_sleep(1); commit%' and wait_event = 'PgSleep'") });
is_problem($t->admin(PATCH => '/roles/raced', { displayName => 'Second' }, 'If-Match' => $raced), 412, $ANY, undef, 'who comes second is told');
waitpid $pid, 0;
is($t->admin(GET => '/roles/raced')->{json}{displayName}, 'First', 'and changes nothing');

# --- slow operations ----------------------------------------------------------------------------------------------------------------

# Longer than ScimDatabaseTimeout, which is two seconds here.
$pid = fork // die "fork: $!";
if (!$pid) {
    exec "$ENV{SCIM_TEST_PGBIN}/psql", qw(-X -q -o /dev/null -c), "begin; update scim.resource set last_modified = now()
        where tenant = '$own' and type = 'Role' and doc ->> 'value' = 'raced'; select pg_sleep(3.5); commit";
}
eventually(sub { sql("select count(*) from pg_stat_activity where query like '%pg_sleep(3.5); commit%' and wait_event = 'PgSleep'") });
is_problem($t->admin(PATCH => '/roles/raced', { displayName => 'Third' }, ':base' => '/hasty'), 503,
    'The operation took longer than 0.5 seconds, its limit. Nothing was changed. '
        . 'Try it again when the database has less to do, or let it take longer (ScimAdminTimeout).', undef, 'ScimAdminTimeout ends it');
ok((log_lines('error_log', qr/admin user=.* 503: .*\(ScimAdminTimeout\)/))[0], 'which the log names');
is($t->admin(GET => '/roles/raced')->{json}{displayName}, 'First', 'nothing was changed');
is($t->admin(PATCH => '/roles/raced', { displayName => 'Third' })->{json}{displayName}, 'Third', 'elsewhere it may take a minute');
waitpid $pid, 0;

done_testing;
