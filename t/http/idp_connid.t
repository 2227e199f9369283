# The ConnId SCIM bundle, which Apache Syncope and midPoint use: names with a dot after the URN, all removed members in
# one path, {"value": ..} for a group's name, and its use of ServiceProviderConfig. Its errors are answered with the
# setting to change.
use strict;
use warnings;
use Test::More;
use ScimTest;

my $t = ScimTest->new('connid');
is_json($t->request(GET => '/ServiceProviderConfig')->{json}{patch}, { supported => true }, 'it asks whether PATCH is possible');
is($t->request(GET => '/Users?startIndex=1&count=1')->{status}, 200, 'its test');

my %user = (userName => 'ann', displayName => 'Ann', active => true, name => { familyName => 'N', givenName => 'Ann' }, emails => [{ value => 'ann@x.example', type => 'work', primary => true }]);
my $res = $t->request(POST => '/Users', { schemas => [$USER, $ENTERPRISE], %user, groups => [], entitlements => [], photos => [], $ENTERPRISE => { employeeNumber => '7' } });
is_reply($res, 201, $t->user({ %user, $ENTERPRISE => { employeeNumber => '7' } }, undef, 1), 'create');
my $id = $res->{json}{id};
is_json([map { $_->{id} } @{ $t->request(GET => '/Users?filter=userName%20eq%20%22ann%22&startIndex=1&count=100')->{json}{Resources} }], [$id], 'match');

# Attributes of the extension, with a dot unless "use colon on extension attributes" is set
for (['.', '8'], [':', '9']) {
    my ($sign, $number) = @$_;
    $res = $t->patch("/Users/$id", [{ op => 'replace', path => "$ENTERPRISE${sign}employeeNumber", value => $number }, { op => 'add', path => "$ENTERPRISE${sign}manager", value => { value => $id, displayName => 'Ann' } }]);
    is_json($res->{json}{$ENTERPRISE}, { employeeNumber => $number, manager => { value => $id } }, "'$sign' behind the URN") or diag $res->{body};
}
$res = $t->patch("/Users/$id", [{ op => 'replace', path => 'displayName', value => 'Ann M' }, { op => 'replace', path => 'name.familyName', value => 'M' }, { op => 'replace', path => 'active', value => true },
    { op => 'add', path => 'emails', value => [{ value => 'ann@home.example', type => 'home' }, { value => 'a2@home.example', type => 'home' }] }, { op => 'replace', path => 'password', value => 'x' }]);
is_json([@{ $res->{json} }{qw(displayName)}, scalar @{ $res->{json}{emails} }], ['Ann M', 3], 'update');
$res = $t->patch("/Users/$id", [{ op => 'remove', path => 'emails[type eq "home" and value eq "ann@home.example" or value eq "a2@home.example"]' }]);
is_json($res->{json}{emails}, $user{emails}, 'remove values by one path');

# Groups: members by PATCH, with 200 removals in one path
my @members = map { $t->make(Users => userName => "m$_") } 1 .. 210;
$res = $t->request(POST => '/Groups', { schemas => [$GROUP], displayName => 'Team', members => [] });
my $group = $res->{json}{id};
is($res->{status}, 201, 'create a group');
is_empty($t->patch("/Groups/$group", [{ op => 'add', path => 'members', value => [map { { value => $_, '$ref' => $t->url . "/Users/$_", display => 'x' } } @members] }]), 204, 'add');
is_empty($t->patch("/Groups/$group", [{ op => 'remove', path => 'members[' . join(' or ', map { "value eq \"$_\"" } @members[0 .. 199]) . ']' }]), 204, 'remove 200 in one path');
is_json($t->stored_members($group), [sort @members[200 .. 209]], 'the others stay');
is_empty($t->patch("/Groups/$group", [{ op => 'replace', path => 'displayName', value => { value => 'Crew' } }]), 204, 'rename by an object');
is($t->row($group)->{doc}{displayName}, 'Crew', 'renamed');
is_empty($t->patch("/Groups/$group", [{ op => 'replace', value => { id => $group, displayName => 'Crew 2', schemas => [$GROUP], meta => { resourceType => 'Group' } } }]), 204, 'update of the whole group');
is_empty($t->patch("/Groups/$group", [{ op => 'remove', path => 'members', value => [{ value => $members[200] }] }]), 204, 'without "enable member removal by path"');
is_json($t->stored_members($group), [sort @members[201 .. 209]], 'removed');

# Its errors: groups written at the user, and a resource sent by PATCH
is_error($t->patch("/Users/$id", [{ op => 'add', path => 'groups', value => [{ value => $group }] }]), 400, 'mutability', qr/groups/, 'memberships at the user: set "Update Groups Method" to PATCH');
is_error($t->request(PATCH => "/Users/$id", { schemas => [$USER], %user }), 400, 'invalidSyntax', qr/choose PUT as the client's method for updates/, 'a user sent by PATCH: set "Update Users Method" to PUT');
is_reply($t->request(PUT => "/Users/$id", { schemas => [$USER], %user, id => $id }), 200, $t->user(\%user, $id), 'which works');
is_empty($t->request(DELETE => "/Users/$id"), 204, 'delete');

done_testing;
