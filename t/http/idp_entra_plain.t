# Microsoft Entra ID without the flag aadOptscim062020: the first synchronisation, and the life of a user and a group.
use strict;
use warnings;
use Test::More;
use ScimTest;

my $t = ScimTest->new('entra');
scimctl(qw(role add), $_, '--tenant', $t->tenant) for qw(25 Admin A B);
my $ADSCIM = 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group';

sub found {
    my ($path, $name, @resources) = @_;
    is_reply($t->request(GET => $path), 200, listing(scalar @resources, 1, @resources), $name);
}
sub get { $t->request(GET => $_[0])->{json} }

# Test Connection: for every matching attribute nobody is found, and the answer is not 404.
my $guid = '0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef';
found('/Users?filter=userName+eq+%2251a3b8a4-2d5c-4a80-95b2-b10ad7c84b62%22', 'Test Connection by userName');
found("/Users?filter=externalId+eq+%22$guid%22", 'by externalId');
found('/Users?filter=externalId+eq+jyoung', 'by externalId, unquoted');
found('/Users?filter=emails%5Btype+eq+%22work%22%5D.value+eq+%22x%40contoso.com%22', 'by e-mail');
found('/Groups?excludedAttributes=members&filter=displayName+eq+%2251a3b8a4%22', 'a group by displayName');
found("/Groups?filter=externalId+eq+%22$guid%22", 'a group by externalId');

# Create
my %user = (externalId => $guid, userName => 'Test_User_dfeef4c5@contoso.com', active => true,
    emails => [{ primary => true, type => 'work', value => 'Test_User_fd0ea19b@contoso.com' }],
    name => { formatted => 'givenName familyName', familyName => 'familyName', givenName => 'givenName' });
my $res = $t->request(POST => '/Users', { schemas => [$USER, $ENTERPRISE], %user, meta => { resourceType => 'User' },
    roles => [] });
my %is = (%user, displayName => 'givenName familyName');
is_reply($res, 201, $t->user(\%is, undef, 1), 'create');
my $id = $res->{json}{id};
my $url = "/Users/$id";
is($res->{location}, $t->url . $url, 'Location');
is_json($t->row($id)->{doc}, { schemas => [$USER], %is }, 'stored');
found('/Users?filter=userName+eq+%22Test_User_dfeef4c5%40contoso.com%22', 'found', $res->{json});
found('/Users?filter=userName+eq+%22TEST_USER_DFEEF4C5%40CONTOSO.COM%22', 'found in another case', $res->{json});
found("/Users?filter=externalId+eq+%22$guid%22", 'found by externalId', $res->{json});
found('/Users?filter=emails%5Btype+eq+%22work%22%5D.value+eq+%22Test_User_fd0ea19b%40contoso.com%22', 'found by e-mail',
    $res->{json});
is_reply($t->request(GET => $url), 200, $res->{json}, 'GET by id');
is_error($t->request(POST => '/Users', { schemas => [$USER, $ENTERPRISE], %user }), 409, 'uniqueness', qr/userName/,
    'create again');
is_error($t->request(GET => '/Users/5171a35d82074e068ce2'), 404, undef, undef, 'GET of nobody');

# With nulls, the wrong URN, a manager without an object, and an extension that is not listed
my $boss = $id;
$res = $t->request(POST => '/Users', {
    schemas => [$USER, 'urn:ietf:params:scim:schemas:extension:enterprise:2.0User'], externalId => 'jyoung',
    userName => 'jyoung@contoso.com', displayName => 'Joy Young', active => true, addresses => undef,
    phoneNumbers => undef, title => undef, $ENTERPRISE => { manager => $boss, department => undef } });
