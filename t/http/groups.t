# Groups and their members: RFC 7643 4.2, RFC 7644 3.5.2, PRODUCT rows E5, G2, G4.
use strict;
use warnings;
use utf8;
use Test::More;
use ScimTest;

my $t = ScimTest->new('groups');
my @u = sort map { $t->make(Users => userName => "user$_", displayName => "User $_") } 0 .. 4;
my %name = map { my $r = $t->request(GET => "/Users/$_")->{json}; ($_ => $r->{displayName}) } @u;
my $none = '018f0000-0000-7000-8000-000000000000';

sub member { return { value => $_[0], '$ref' => $t->url . "/Users/$_[0]", type => 'User', display => $name{ $_[0] } } }
sub members_of { $t->request(GET => "/Groups/$_[0]")->{json}{members} }
my $version;
sub version_of { $t->row($_[0])->{version} }

# POST
my $res = $t->request(POST => '/Groups', { schemas => [$GROUP], displayName => 'Tour Guides', externalId => 'g1',
    members => [map { { value => $_ } } @u[1, 0]] });
is_reply($res, 201, $t->group({ displayName => 'Tour Guides', externalId => 'g1',
    members => [member($u[0]), member($u[1])] }, undef, 1), 'create with two members');
my $g = $res->{json}{id};
my $url = "/Groups/$g";
is($res->{location}, $t->url . $url, 'Location');
is($res->{etag}, 'W/"1"', 'ETag');
is_json($t->row($g)->{doc}, { schemas => [$GROUP], displayName => 'Tour Guides', externalId => 'g1' },
    'the stored document holds no members');
is_json($t->stored_members($g), [@u[0, 1]], 'they are rows');
is_reply($t->request(GET => $url), 200, $res->{json}, 'read again');
for my $same ('Tour Guides', 'TOUR GUIDES') {
    is_error($t->request(POST => '/Groups', { schemas => [$GROUP], displayName => $same }), 409, 'uniqueness',
        qr/displayName/, "409 for $same");
}
is_error($t->request(POST => '/Groups', { schemas => [$GROUP] }), 400, 'invalidValue', qr/displayName/,
    'displayName is required');
$res = $t->request(POST => '/Groups', { schemas => [$GROUP], displayName => 'Empty', members => [] });
is_reply($res, 201, $t->group({ displayName => 'Empty' }, undef, 1), 'create without members');
my $empty = $res->{json}{id};
is_reply($t->request(GET => "/Groups/$empty"), 200, $t->group({ displayName => 'Empty', members => [] }, $empty, 1),
    'GET of one group shows that it has none');
ok(!exists $t->request(GET => "/Groups/$empty?$_")->{json}{members}, "not with $_") for 'excludedAttributes=members', 'attributes=displayName';
is_json($t->request(GET => "/Groups/$empty?$_")->{json}{members}, [], "with $_") for 'attributes=members', 'excludedAttributes=displayName', 'attributes=members.value', 'attributes=displayName,members.display',
    'excludedAttributes=members.display';
ok(!exists $_->{members}, 'lists leave them out') for @{ $t->request(GET => '/Groups?filter=displayName%20eq%20%22Empty%22')->{json}{Resources} };

$res = $t->patch('/Groups/' . uc $empty, [{ op => 'add', path => 'externalId', value => 'e' }]);
is_empty($res, 204, 'a change without a body');
is($res->{location}, $t->url . "/Groups/$empty", 'tells the place all the same');

# G4: an unknown member is refused with its value, and nothing is stored.
for my $value ($none, 'nobody@example.com', 'a"b') {
    is_error($t->request(POST => '/Groups', { schemas => [$GROUP], displayName => 'Refused',
        members => [{ value => $u[0] }, { value => $value }] }), 400, 'invalidValue', qr/\Q$value/, "no member $value");
    is_error($t->patch($url, [{ op => 'add', path => 'members', value => [{ value => $u[2] }, { value => $value }] }]),
        400, 'invalidValue', qr/\Q$value/, "PATCH: no member $value");
    is_error($t->request(PUT => $url, { schemas => [$GROUP], displayName => 'Tour Guides',
        members => [{ value => $value }] }), 400, 'invalidValue', qr/\Q$value/, "PUT: no member $value");
}
is(sql("select count(*) from scim.resource where tenant = '$t->{tenant}' and doc->>'displayName' = 'Refused'"), 0,
    'no group was stored');
