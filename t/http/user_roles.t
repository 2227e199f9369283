# The role of an account: from the identity provider, from an administrator, and the tenant's default.
use strict;
use warnings;
use utf8;
use Test::More;
use ScimTest;

my $t   = ScimTest->new('user-roles');
my $own = $t->tenant;
my $BULK = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';

sub role_of { my ($id) = @_; my $user = $t->admin(GET => "/users/$id")->{json}; return $user->{role} . ($user->{roleDefault} ? ' by default' : '') }
sub post { my ($name, @roles) = @_; return $t->request(POST => '/Users', { schemas => [$USER], userName => $name, (@roles ? (roles => [@roles]) : ()) }) }
sub put  { my ($id, $name, @roles) = @_; return $t->request(PUT => "/Users/$id", { schemas => [$USER], userName => $name, (@roles ? (roles => [@roles]) : ()) }) }

# --- at creation ---------------------------------------------------------------------------------------------------------------------

my $ann = post('ann')->{json}{id};
is(role_of($ann), 'user by default', 'none is sent');
$t->admin(POST => '/roles', { role => 'Auditor' });
for (['one, in whatever case', 'administrator', { value => 'ADMINISTRATOR' }], ["the tenant's own", 'Auditor', { value => 'auditor' }],
    ['the first of several', 'read-only', { value => 'read-only' }, { value => 'administrator' }],
    ['the primary one of several', 'office-admin', { value => 'read-only' }, { value => 'Office-Admin', primary => true }],
    ['by its display name', 'summary-only', { value => 'Summary only' }]) {
    my ($name, $expected, @roles) = @$_;
    my $res = post($name, @roles);
    is(role_of($res->{json}{id}), $expected, $name);
    is_json($res->{json}{roles}, \@roles, "$name: answered as it was sent");
}

# --- an unknown role -------------------------------------------------------------------------------------------------------------------

my $unknown = qr/^Role not found: Boss\. The roles here are: administrator, .*summary-only.*\. Correct the mapping of roles in the identity provider, or let an administrator add the role here\.$/;
my $stored = sub { sql("select concat_ws(' ', version, role, doc) from scim.resource where tenant = '$own' and id = '$ann'") };
my $before = $stored->();
is_error(post('bea', { value => 'Boss' }), 400, 'invalidValue', $unknown, 'POST');
is_error(post('bea', { value => 'user', primary => true }, { value => 'Boss' }), 400, 'invalidValue', $unknown, 'POST, and not the one that counts');
is_error(put($ann, 'ann', { value => 'Boss' }), 400, 'invalidValue', $unknown, 'PUT');
for my $op ({ op => 'add', path => 'roles', value => [{ value => 'Boss' }] }, { op => 'replace', path => 'roles', value => [{ value => 'Boss' }] },
    { op => 'add', value => { roles => [{ value => 'Boss' }] } }) {
    is_error($t->patch("/Users/$ann", [$op]), 400, 'invalidValue', $unknown, 'PATCH');
}
is(sql("select count(*) from scim.resource where tenant = '$own' and user_name_key = 'bea'"), 0, 'nobody is made');
my $answers = $t->request(POST => '/Bulk', { schemas => [$BULK], Operations => [
    { method => 'POST', path => '/Users', bulkId => 'a', data => { schemas => [$USER], userName => 'bea', roles => [{ value => 'Boss' }] } },
    { method => 'POST', path => '/Users', bulkId => 'b', data => { schemas => [$USER], userName => 'cat', roles => [{ value => 'Auditor' }] } },
    { method => 'PUT', path => "/Users/$ann", data => { schemas => [$USER], userName => 'ann', roles => [{ value => 'Boss' }] } },
    { method => 'PATCH', path => "/Users/$ann", data => { schemas => [$PATCH], Operations => [{ op => 'add', path => 'roles', value => [{ value => 'Boss' }] }] } },
    ] })->{json}{Operations};
is_json([map { $_->{status} } @$answers], [qw(400 201 400 400)], 'Bulk');
is_json([map { [$_->{response}{scimType}, $_->{response}{detail}] } @$answers[0, 2, 3]], [(['invalidValue', $unknown]) x 3], 'Bulk says which');
is($stored->(), $before, 'nothing has changed');

# --- an unknown role that is ignored ------------------------------------------------------------------------------------------------------

