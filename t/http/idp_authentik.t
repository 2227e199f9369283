# authentik as client: it reads the whole ServiceProviderConfig, then changes users by PUT and groups by PATCH.
use strict;
use warnings;
use Test::More;
use ScimTest;

my $t = ScimTest->new('authentik');

# If one of these members is missing, it assumes that the server supports neither filters nor PATCH.
my $config = $t->request(GET => '/ServiceProviderConfig')->{json};
is_json({ map { $_ => [sort keys %{ $config->{$_} }] } qw(patch bulk filter changePassword sort etag) },
    { patch => ['supported'], bulk => [qw(maxOperations maxPayloadSize supported)], filter => [qw(maxResults supported)],
    changePassword => ['supported'], sort => ['supported'], etag => ['supported'] }, 'every member of ServiceProviderConfig');
is_json([grep { ref $config->{$_}{supported} ne 'JSON::PP::Boolean' } qw(patch bulk filter changePassword sort etag)], [],
    'supported is a boolean everywhere');
like($config->{bulk}{$_}, qr/^\d+$/, "bulk.$_ is an integer") for qw(maxOperations maxPayloadSize);
like($config->{filter}{maxResults}, qr/^[1-9]\d*$/, 'filter.maxResults is an integer');
is_json([@{ $config->{patch} }{supported}, $config->{filter}{supported}], [true, true], 'PATCH and filters are offered');
is(ref $config->{authenticationSchemes}, 'ARRAY', 'authenticationSchemes is a list');

my %user = (userName => 'ann', externalId => '9a1a5c4e0f3b4f6e8b7f', displayName => 'Ann N', active => true,
    name => { formatted => 'Ann N', familyName => 'N', givenName => 'Ann' },
    emails => [{ value => 'ann@x.example', type => 'other', primary => true }]);
my %sent = (%user, locale => undef, photos => [], phoneNumbers => undef);
my $res = $t->request(POST => '/Users', { schemas => [$USER], %sent });
is_reply($res, 201, $t->user(\%user, undef, 1), 'create');
my $id = $res->{json}{id};
is_json($t->row($id)->{doc}, { schemas => [$USER], %user }, 'stored');

# An existing user is adopted: 409, then found by userName, then PUT.
is_error($t->request(POST => '/Users', { schemas => [$USER], %sent }), 409, 'uniqueness', qr/userName/, 'create again');
my $found = $t->request(GET => '/Users?filter=userName+eq+%22ann%22');
is_reply($found, 200, listing(1, 1, $res->{json}), 'the existing user is found');
$res = $t->request(PUT => "/Users/$found->{json}{Resources}[0]{id}", { schemas => [$USER], id => $id, %sent, title => 'T' });
is_reply($res, 200, $t->user({ %user, title => 'T' }, $id, 2), 'and adopted');
$res = $t->request(PUT => "/Users/$id", { schemas => [$USER], id => $id, %sent, active => false });
is_reply($res, 200, $t->user({ %user, active => false }, $id, 3), 'deactivate');
is_json($t->row($id)->{doc}, { schemas => [$USER], %user, active => false }, 'deactivated: stored');

# Groups
$res = $t->request(POST => '/Groups', { schemas => [$GROUP], displayName => 'Team', externalId => 'b1', members => undef });
is_reply($res, 201, $t->group({ displayName => 'Team', externalId => 'b1' }, undef, 1), 'create a group');
my $g = $res->{json}{id};
is_error($t->request(POST => '/Groups', { schemas => [$GROUP], displayName => 'Team', externalId => 'b1' }), 409, 'uniqueness',
    qr/displayName/, 'create the group again');
is_reply($t->request(GET => '/Groups?filter=displayName+eq+%22Team%22'), 200, listing(1, 1, $res->{json}), 'the group is found');
is_empty($t->patch("/Groups/$g", [{ op => 'replace', path => undef, value => { id => $g, displayName => 'Crew',
    externalId => 'b1' } }]), 204, 'update the group');
is_json($t->row($g)->{doc}, { schemas => [$GROUP], displayName => 'Crew', externalId => 'b1' }, 'updated: stored');
my $second = $t->make(Users => userName => 'second');
my @both = sort $id, $second;
is_empty($t->patch("/Groups/$g", [map { { op => 'add', path => 'members', value => [{ value => $_ }] } } @both]), 204,
    'add members');
is_json($t->stored_members($g), \@both, 'added: stored');
is_json([sort map { $_->{value} } @{ $t->request(GET => "/Groups/$g")->{json}{members} }], \@both, 'it compares the members');
# A full sync compares members only if the group in the answer has a list of them, so an empty group must have an empty
# list.
is_empty($t->patch("/Groups/$g", [{ op => 'remove', path => 'members', value => [map { { value => $_ } } @both] }]), 204, 'all members go');
is_json($t->request(GET => "/Groups/$g")->{json}{members}, [], 'the empty group shows that it has none');
is_empty($t->patch("/Groups/$g", [{ op => 'add', path => 'members', value => [map { { value => $_ } } @both] }]), 204, 'a full sync fills it again');
is_json($t->stored_members($g), \@both, 'filled: stored');
is_empty($t->patch("/Groups/$g", [{ op => 'remove', path => 'members', value => [{ value => $id }] }]), 204, 'remove a member');
is_json($t->stored_members($g), [$second], 'removed: stored');
$res = $t->request(PUT => "/Groups/$g", { schemas => [$GROUP], id => $g, displayName => 'Team', externalId => 'b1',
    members => [{ value => $id, type => undef, display => undef, '$ref' => undef }] });
is($res->{status}, 200, 'PUT of the group') or diag $res->{body};
is_json([$t->row($g)->{doc}{displayName}, $t->stored_members($g)], ['Team', [$id]], 'PUT: stored');
is_empty($t->request(DELETE => "/Groups/$g"), 204, 'delete the group');
is_empty($t->request(DELETE => "/Users/$id"), 204, 'delete the user');
is_error($t->request(DELETE => "/Users/$id"), 404, undef, qr/\Q$id/, 'deleting what is gone');

done_testing;