is_json($t->stored_members($g), [@u[0, 1]], 'no member was added');
is(version_of($g), 1, 'nor the version changed');
is_error($t->patch($url, [{ op => 'add', path => 'members', value => [{ display => 'no value' }] }]), 400,
    'invalidValue', qr/value/, 'a member without value');
is_error($t->patch($url, [{ op => 'add', path => 'members', value => [{ value => 5 }] }]), 400, 'invalidValue', undef,
    'a member whose value is a number');

# add
my $before = $t->request(GET => $url)->{json}{meta};
is_empty($t->patch($url, [{ op => 'add', path => 'members', value => [{ value => $u[0] }] }]), 204,
    'adding a member again');
is_json($t->request(GET => $url)->{json}{meta}, $before, 'keeps version and lastModified');
is_empty($t->patch($url, [{ op => 'add', path => 'members', value => [map { { value => $_ } } @u[0, 2, 3, 3]] }]), 204,
    'adding several, some of them again');
is_json($t->stored_members($g), [@u[0 .. 3]], 'they are there once');
is(version_of($g), 2, 'one new version');
cmp_ok($t->request(GET => $url)->{json}{meta}{lastModified}, 'gt', $before->{lastModified}, 'lastModified has moved');
is_empty($t->patch($url, [{ op => 'add', value => { members => [{ value => $u[4] }] } }]), 204, 'add without a path');
is_empty($t->patch($url, [{ op => 'add', path => 'members', value => { value => $u[4] } }]), 204,
    'one object instead of a list');
is_json($t->stored_members($g), [@u], 'five members');
is_empty($t->patch($url, [{ op => 'add', path => "$GROUP:members", value => [{ value => uc $u[4] }] }]), 204,
    'the path with its URN, the id in capitals');
is(version_of($g), 3, 'is no change');

# remove
is_empty($t->patch($url, [{ op => 'remove', path => "members[value eq \"$none\"]" }]), 204, 'removing a non-member');
is_empty($t->patch($url, [{ op => 'remove', path => 'members[value eq "not an id"]' }]), 204,
    'removing what is no id');
is_empty($t->patch($url, [{ op => 'remove', path => 'members', value => [{ value => $none }] }]), 204,
    'removing a non-member by value');
is(version_of($g), 3, 'is no change');
is_empty($t->patch($url, [{ op => 'remove', path => "members[value eq \"$u[4]\"]" }]), 204, 'remove by value path');
is_empty($t->patch($url, [{ op => 'remove', path => 'members', value => [{ value => $u[3] }] }]), 204,
    'remove with a list of values');
is_json($t->stored_members($g), [@u[0 .. 2]], 'three are left');
is(version_of($g), 5, 'two versions more');
is_empty($t->patch($url, [{ op => 'remove', path => "members[value eq \"$u[0]\" or value eq \"$u[1]\"]" }]), 204,
    'remove two by value path');
is_json($t->stored_members($g), [$u[2]], 'one is left');
is_empty($t->patch($url, [
    { op => 'add', path => 'members', value => [{ value => $u[0] }] },
    { op => 'remove', path => "members[value eq \"$u[2]\"]" },
    { op => 'add', path => 'members', value => [{ value => $u[2] }, { value => $u[1] }] },
    { op => 'remove', path => "members[value eq \"$u[0]\"]" } ]), 204, 'several operations, in order');
is_json($t->stored_members($g), [@u[1, 2]], 'give what they say');
is_error($t->patch($url, [
    { op => 'add', path => 'members', value => [{ value => $u[0] }] },
    { op => 'replace', path => 'displayName', value => '' } ]), 400, 'invalidValue', qr/displayName/, 'a wrong operation');
is_error($t->patch($url, [
    { op => 'add', path => 'members', value => [{ value => $u[0] }] },
    { op => 'replace', path => 'displayName', value => 'EMPTY' } ]), 409, 'uniqueness', qr/displayName/,
    'one operation fails');
is_json($t->stored_members($g), [@u[1, 2]], 'so none is done');

# Other ways to name members
for my $path ("members[value eq \"$u[1]\"].display", 'members.value', "members[value eq \"$u[1]\"]") {
    is_error($t->patch($url, [{ op => 'replace', path => $path, value => 'x' }]), 400, 'mutability', qr/members/,
        "a member is not modified: $path") unless $path =~ /\]$/;
}
$version = version_of($g);
for my $none ({ op => 'add', path => 'members', value => [] }, { op => 'remove', path => 'members', value => [] },
    { op => 'remove', path => 'members[type eq "Group"]' }, { op => 'remove', path => 'members[display eq "Nobody"]' })
{
    is_empty($t->patch($url, [$none]), 204, json($none));
}
is_json([$t->stored_members($g), version_of($g)], [[@u[1, 2]], $version], 'change nothing');
is_empty($t->patch($url, [{ op => 'remove', path => "members[display eq \"$name{$u[1]}\" or value eq \"$u[2]\"]" }]), 204,
    'by display or value');