my $loose = ScimTest->new('unknown-role');
my $note = 'The role "Boss" is unknown here and was taken as none, so the user has the default one unless another is given. Add the role, or correct the role mapping in the identity provider.';
my $their = sub { my ($id) = @_; my $user = $loose->admin(GET => "/users/$id")->{json}; return $user->{role} . ($user->{roleDefault} ? ' by default' : '') };
my $told = sub { $loose->last_activity->{reason} };
is($loose->admin(GET => '')->{json}{unknownRole}, 'refuse', 'it is refused where the tenant does not say otherwise');
is_error($loose->request(POST => '/Users', { schemas => [$USER], userName => 'x', roles => [{ value => 'Boss' }] }), 400, 'invalidValue', $unknown, 'refused');
scimctl(qw(tenant set), $loose->tenant, qw(--unknown-role default));
my %boss = (schemas => [$USER], userName => 'eli', roles => [{ value => 'Boss' }]);
my $res = $loose->request(POST => '/Users', \%boss);
my $eli = $res->{json}{id};
is_json([$res->{status}, $res->{json}{roles}, $their->($eli), $told->()], ['201', [{ value => 'Boss' }], 'user by default', $note], 'POST: the default role, and told');
$loose->request(PUT => "/Users/$eli", { %boss, roles => [{ value => 'administrator' }] });
is($their->($eli), 'administrator', 'a known one counts');
for (['PUT', sub { $loose->request(PUT => "/Users/$eli", \%boss)->{status} }], ['PATCH', sub { $loose->patch("/Users/$eli", [{ op => 'replace', path => 'roles', value => $boss{roles} }])->{status} }],
    ['PATCH without path', sub { $loose->patch("/Users/$eli", [{ op => 'replace', value => { roles => $boss{roles} } }])->{status} }],
    ['Bulk', sub { $loose->request(POST => '/Bulk', { schemas => [$BULK], Operations => [{ method => 'PUT', path => "/Users/$eli", data => \%boss }] })->{json}{Operations}[0]{status} }]) {
    my ($name, $send) = @$_;
    $loose->request(PUT => "/Users/$eli", { %boss, roles => [{ value => 'administrator' }] });
    is($send->(), 200, "$name with an unknown role");
    is($their->($eli), 'user by default', 'the one that was sent is withdrawn');
    like($told->(), qr/\Q$note\E/, 'and told');
}
$loose->admin(PATCH => "/users/$eli", { role => 'read-only' });
is($loose->request(PUT => "/Users/$eli", { %boss, title => 'T' })->{status}, 200, 'a PUT that repeats it');
is($their->($eli), 'read-only', 'leaves what an administrator has set');
is($loose->patch("/Users/$eli", [{ op => 'replace', path => 'title', value => 'U' }])->{status}, 200, 'a request that says nothing of roles');
is_json([$their->($eli), $told->()], ['read-only', undef], 'changes none, and tells of none');
$loose->request(POST => '/Users', { schemas => [$USER], userName => 'two', roles => [{ value => 'Boss', primary => true }, { value => 'administrator' }] });
is(sql("select coalesce(role, '-') from scim.resource where tenant = '" . $loose->tenant . "' and user_name_key = 'two'"), '-', 'of several, the unknown primary one is none');

# --- which role is effective -----------------------------------------------------------------------------------------------------------

is($t->admin(PATCH => "/users/$ann", { role => 'AUDITOR' })->{json}{role}, 'Auditor', 'an administrator gives a role');
is_problem($t->admin(PATCH => "/users/$ann", { role => 'Boss' }), 400, 'Role not found: Boss. The roles here are: administrator, office-admin, user, read-only, summary-only, Auditor.', { role => 'Role not found: Boss. The roles here are: administrator, office-admin, user, read-only, summary-only, Auditor.' }, 'not an unknown one');
is(put($ann, 'ann')->{status}, 200, 'a sync without roles');
$t->patch("/Users/$ann", [{ op => 'replace', path => 'title', value => 'x' }]);
is(role_of($ann), 'Auditor', 'keeps it');
put($ann, 'ann', { value => 'read-only' });
is(role_of($ann), 'read-only', 'a sync with one wins');
$t->admin(PATCH => "/users/$ann", { role => 'administrator' });
is(role_of($ann), 'administrator', 'until an administrator sets another');
$t->patch("/Users/$ann", [{ op => 'replace', path => 'title', value => 'y' }]);
is(role_of($ann), 'administrator', 'which a sync that says nothing of roles leaves');
is($t->request(DELETE => "/Users/$ann")->{status}, 204, 'delete it');

