# JumpCloud: activation, PUT of whole users with nulls and empty lists, PATCH with one path for each operation.
use strict;
use warnings;
use Test::More;
use ScimTest;

my $t = ScimTest->new('jumpcloud');

# Activation: both lists exist and are empty.
for my $list ('/Users', '/Users?startIndex=1&count=100', '/Groups', '/Groups?startIndex=1&count=100') {
    is_reply($t->request(GET => $list), 200, listing(0, 1), "activation: $list");
}
is_reply($t->request(GET => '/Users?filter=userName%20eq%20%22ann%40x.example%22'), 200, listing(0, 1), 'match: nobody');

my %user = (userName => 'ann@x.example', externalId => '5f0a3c2b9d8e7f6a5b4c3d2e', displayName => 'Ann N', active => true,
    name => { familyName => 'N', givenName => 'Ann', formatted => 'Ann N' },
    emails => [{ value => 'ann@x.example', type => 'work', primary => true }],
    phoneNumbers => [{ value => 'tel:+1-555-0100', type => 'work' }],
    photos => [{ value => 'https://photos.example.com/ann.jpg', type => 'photo' }]);
my %none = (addresses => [], nickName => undef, title => '', profileUrl => undef, entitlements => [], roles => undef,
    ims => [], groups => []);
my $res = $t->request(POST => '/Users', { schemas => [$USER, $ENTERPRISE], %user, title => undef, addresses => [],
    $ENTERPRISE => { department => undef, costCenter => undef } });
is_reply($res, 201, $t->user(\%user, undef, 1), 'create');
my $id = $res->{json}{id};
my $url = "/Users/$id";
is($res->{location}, $t->url . $url, 'Location');
is_json($t->row($id)->{doc}, { schemas => [$USER], %user }, 'stored');
is($t->row($id)->{external_id}, '5f0a3c2b9d8e7f6a5b4c3d2e', 'the externalId of 24 digits is stored');
is_reply($t->request(GET => '/Users?filter=userName%20eq%20%22ann%40x.example%22'), 200, listing(1, 1, $res->{json}), 'found');

# PUT of the whole user
$res = $t->request(PUT => $url, { schemas => [$USER], %user, %none, title => undef, emails => undef, id => $id });
delete $user{emails};
is_reply($res, 200, $t->user(\%user, $id, 2), 'PUT with nulls and empty lists');
is_json($t->row($id)->{doc}, { schemas => [$USER], %user }, 'PUT: stored');
$user{emails} = [{ value => 'ann2@x.example', type => 'work', primary => true }];
$res = $t->request(PUT => $url, { schemas => [$USER, $ENTERPRISE], %user, $ENTERPRISE => { employeeNumber => '1',
    manager => undef } });
is_reply($res, 200, $t->user({ %user, $ENTERPRISE => { employeeNumber => '1' } }, $id, 3), 'PUT with the extension');
$user{$ENTERPRISE} = { employeeNumber => '1' };

# PATCH: one operation for each attribute
my $version = 3;
sub updates {
    my ($name, $operations, %change) = @_;
    my $res = $t->patch($url, $operations);
    %user = (%user, %change);
    my $body = $t->user(\%user, $id, ++$version);
    is_reply($res, 200, $body, $name);
    is_json($t->row($id)->{doc}, { %user, schemas => $body->{schemas} }, "$name: stored");
}
updates('several attributes', [{ op => 'replace', path => 'displayName', value => 'Ann M' },
    { op => 'replace', path => 'name.familyName', value => 'M' }, { op => 'add', path => 'title', value => 'Chief' },
    { op => 'replace', path => "$ENTERPRISE:department", value => 'Sales' }],
    displayName => 'Ann M', name => { %{ $user{name} }, familyName => 'M' }, title => 'Chief',
    $ENTERPRISE => { employeeNumber => '1', department => 'Sales' });
updates('a phone number', [{ op => 'replace', path => 'phoneNumbers', value => [{ value => 'tel:+1-555-0199', type => 'mobile' }] }],
    phoneNumbers => [{ value => 'tel:+1-555-0199', type => 'mobile' }]);
updates('suspend', [{ op => 'replace', path => 'active', value => false }], active => false);
updates('resume', [{ op => 'replace', path => 'active', value => true }], active => true);

# Groups
$res = $t->request(POST => '/Groups', { schemas => [$GROUP], displayName => 'Team', externalId => '60aa3c2b9d8e7f6a5b4c3d2e',
    members => undef });
my %group = (displayName => 'Team', externalId => '60aa3c2b9d8e7f6a5b4c3d2e');
is_reply($res, 201, $t->group(\%group, undef, 1), 'create a group');
my $g = $res->{json}{id};
is_reply($t->request(GET => '/Groups?filter=displayName%20eq%20%22Team%22'), 200, listing(1, 1, $res->{json}), 'the group is found');
my $second = $t->make(Users => userName => 'second');
my @both = sort $id, $second;
is_empty($t->patch("/Groups/$g", [map { { op => 'add', path => 'members', value => [{ value => $_ }] } } @both]), 204,
    'add members, one in each operation');
is_json($t->stored_members($g), \@both, 'the members are stored');
is_empty($t->patch("/Groups/$g", [{ op => 'remove', path => 'members', value => [{ value => $id }] }]), 204,
    'remove a member by value');
is_json($t->stored_members($g), [$second], 'only that one is gone');
is_empty($t->patch("/Groups/$g", [{ op => 'replace', path => 'displayName', value => 'Crew' }]), 204, 'rename');
is($t->row($g)->{doc}{displayName}, 'Crew', 'the new name is stored');
$res = $t->request(PUT => "/Groups/$g", { schemas => [$GROUP], %group, id => $g, members => [map { { value => $_ } } @both] });
is($res->{status}, 200, 'PUT of the group') or diag $res->{body};
is_json([$t->row($g)->{doc}, $t->stored_members($g)], [{ schemas => [$GROUP], %group }, \@both], 'PUT of the group: stored');
is_empty($t->request(DELETE => "/Groups/$g"), 204, 'delete the group');
is_empty($t->request(DELETE => $url), 204, 'delete the user');
is_error($t->request(GET => $url), 404, undef, qr/\Q$id/, 'gone');

done_testing;
