# A token cannot give itself a role: not by deleting and creating a user again, not with a reserved role, and not by
# changing what gives roles.
use strict;
use warnings;
use utf8;
use Test::More;
use ScimTest;

my $BULK = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
sub bulk {
    my ($t, @operations) = @_;
    my $n = 0;
    return $t->request(POST => '/Bulk', { schemas => [$BULK], Operations => [map { { method => $_->[0], path => $_->[1],
        ($_->[0] eq 'POST' ? (bulkId => 'b' . $n++) : ()), ($_->[2] ? (data => $_->[2]) : ()) } } @operations] });
}
sub role_of { my ($t, $id) = @_; return sql("select coalesce(role, '-') from scim.resource where tenant = '${\ $t->tenant}' and id = '$id'") }

# --- a role that only applies at creation -------------------------------------------------------------------------------------------------

my $roles = ScimTest->new('attack-roles');
my $ext = 'a7f1e9b4-0000-4000-8000-000000000003';
scimctl(qw(tenant set), $roles->tenant, qw(--role-wins creation));
my $ann = $roles->make(Users => userName => 'ann', externalId => $ext, roles => [{ value => 'read-only' }]);
my $as_admin = { schemas => [$USER], userName => 'ann', externalId => $ext, roles => [{ value => 'administrator' }] };
is($roles->request(DELETE => "/Users/$ann")->{status}, 204, 'DELETE');
is($roles->request(POST => '/Users', $as_admin)->{json}{id}, $ann, 'and POST bring it back');
is(role_of($roles, $ann), 'read-only', 'with the role that it had');
is_json([map { $_->{status} } @{ bulk($roles, [DELETE => "/Users/$ann"], [POST => '/Users', $as_admin])->{json}{Operations} }], [qw(204 201)], 'both in Bulk');
is(role_of($roles, $ann), 'read-only', 'with the role that it had');
is($roles->admin(PATCH => "/users/$ann", { role => 'summary-only' })->{status}, 200, 'an administrator gives another one');
is($roles->request(DELETE => "/Users/$ann")->{status}, 204, 'DELETE');
scimctl(qw(tenant set), $roles->tenant, qw(--restore userName));
is($roles->request(POST => '/Users', { schemas => [$USER], userName => 'ann', roles => [{ value => 'administrator' }] })->{json}{id}, $ann, 'and POST by its userName');
is(role_of($roles, $ann), 'summary-only', 'leave it');

# --- roles that a token must not give -------------------------------------------------------------------------------------------------------

my $t   = ScimTest->new('attack-reserved');
my $own = $t->tenant;
is_json($t->admin(GET => '')->{json}{reservedRoles}, [], 'there are none at first');
my $had = $t->make(Users => userName => 'had', roles => [{ value => 'administrator' }]);
my $none = 'Role not found: nobody. The roles here are: administrator, office-admin, user, read-only, summary-only.';
is_problem($t->admin(PATCH => '', { reservedRoles => ['nobody'] }), 400, $none, { reservedRoles => $none }, 'a role that is none');
is_json($t->admin(PATCH => '', { reservedRoles => ['Administrator', 'OFFICE-ADMIN', 'administrator'] })->{json}{reservedRoles}, [qw(administrator office-admin)],
    'as the roles are written');
my $refused = 'roles: "administrator" is reserved: only administrators of this service give it. Take it out of the role mapping of the identity provider, or let an '
    . 'administrator give it to this user here.';