is_json($t->stored_members($g), [], 'both are gone');

# replace
is_empty($t->patch($url, [{ op => 'replace', path => 'members', value => [map { { value => $_ } } @u[3, 4]] }]), 204,
    'replace the members');
is_json($t->stored_members($g), [@u[3, 4]], 'they are the new ones');
$version = version_of($g);
is_empty($t->patch($url, [{ op => 'replace', path => 'members', value => [map { { value => $_ } } @u[4, 3]] }]), 204,
    'replace them by the same');
is(version_of($g), $version, 'is no change');
is_empty($t->patch($url, [{ op => 'replace', value => { id => $g, displayName => 'Tour Guides 2',
    members => [{ value => $u[0] }] } }]), 204, 'replace without a path');
is_json([$t->stored_members($g), $t->row($g)->{doc}{displayName}], [[$u[0]], 'Tour Guides 2'],
    'both members and name');
for my $all ({ op => 'remove', path => 'members' }, { op => 'replace', path => 'members', value => [] }) {
    is_empty($t->patch($url, [{ op => 'add', path => 'members', value => [{ value => $u[0] }] }]), 204, 'one member');
    is_empty($t->patch($url, [$all]), 204, 'none: ' . json($all));
    is_json($t->stored_members($g), [], 'none is left');
}
is_error($t->patch("/Groups/$none", [{ op => 'add', path => 'members', value => [{ value => $u[0] }] }]), 404, undef,
    qr/\Q$none/, 'PATCH of no group');
is_error($t->patch("/Groups/$none", [{ op => 'add', path => 'members', value => [{}] }]), 400, 'invalidValue', undef,
    'a wrong PATCH of no group');
is_error($t->patch($url, [{ op => 'remove', path => 'displayName' }]), 400, 'mutability', qr/displayName/,
    'removing the required name');
$res = $t->patch("$url?attributes=members", [{ op => 'add', path => 'members', value => [{ value => $u[0] }] }]);
is_reply($res, 200, { schemas => [$GROUP], id => $g, members => [member($u[0])] }, 'PATCH that asks for attributes');
$res = $t->patch("$url?excludedAttributes=members", [{ op => 'replace', path => 'displayName', value => 'TG' }]);
is($res->{status}, 200, 'PATCH that excludes attributes');
ok(!exists $res->{json}{members}, 'has no members');

# PUT
$res = $t->request(PUT => $url, { schemas => [$GROUP], displayName => 'Put', members => [map { { value => $_ } } @u[1, 2]] });
is_reply($res, 200, $t->group({ displayName => 'Put', members => [map { member($_) } @u[1, 2]] }, $g), 'PUT');
is_json($t->stored_members($g), [@u[1, 2]], 'replaces the members');
ok(!exists $t->row($g)->{doc}{externalId}, 'and clears externalId');
$res = $t->request(PUT => $url, { schemas => [$GROUP], displayName => 'Put', members => [] });
is_reply($res, 200, $t->group({ displayName => 'Put', members => [] }, $g), 'PUT that empties the group answers []');
is_json($t->stored_members($g), [], 'no members');
$t->patch($url, [{ op => 'add', path => 'members', value => [{ value => $u[0] }] }]);
$res = $t->request(PUT => $url, { schemas => [$GROUP], displayName => 'Put' });
is_reply($res, 200, $t->group({ displayName => 'Put', members => [] }, $g), 'PUT without members empties it');
is_json($t->stored_members($g), [], 'no members');
is_error($t->request(PUT => $url, { schemas => [$GROUP], displayName => 'eMPTY' }), 409, 'uniqueness', qr/displayName/,
    "PUT of another group's name");

# Nested groups, and the groups of a user
my $outer = $t->request(POST => '/Groups', { schemas => [$GROUP], displayName => 'Outer',
    members => [{ value => $g, type => 'Group' }, { value => $u[3] }] });
my $nested = { value => $g, '$ref' => $t->url . $url, type => 'Group', display => 'Put' };
is_json($outer->{json}{members}, [sort { $a->{value} cmp $b->{value} } $nested, member($u[3])],
    'a group as a member');