is($res->{status}, 201, 'create with the slips of the documentation') or diag $res->{body};
my $second = $res->{json}{id};
is($t->row($second)->{doc}{$ENTERPRISE}{manager}{value}, $boss, 'the manager is stored');
is_json($t->row($second)->{doc}{schemas}, [$USER, $ENTERPRISE], 'the schemas are what they are');
is($t->request(GET => "/Users?filter=externalId+eq+jyoung")->{json}{totalResults}, 1, 'the unquoted filter finds it');

# Updates
my $version = 1;
sub updates {
    my ($name, $operations, %change) = @_;
    my $res = $t->patch($url, $operations);
    %is = (%is, %change);
    $version++ if %change;
    my $body = $t->user(\%is, $id, $version);
    is_reply($res, 200, $body, $name);
    is_json($t->row($id)->{doc}, { %is, schemas => $body->{schemas} }, "$name: stored");
}
updates('disable', [{ op => 'Replace', path => 'active', value => 'False' }], active => false);
is_json(get($url)->{active}, false, 'a disabled user is still there');
is($t->request(GET => '/Users?filter=userName+eq+%22Test_User_dfeef4c5%40contoso.com%22')->{json}{totalResults}, 1,
    'and found');
updates('disable again', [{ op => 'Replace', path => 'active', value => 'False' }]);
updates('enable', [{ op => 'Replace', path => 'active', value => 'True' }], active => true);
updates('several attributes', [
    { op => 'Replace', path => 'displayName', value => 'Pvlo' },
    { op => 'Replace', path => 'emails[type eq "work"].value', value => 'updatedEmail@test.microsoft.com' },
    { op => 'Replace', path => 'name.givenName', value => 'Gtfd' },
    { op => 'Replace', path => "$ENTERPRISE:employeeNumber", value => 'Eqpj' } ],
    displayName => 'Pvlo', emails => [{ primary => true, type => 'work', value => 'updatedEmail@test.microsoft.com' }],
    name => { %{ $user{name} }, givenName => 'Gtfd' }, $ENTERPRISE => { employeeNumber => 'Eqpj' });
updates('userName', [{ op => 'Replace', path => 'userName', value => '5b50642d-79fc-4410-9e90-4c077cdd1a59@testuser.com' }],
    userName => '5b50642d-79fc-4410-9e90-4c077cdd1a59@testuser.com');
updates('what is not there yet', [
    { op => 'Add', path => 'emails[type eq "other"].Value', value => 'other@x.com' },
    { op => 'Add', path => 'phoneNumbers[type eq "mobile"].value', value => '+41 (0)79 123-45 67' },
    { op => 'Add', path => 'addresses[type eq "other"].Formatted', value => "Street 1\nTown" },
    { op => 'Add', path => 'addresses[type eq "work"].country', value => 'CH' },
    { op => 'Add', path => 'addresses[type eq "work"].postalCode', value => '8000' },
    { op => 'Add', path => 'nickName', value => 'N' } ],
    emails => [@{ $is{emails} }, { type => 'other', value => 'other@x.com' }],
    phoneNumbers => [{ type => 'mobile', value => '+41 (0)79 123-45 67' }],
    addresses => [{ type => 'other', formatted => "Street 1\nTown" }, { type => 'work', country => 'CH', postalCode => '8000' }],
    nickName => 'N');
updates('the same again', [{ op => 'Add', path => 'phoneNumbers[type eq "mobile"].value', value => '+41 (0)79 123-45 67' },
    { op => 'Replace', path => 'nickName', value => 'N' }]);
is($t->patch($url, [{ op => 'Remove', path => 'nickName' }])->{status}, 200, 'remove') and delete $is{nickName};
$version = $t->row($id)->{version};
is_json($t->row($id)->{doc}{nickName}, undef, 'it is gone');

