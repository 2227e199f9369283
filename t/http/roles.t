# The roles and entitlements of a tenant: /Roles and /Entitlements of the IETF draft, and the same rows in Okta's
# format. Clients can read but not change them.
use strict;
use warnings;
use Test::More;
use ScimTest;

my $ROLE = 'urn:ietf:params:scim:schemas:core:2.0:Role';
my $OKTA = 'urn:okta:scim:schemas:core:1.0:Role';
my $t = ScimTest->new('roles');
my %display = (administrator => 'Administrator', 'office-admin' => 'Office administrator', user => 'User',
    'read-only' => 'Read only', 'summary-only' => 'Summary only');
my @values = qw(administrator office-admin user read-only summary-only);

sub role { my ($value, $id) = @_; return $t->resource(Roles => $ROLE, 'Role', { value => $value, display => $display{$value},
    type => 'built-in', supported => true, limitedAssignmentsPermitted => false }, $id, 1) }
sub okta { my ($value, $id) = @_; return $t->resource(OktaRoles => $OKTA, 'OktaRole', { displayName => $display{$value},
    type => 'built-in' }, $id, 1) }

# A new tenant has the built-in roles, in order, in both formats with the same id.
my $res = $t->request(GET => '/Roles');
is_reply($res, 200, listing(5, 1, map { role($_) } @values), 'the roles');
my %id = map { $_->{value} => $_->{id} } @{ $res->{json}{Resources} };
is_reply($t->request(GET => '/OktaRoles'), 200, listing(5, 1, map { okta($_, $id{$_}) } @values), 'the roles, for Okta');
is_reply($t->request(GET => "/Roles/$id{user}"), 200, role('user', $id{user}), 'one role');
is_reply($t->request(GET => "/OktaRoles/$id{user}"), 200, okta('user', $id{user}), 'one role, for Okta');
is_reply($t->request(GET => "/$_"), 200, listing(0, 1), "no $_ yet") for qw(Entitlements OktaEntitlements);