my $o = $outer->{json}{id};
is_empty($t->patch($url, [{ op => 'add', path => 'members', value => [{ value => $u[0] }] }]), 204, 'a member inside');
sub groups_of { $t->request(GET => "/Users/$_[0]")->{json}{groups} }
sub group_ref { return { value => $_[0], '$ref' => $t->url . "/Groups/$_[0]", display => $_[1], type => $_[2] } }
is_json(groups_of($u[0]), [sort { $a->{value} cmp $b->{value} } group_ref($g, 'Put', 'direct'),
    group_ref($o, 'Outer', 'indirect')], "a user's groups, direct and indirect");
is_json(groups_of($u[3]), [group_ref($o, 'Outer', 'direct')], 'a direct one');
is_json(groups_of($u[4]), undef, 'none');
is_json($t->request(GET => '/Users?filter=userName%20eq%20%22user0%22')->{json}{Resources}[0]{groups},
    groups_of((grep { $name{$_} eq 'User 0' } @u)[0]), 'groups in a list');
$res = $t->request(GET => "/Users/$u[0]?attributes=groups");
is_reply($res, 200, { schemas => [$USER], id => $u[0], groups => groups_of($u[0]) }, 'groups alone');
ok(!exists $t->request(GET => "/Users/$u[0]?excludedAttributes=groups")->{json}{groups}, 'groups excluded');
my $user = $t->request(GET => "/Users/$u[0]")->{json};
is($t->request(PUT => "/Users/$u[0]", { %$user, groups => [] })->{status}, 200, 'groups are readOnly');
is_json($t->stored_members($g), [$u[0]], 'PUT of a user does not change them');
is_error($t->patch("/Users/$u[0]", [{ op => 'add', path => 'groups', value => [{ value => $o }] }]), 400, 'mutability',
    qr/groups/, 'nor does PATCH');
is_empty($t->patch("/Groups/$g", [{ op => 'add', path => 'members', value => [{ value => $o }] }]), 204, 'a circle');
is_json([map { $_->{value} } @{ groups_of($u[0]) }], [sort $g, $o], 'is borne, and each group is told once');
is_json([map { $_->{value} } @{ groups_of($u[3]) }], [sort $g, $o], 'from both ends');
$t->patch("/Groups/$g", [{ op => 'remove', path => "members[value eq \"$o\"]" }]);
is_error($t->patch("/Groups/$g", [{ op => 'add', path => 'members', value => [{ value => $g }] }]), 400, 'invalidValue',
    qr/itself/, 'a group in itself');

# Without members, lists and filters
$res = $t->request(GET => "$url?excludedAttributes=members");
is_reply($res, 200, $t->group({ displayName => 'Put' }, $g), 'without members');
$res = $t->request(GET => '/Groups?excludedAttributes=members&filter=displayName%20eq%20%22put%22');
is_reply($res, 200, listing(1, 1, $t->group({ displayName => 'Put' }, $g)), 'found by name, without members');
is_json($t->request(GET => '/Groups?filter=displayName%20eq%20%22PUT%22')->{json}{Resources}[0]{members},
    [member($u[0])], 'found by name, with members');
is($t->request(GET => '/Groups')->{json}{totalResults}, 3, 'all groups');

# A new name appears in the users' groups.
$t->patch($url, [{ op => 'replace', path => 'displayName', value => 'Renamed' }]);
is((grep { $_->{value} eq $g } @{ groups_of($u[0]) })[0]{display}, 'Renamed', 'a new name shows at once');

# DELETE
my $outer_version = version_of($o);
is_empty($t->request(DELETE => $url), 204, 'DELETE');
is_error($t->request(GET => $url), 404, undef, qr/\Q$g/, 'GET afterwards');
is_error($t->patch($url, [{ op => 'add', path => 'members', value => [{ value => $u[1] }] }]), 404, undef, undef,
    'PATCH afterwards');
is_error($t->request(DELETE => $url), 404, undef, undef, 'DELETE again');
is_json(groups_of($u[0]), undef, 'its members are in no group now');
is_json(members_of($o), [member($u[3])], 'it is no member of the outer group');
is(version_of($o), $outer_version + 1, 'which is a change of the outer group');
is_json($t->row($g)->{deleted}, true, 'the row is kept');
is($t->request(POST => '/Groups', { schemas => [$GROUP], displayName => 'Renamed' })->{status}, 201,
    'its name is free');
is_error($t->patch("/Groups/$o", [{ op => 'add', path => 'members', value => [{ value => $g }] }]), 400,
    'invalidValue', qr/\Q$g/, 'a deleted group is no member');

done_testing;