my $bea = $t->make(Users => userName => 'bea', externalId => $ext, title => 'x', roles => [{ value => 'read-only' }]);
my $state = sub { sql("select string_agg(concat_ws(' ', id, version, role, deleted_at, doc), E'\\n' order by id) from scim.resource where tenant = '$own' and type = 'User'") };
my $before = $state->();
sub roles_of { return [map { ref $_ ? $_ : { value => $_ } } @_] }
for (['POST', POST => '/Users', { schemas => [$USER], userName => 'new', roles => roles_of('ADMINISTRATOR') }],
    ['POST, by its display name', POST => '/Users', { schemas => [$USER], userName => 'new', roles => roles_of('Administrator') }],
    ['POST of the primary one', POST => '/Users', { schemas => [$USER], userName => 'new', roles => roles_of('user', { value => 'administrator', primary => true }) }],
    ['PUT', PUT => "/Users/$bea", { schemas => [$USER], userName => 'bea', roles => roles_of('administrator') }],
    ['PATCH replace', PATCH => "/Users/$bea", { schemas => [$PATCH], Operations => [{ op => 'replace', path => 'roles', value => roles_of('administrator') }] }],
    ['PATCH add of the primary one', PATCH => "/Users/$bea", { schemas => [$PATCH], Operations => [{ op => 'add', path => 'roles', value => roles_of({ value => 'administrator', primary => true }) }] }],
    ['PATCH of the value', PATCH => "/Users/$bea", { schemas => [$PATCH], Operations => [{ op => 'replace', path => 'roles[value eq "read-only"].value', value => 'administrator' }] }],
    ['PATCH without a path', PATCH => "/Users/$bea", { schemas => [$PATCH], Operations => [{ op => 'add', value => { roles => roles_of({ value => 'administrator', primary => true }), title => 'y' } }] }]) {
    my ($name, $method, $path, $body) = @$_;
    is_error($t->request($method, $path, $body), 403, undef, $refused, $name);
    my ($answer) = @{ bulk($t, [$method, $path, $body])->{json}{Operations} };
    is_json([@{ $answer->{response} }{qw(status detail)}], ['403', $refused], "$name in Bulk");
}
is($state->(), $before, 'nothing has changed');
is($t->request(DELETE => "/Users/$bea")->{status}, 204, 'DELETE');
is_error($t->request(POST => '/Users', { schemas => [$USER], userName => 'bea', externalId => $ext, roles => roles_of('administrator') }), 403, undef, $refused, 'and POST do not give it');
is($t->request(POST => '/Users', { schemas => [$USER], userName => 'bea', externalId => $ext, roles => roles_of('user', 'administrator') })->{json}{id}, $bea, 'one that is not the first is not given');
is(role_of($t, $bea), 'user', 'the first is');
is_error($t->patch("/Users/$bea", [{ op => 'remove', path => 'roles[value eq "user"]' }]), 403, undef, $refused, 'nor when the one before it is removed');
my $loc = $t->admin(POST => '/users', { userName => 'loc' })->{json}{id};
scimctl(qw(tenant set), $own, qw(--local-match adopt));
is_error($t->request(POST => '/Users', { schemas => [$USER], userName => 'loc', roles => roles_of('administrator') }), 403, undef, $refused, 'nor by adopting');
is(sql("select source from scim.resource where tenant = '$own' and id = '$loc'"), 'local', 'which is not done then');

# Users keep such a role, and administrators can give it.
is($t->patch("/Users/$had", [{ op => 'replace', path => 'title', value => 'x' }])->{status}, 200, 'one that had it before');
is($t->request(PUT => "/Users/$had", { schemas => [$USER], userName => 'had', roles => roles_of('administrator') })->{status}, 200, 'may be sent with it again');
is(role_of($t, $had), 'administrator', 'and keeps it');
is($t->admin(PATCH => "/users/$bea", { role => 'administrator' })->{json}{role}, 'administrator', 'an administrator gives it');
is($t->patch("/Users/$bea", [{ op => 'replace', path => 'roles', value => roles_of('read-only') }])->{status}, 200, 'a token gives another one');
is(role_of($t, $bea), 'read-only', 'which counts');

# A token cannot give it in any other way.
sub contradicts { my ($res, $field, $detail, $name) = @_; local $Test::Builder::Level = $Test::Builder::Level + 1; return is_problem($res, 409, $detail, { $field => $detail }, $name) }
my $crew = $t->make(Groups => displayName => 'Crew');
contradicts($t->admin(PATCH => '', { defaultRole => 'administrator' }), 'defaultRole',
    'The role "administrator" is reserved (reservedRoles): provisioning would give it to each new user. Remove it from that list first, or choose another role.', 'as the default');
contradicts($t->admin(POST => '/mappings', { group => 'Crew', role => 'administrator' }), 'role',
    'The role "administrator" is reserved (reservedRoles): provisioning would give it to the members that it adds to the group. Remove it from that list first, or choose another role.', 'by a mapping');
contradicts($t->admin(PATCH => '', { reservedRoles => ['user'] }), 'reservedRoles', 'The role "user" is the default one (defaultRole); choose another default first.',
    'the default cannot be reserved');
is($t->admin(POST => '/mappings', { group => 'Crew', role => 'summary-only' })->{status}, 201, 'another one can be mapped');
contradicts($t->admin(PATCH => '', { reservedRoles => ['summary-only'] }), 'reservedRoles',
    'The role "summary-only" is mapped to the group "Crew"; remove that mapping first.', 'and then not be reserved');
is($t->admin(POST => '/roles', { role => 'auditor' })->{status}, 201, 'a role of its own');
is($t->admin(PATCH => '', { reservedRoles => ['auditor'] })->{status}, 200, 'which is reserved');
contradicts($t->admin(DELETE => '/roles/auditor'), 'role', 'The role "auditor" is reserved (reservedRoles); remove it from that list first.', 'is not removed meanwhile');
is_json($t->admin(PATCH => '', { reservedRoles => [] })->{json}{reservedRoles}, [], 'none again');
is($t->request(POST => '/Users', { schemas => [$USER], userName => 'free', roles => roles_of('administrator') })->{status}, 201, 'and it may be given');

done_testing;