# All ways of reading work as for other types.
sub found { [map { $_->{value} // $_->{displayName} } @{ $t->request(GET => $_[0])->{json}{Resources} }] }
is_json(found('/Roles?filter=value%20eq%20%22USER%22'), ['user'], 'filter, without case');
is_json(found('/Roles?filter=display%20sw%20%22Office%22%20and%20supported%20eq%20true'), ['office-admin'], 'filter');
is_json(found('/OktaRoles?filter=displayName%20eq%20%22read%20only%22'), ['Read only'], 'filter by the name for Okta');
is_json(found("/OktaRoles?filter=id%20eq%20%22$id{user}%22"), ['User'], 'filter by id');
is_json(found("/Roles?filter=schemas%20eq%20%22$ROLE%22"), \@values, 'filter by schema');
is_json(found('/Roles?filter=meta.resourceType%20eq%20%22Role%22&sortBy=value&sortOrder=descending&startIndex=2&count=2'),
    [qw(summary-only read-only)], 'sort and pages');
is_error($t->request(GET => '/Roles?filter=displayName%20eq%20%22User%22'), 400, 'invalidFilter', undef,
    "what the type has not, be it stored");
is_json($t->request(GET => '/Roles?attributes=display&count=1')->{json}{Resources},
    [{ schemas => [$ROLE], id => $id{administrator}, display => 'Administrator' }], 'attributes');
is_json([map { $_->{value} } @{ $t->request(POST => '/Roles/.search', { schemas =>
    ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'], filter => 'value co "only"' })->{json}{Resources} }],
    [qw(read-only summary-only)], '.search');
is($t->request(GET => "/Roles/$id{user}", undef, 'If-None-Match' => 'W/"1"')->{status}, 304, 'ETag');
is_json($t->request(GET => "/Roles/$id{user}?excludedAttributes=supported,type")->{json}{supported}, undef, 'excludedAttributes');
is_error($t->request(GET => '/Roles/018f0000-0000-7000-8000-000000000000'), 404, undef, qr/Role/, 'no such role');
is_error($t->request(GET => "/Users/$id{user}"), 404, undef, undef, 'a role is no user');
is_error($t->request(GET => "/Entitlements/$id{user}"), 404, undef, undef, 'and no entitlement');

# Clients cannot change them.
my $stored = sub { sql("select string_agg(id::text || doc || version, ' ' order by id) from scim.resource
    where tenant = '$t->{tenant}' and type = 'Role'") };
my $before = $stored->();
for my $name (qw(Roles OktaRoles Entitlements OktaEntitlements)) {
    for my $case (map({ [$_, "/$name"] } qw(POST PUT PATCH DELETE)), map { [$_, "/$name/$id{user}"] } qw(POST PUT PATCH DELETE)) {
        my ($method, $path) = @$case;
        $res = $t->request($method => $path, $method eq 'DELETE' ? undef : { schemas => [$ROLE], value => 'x' });
        is_error($res, 405, undef, qr/GET, HEAD/, "$method $path");
        is($res->{headers}->header('Allow'), 'GET, HEAD, OPTIONS', "$method $path: Allow");
    }
    $res = $t->request(OPTIONS => "/$name");
    is("$res->{status} " . $res->{headers}->header('Allow'), '204 GET, HEAD, OPTIONS', "OPTIONS /$name");
}
is_error($t->request(POST => '/Roles', {}, Authorization => undef), 401, undef, undef, 'nor is a stranger told');
$res = $t->request(POST => '/Bulk', { schemas => ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'], Operations => [
    { method => 'POST', path => '/Roles', bulkId => 'a', data => { schemas => [$ROLE], value => 'x' } },
    { method => 'DELETE', path => "/OktaRoles/$id{user}" },
    { method => 'PATCH', path => "/Roles/$id{user}", data => { schemas => [$PATCH],
        Operations => [{ op => 'replace', path => 'value', value => 'x' }] } },
    { method => 'POST', path => '/Users', bulkId => 'b', data => { schemas => [$USER], userName => 'b' } } ] });
is(join(' ', map { $_->{status} } @{ $res->{json}{Operations} }), '405 405 405 201', 'nor in Bulk') or diag $res->{body};
is_json([map { $_->{response}{detail} } @{ $res->{json}{Operations} }[0, 1]],
    ['POST is not possible at /Roles: it can only be read.', 'DELETE is not possible at /OktaRoles: it can only be read.'],
    'and Bulk says so');
is($stored->(), $before, 'nothing has changed');

# Where a user or group is needed, they are refused.
my $group = $t->make(Groups => displayName => 'g');
is_error($t->patch("/Groups/$group", [{ op => 'add', path => 'members', value => [{ value => $id{user} }] }]), 400, 'invalidValue',
    qr/no User or Group/, 'a role is no member');
is($t->request(GET => '/')->{json}{totalResults}, 2, 'a query of the root is about users and groups');
is($t->request(POST => '/.search', { schemas => ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'] })->{json}{totalResults},
    2, 'and so is one by message');

# Users with roles and entitlements as Okta and others send them.
my $user = $t->make(Users => userName => 'r', roles => [{ value => $id{'office-admin'}, display => 'Office administrator' }],
    entitlements => [{ value => 'e1', display => 'E', type => 'License' }]);
is_json([@{ $t->request(GET => "/Users/$user")->{json} }{qw(roles entitlements)}],
    [[{ value => $id{'office-admin'}, display => 'Office administrator' }], [{ value => 'e1', display => 'E', type => 'License' }]],
    'roles and entitlements of a user');

# A custom role and an entitlement, as stored in the database: attributes that one format lacks are not in it.
sql("select fixture.add_role('$t->{tenant}', 'auditor', 'Auditor', 'custom', 0)");
is_json(found('/Roles?filter=type%20eq%20%22custom%22'), ['auditor'], "a role of the tenant's own");
my $entitlement = sql("insert into scim.resource (tenant, id, type, doc) values ('$t->{tenant}', scim.new_id(now()), 'Entitlement',
    '{\"value\": \"seat\", \"display\": \"Seat\", \"displayName\": \"Seat\", \"type\": \"License\"}') returning id");
is_reply($t->request(GET => '/Entitlements'), 200, listing(1, 1, $t->resource(Entitlements =>
    'urn:ietf:params:scim:schemas:core:2.0:Entitlement', 'Entitlement', { value => 'seat', display => 'Seat', type => 'License' },
    $entitlement, 1)), 'an entitlement');
is_reply($t->request(GET => "/OktaEntitlements/$entitlement"), 200, $t->resource(OktaEntitlements =>
    'urn:okta:scim:schemas:core:1.0:Entitlement', 'OktaEntitlement', { displayName => 'Seat', type => 'License' }, $entitlement, 1),
    'an entitlement, for Okta');

# Each tenant has its own.
my $other = ScimTest->new('roles-other');
is_error($other->request(GET => "/Roles/$id{user}"), 404, undef, undef, "another tenant's role");
is($other->request(GET => '/Roles')->{json}{totalResults}, 5, 'the other tenant has the built-in ones');
is(sql("select count(*) from scim.resource where tenant = '$other->{tenant}' and type = 'Role'"), 5, 'and rows of its own');

done_testing;