# Manager
for my $operation (
    { op => 'Add', path => 'manager', value => [{ '$ref' => "http://localhost/scim/Users/$second", value => $second }] },
    { op => 'Add', path => "$ENTERPRISE:manager", value => $second })
{
    $res = $t->patch($url, [$operation]);
    is($res->{status}, 200, 'manager: ' . $operation->{path}) or diag $res->{body};
    is($t->row($id)->{doc}{$ENTERPRISE}{manager}{value}, $second, 'is stored');
    is($res->{json}{$ENTERPRISE}{manager}{value}, $second, 'is answered');
}
is($t->row($id)->{doc}{$ENTERPRISE}{employeeNumber}, 'Eqpj', 'the rest of the extension stays');
is($t->request(GET => "/Users?filter=id+eq+%22$id%22+and+manager+eq+%22$second%22")->{json}{totalResults}, 1,
    'asked for id and manager');
is($t->request(GET => "/Users?filter=id+eq+%22$id%22+and+manager+eq+%22$id%22")->{json}{totalResults}, 0,
    'and another manager');
$res = $t->patch($url, [{ op => 'Remove', path => 'manager' }]);
is($res->{status}, 200, 'remove the manager');
ok(!exists $t->row($id)->{doc}{$ENTERPRISE}{manager}, 'it is gone');
$version = $t->row($id)->{version};
$is{$ENTERPRISE} = { employeeNumber => 'Eqpj' };

# Roles
updates('roles, JSON in a string', [{ op => 'Add', path => 'roles', value => [{ value =>
    '{"id":"06b07648-ecfe-589f-9d2f-6325724a46ee","value":"25","displayName":"Role1234"}' }] }],
    roles => [{ value => '25', display => 'Role1234' }]);
updates('roles, one more', [{ op => 'Add', path => 'roles', value => [{ primary => false,
    type => 'WindowsAzureActiveDirectoryRole', value => 'Admin', display => 'Admin' }] }],
    roles => [@{ $is{roles} }, { primary => false, type => 'WindowsAzureActiveDirectoryRole', value => 'Admin',
        display => 'Admin' }]);
$res = $t->request(POST => '/Users', { schemas => [$USER, $ENTERPRISE], userName => 'role@contoso.com', displayName => 'R',
    active => true, roles => [{ primary => true, type => 'WindowsAzureActiveDirectoryRole', value => 'Admin' }] });
is_json($res->{json}{roles}, [{ primary => true, type => 'WindowsAzureActiveDirectoryRole', value => 'Admin' }],
    'SingleAppRoleAssignment');
my $roled = $res->{json}{id};
$res = $t->patch("/Users/$roled", [{ op => 'Replace', path => 'roles[primary eq "True"].value', value => 'User' },
    { op => 'Replace', path => 'roles[primary eq "True"].display', value => 'A user' },
    { op => 'Replace', path => 'roles[primary eq "True"].type', value => 'App' }]);
is_json($res->{json}{roles}, [{ primary => true, type => 'App', value => 'User', display => 'A user' }],
    'roles[primary eq "True"]');

$res = $t->patch("/Users/$roled", [{ op => 'Replace', path => 'roles', value => [
    map { { primary => false, type => 'WindowsAzureActiveDirectoryRole', value => $_, display => $_ } } qw(A B)] }]);
is_json($t->row($roled)->{doc}{roles}, [map { { primary => false, type => 'WindowsAzureActiveDirectoryRole', value => $_,
    display => $_ } } qw(A B)], 'AssertiveAppRoleAssignmentsComplex replaces');
is_json($res->{json}{roles}, $t->row($roled)->{doc}{roles}, 'and is answered');

# An extension that is used but not listed, and several operations on one attribute
$res = $t->request(POST => '/Users', { schemas => [$USER], userName => 'ext@contoso.com', displayName => 'E', active => true,
    $ENTERPRISE => { department => 'D' } });
is_reply($res, 201, $t->user({ userName => 'ext@contoso.com', displayName => 'E', active => true,
    $ENTERPRISE => { department => 'D' } }, undef, 1), 'an extension that is not listed');