# A role that is not sent any more is withdrawn, for all kinds of requests.
my $fay = post('fay', { value => 'administrator' })->{json}{id};
for (['PATCH remove', sub { $t->patch("/Users/$fay", [{ op => 'remove', path => 'roles' }]) }],
    ['PATCH replace by nothing', sub { $t->patch("/Users/$fay", [{ op => 'replace', path => 'roles', value => [] }]) }],
    ['PATCH remove by a filter', sub { $t->patch("/Users/$fay", [{ op => 'remove', path => 'roles[value eq "administrator"]' }]) }],
    ['PUT of none', sub { $t->request(PUT => "/Users/$fay", { schemas => [$USER], userName => 'fay', roles => [] }) }],
    ['PUT of null', sub { $t->request(PUT => "/Users/$fay", { schemas => [$USER], userName => 'fay', roles => undef }) }],
    ['Bulk', sub { $t->request(POST => '/Bulk', { schemas => [$BULK], Operations => [{ method => 'PUT', path => "/Users/$fay",
        data => { schemas => [$USER], userName => 'fay', roles => [] } }] }) }]) {
    my ($name, $withdraw) = @$_;
    is(put($fay, 'fay', { value => 'administrator' })->{status}, 200, "$name: a role");
    is(role_of($fay), 'administrator', "$name: which is had");
    is($withdraw->()->{status}, 200, "$name: withdraw it");
    is(role_of($fay), 'user by default', "$name: the default is left");
}
put($fay, 'fay', { value => 'administrator' }, { value => 'read-only' });
$t->patch("/Users/$fay", [{ op => 'remove', path => 'roles[value eq "administrator"]' }]);
is(role_of($fay), 'read-only', 'one of several is withdrawn');
$t->admin(PATCH => "/users/$fay", { role => 'Auditor' });
put($fay, 'fay');
is(role_of($fay), 'Auditor', 'what an administrator has set instead is not withdrawn');
put($fay, 'fay', { value => 'administrator' });
$t->request(DELETE => "/Users/$fay");

scimctl(qw(tenant set), $own, qw(--role-wins creation));
my $dan = post('dan', { value => 'read-only' })->{json}{id};
is(role_of($dan), 'read-only', 'only at creation: the role that is sent then');
put($dan, 'dan', { value => 'administrator' });
$t->patch("/Users/$dan", [{ op => 'replace', path => 'roles', value => [{ value => 'office-admin' }] }]);
is(role_of($dan), 'read-only', 'a later one does not count');
is_json($t->request(GET => "/Users/$dan")->{json}{roles}, [{ value => 'office-admin' }], 'though it is answered as it was sent');
$t->admin(PATCH => "/users/$dan", { role => 'Auditor' });
put($dan, 'dan', { value => 'user' });
is(role_of($dan), 'Auditor', "an administrator's stays");
my $gus = post('gus', { value => 'read-only' })->{json}{id};
put($gus, 'gus');
is(role_of($gus), 'read-only', 'nor does it count that it is withdrawn');
my $eve = post('eve')->{json}{id};
put($eve, 'eve', { value => 'administrator' });
is(role_of($eve), 'user by default', 'none at creation: the default');

# --- the default -----------------------------------------------------------------------------------------------------------------------

scimctl(qw(tenant set), $own, qw(--default-role auditor));
is(role_of($eve), 'Auditor by default', 'another default');
is_json([map { $_->{userName} } @{ $t->admin(GET => '/users?role=auditor&sort=created')->{json}{items} }], ["the tenant's own", 'cat', 'dan', 'eve'],
    'those who have it by default are listed with the others');
is($t->admin(PATCH => "/users/$dan", { role => undef })->{json}{roleDefault}, true, 'an administrator takes a role away');
is(role_of($dan), 'Auditor by default', 'which leaves the default');
is_problem($t->admin(DELETE => '/roles/auditor'), 409, $ANY, { role => $ANY }, 'the default stays');
is((run_ok("$ENV{SCIM_TEST_WORK}/bin/scimctl", qw(tenant set), $own, qw(--default-role Boss)))[1], 2, 'an unknown default is refused');

done_testing;