$res = $t->patch("/Users/$res->{json}{id}", [map { { op => $_->[0], path => 'displayName', value => $_->[1] } }
    ['Replace', 'one'], ['Add', 'two'], ['Replace', 'three']]);
is_json([@{ $t->row($res->{json}{id}) }{qw(version)}, $res->{json}{displayName}], [2, 'three'],
    'several operations on one attribute: the last one stays');

# Groups
my %group = (externalId => '8aa1a0c0-c4c3-4bc0-b4a5-2ef676900159', displayName => 'displayName');
$res = $t->request(POST => '/Groups', { schemas => [$GROUP, $ADSCIM], %group, meta => { resourceType => 'Group' } });
is_reply($res, 201, $t->group(\%group, undef, 1), 'create a group');
my $g = $res->{json}{id};
is_json($t->row($g)->{doc}, { schemas => [$GROUP], %group }, 'stored');
is_error($t->request(POST => '/Groups', { schemas => [$GROUP, $ADSCIM], displayName => 'DISPLAYNAME' }), 409, 'uniqueness',
    qr/displayName/, 'create it again');
is_reply($t->request(GET => "/Groups/$g?excludedAttributes=members"), 200, $res->{json}, 'GET without members');
found('/Groups?excludedAttributes=members&filter=displayName+eq+%22displayName%22', 'found', $res->{json});
my @ids = sort $id, $second;
my $add = sub { [map { { op => 'Add', path => 'members', value => [{ '$ref' => undef, value => $_ }] } } @_] };
is_empty($t->patch("/Groups/$g", $add->($id)), 204, 'add a member');
is_json($t->stored_members($g), [$id], 'stored');
is_empty($t->patch("/Groups/$g", [{ op => 'Add', path => 'members', value => [map { { '$ref' => undef, value => $_ } } @ids] }]),
    204, 'add several, one again');
is_json($t->stored_members($g), \@ids, 'stored');
my $meta = get("/Groups/$g?excludedAttributes=members")->{meta};
is_empty($t->patch("/Groups/$g", $add->(@ids)), 204, 'redundant adds of every member');
is_json(get("/Groups/$g?excludedAttributes=members")->{meta}, $meta, 'keep version and lastModified');
is_json(get("/Groups/$g?excludedAttributes=members")->{members}, undef, 'no members when they are excluded');
is_empty($t->patch("/Groups/$g", [{ op => 'Remove', path => 'members', value => [{ '$ref' => undef, value => $id }] }]), 204,
    'remove a member');
is_json($t->stored_members($g), [$second], 'stored');
is_empty($t->patch("/Groups/$g", [{ op => 'Remove', path => 'members', value => [{ '$ref' => undef, value => $id }] }]), 204,
    'remove it again');
is_error($t->patch("/Groups/$g", $add->('f648f8d5ea4e4cd38e9c')), 400, 'invalidValue', qr/f648f8d5ea4e4cd38e9c/,
    'add nobody');
is_empty($t->patch("/Groups/$g", [{ op => 'Replace', path => 'displayName', value => '1879db59-3bdf-4490-ad68-ab880a269474' }]),
    204, 'rename');
is($t->row($g)->{doc}{displayName}, '1879db59-3bdf-4490-ad68-ab880a269474', 'stored');

# Hard-deleted
is_empty($t->request(DELETE => $url), 204, 'delete the user');
is_error($t->request(GET => $url), 404, undef, undef, 'gone');
is_error($t->request(DELETE => $url), 404, undef, undef, 'twice');
is_json($t->row($id)->{doc}{active}, false, 'the row is kept, inactive');
is_empty($t->request(DELETE => "/Groups/$g"), 204, 'delete the group');
is_error($t->request(GET => "/Groups/$g?excludedAttributes=members"), 404, undef, undef, 'gone');
found('/Groups?excludedAttributes=members&filter=displayName+eq+%221879db59-3bdf-4490-ad68-ab880a269474%22', 'not found');

done_testing;
