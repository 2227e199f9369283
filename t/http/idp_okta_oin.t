# Okta, an application from its integration network: PATCH for activation and passwords, PUT for the rest, PATCH for
# groups.
use strict;
use warnings;
use Test::More;
use ScimTest;

my $t = ScimTest->new('okta-oin');
scimctl(qw(role add role-1 --tenant), $t->tenant);
my @read = ('User-Agent' => 'Okta SCIM Client 1.0.0', Accept => 'application/scim+json', 'Accept-Charset' => 'utf-8');
my @write = (@read, 'Content-Type' => 'application/scim+json; charset=utf-8');
sub get   { $t->request(GET => $_[0], undef, @read) }
sub send_ { my ($method, $path, $json) = @_; $t->request($method => $path, $json, @write) }
sub patch { send_(PATCH => $_[0], { schemas => [$PATCH], Operations => $_[1] }) }

is_reply(get('/Users?startIndex=1&count=2'), 200, listing(0, 1), 'test of the credentials');
is_reply(get('/Users?filter=userName%20eq%20%22test.user%40okta.local%22&startIndex=1&count=100'), 200, listing(0, 1),
    'match: nobody');

my %user = (userName => 'Test.User@okta.local', name => { givenName => 'Test', familyName => 'User' },
    emails => [{ primary => true, value => 'test.user@okta.local', type => 'work' }], displayName => 'Test User',
    locale => 'en-US', externalId => '00ujl29u0le5T6Aj10h7', active => true);
my %sent = (schemas => [$USER], %user, groups => [], password => '1mz050nq');
my $res = send_(POST => '/Users', \%sent);
is_reply($res, 201, $t->user(\%user, undef, 1), 'create');
my $id = $res->{json}{id};
my $url = "/Users/$id";
is_json($t->row($id)->{doc}, { schemas => [$USER], %user }, 'stored');
is_error(send_(POST => '/Users', \%sent), 409, 'uniqueness', qr/userName/, 'create again');
is_reply(get($url), 200, $res->{json}, 'GET by id');
is_reply(get('/Users?filter=userName%20eq%20%22TEST.USER%40OKTA.LOCAL%22&startIndex=1&count=100'), 200,
    listing(1, 1, $res->{json}), 'match in another case');
my $first = get('/Users?count=1&startIndex=1')->{json};
is_json([$first->{Resources}[0]{name}{familyName}, $first->{Resources}[0]{active}, $first->{Resources}[0]{emails}[0]{value}],
    ['User', true, 'test.user@okta.local'], 'what the SPEC test looks at');
is_error(get('/Users/010101001010101011001010101011'), 404, undef, qr/\w/, 'SPEC test: nobody');
is($t->request(POST => '/Users', { schemas => [$USER], userName => 'Runscope@okta.local', name => { givenName => 'R',
    familyName => 'S' }, emails => [{ primary => true, value => 'r@okta.local', type => 'work' }], active => true }, @read,
    'Content-Type' => 'application/json')->{status}, 201, 'SPEC test: application/json');

# Deactivation, activation, password, without a path
$res = patch($url, [{ op => 'replace', value => { active => false } }]);
is_reply($res, 200, $t->user({ %user, active => false }, $id, 2), 'deactivate');
is_json($t->row($id)->{doc}{active}, false, 'stored');
is_reply(get($url), 200, $res->{json}, 'it is still there');
$res = send_(POST => '/Users', \%sent);
is_reply($res, 201, $t->user(\%user, $id, 3), 'assigned again by POST: the same account');
is($res->{location}, $t->url . "/Users/$id", 'Location');
is_error(send_(POST => '/Users', \%sent), 409, 'uniqueness', qr/userName/, 'assigned again while it is active');
is_reply(patch($url, [{ op => 'replace', value => { active => false } }]), 200, $t->user({ %user, active => false }, $id, 4), 'deactivate again');
is_reply(patch($url, [{ op => 'replace', value => { active => true } }]), 200, $t->user(\%user, $id, 5), 'activate');
$res = patch($url, [{ op => 'replace', value => { password => 'n3wPassw0rd' } }]);
is_reply($res, 200, $t->user(\%user, $id, 5), 'password');
is(sql("select count(*) from scim.resource where doc::text like '%n3wPassw0rd%'"), 0, 'is not stored');

# The rest by PUT of the whole user
$res = send_(PUT => $url, { %{ get($url)->{json} }, name => { givenName => 'Another', familyName => 'User' },
    groups => [], password => 'x' });
is_reply($res, 200, $t->user({ %user, name => { givenName => 'Another', familyName => 'User' } }, $id, 6), 'PUT');

# Custom attributes are in the extension's object.
$res = send_(PUT => $url, { schemas => [$USER, $ENTERPRISE], %user, id => $id, $ENTERPRISE => { department => 'D' } });
is_reply($res, 200, $t->user({ %user, $ENTERPRISE => { department => 'D' } }, $id, 7), 'PUT with the extension');

# Entitlements and roles
$res = send_(PUT => $url, { schemas => [$USER], %user, roles => [{ value => 'role-1', display => 'First Role' }],
    entitlements => [{ value => 'e1', display => 'E', type => 'License' }] });
is_json([@{ $t->row($id)->{doc} }{qw(roles entitlements)}], [[{ value => 'role-1', display => 'First Role' }],
    [{ value => 'e1', display => 'E', type => 'License' }]], 'roles and entitlements are stored');

# Group push
is_reply(get('/Groups?filter=displayName%20eq%20%22Test%20SCIMv2%22&startIndex=1&count=100'), 200, listing(0, 1),
    'no such group');
$res = send_(POST => '/Groups', { schemas => [$GROUP], displayName => 'Test SCIMv2', members => [] });
is($res->{status}, 201, 'create the group') or diag $res->{body};
my $g = $res->{json}{id};
is_reply(get("/Groups/$g"), 200, $t->group({ displayName => 'Test SCIMv2', members => [] }, $g, 1), 'GET');
is_empty(patch("/Groups/$g", [{ op => 'replace', value => { id => $g, displayName => 'Test SCIMv2' } }]), 204,
    'the name it has, with its id');
is($t->row($g)->{version}, 1, 'is no change');
is_empty(patch("/Groups/$g", [{ op => 'replace', value => { id => $g, displayName => 'Renamed' } },
    { op => 'add', path => 'members', value => [{ value => $id, display => 'test.user@okta.local' }] }]), 204,
    'rename and add a member');
is_json([$t->row($g)->{doc}{displayName}, $t->stored_members($g)], ['Renamed', [$id]], 'stored');
my $second = $t->make(Users => userName => 'second');
my @both = sort $id, $second;
is_empty(patch("/Groups/$g", [{ op => 'replace', path => 'members', value => [map { { value => $_, display => 'x' } } @both] }]),
    204, 'replace the members');
is_json($t->stored_members($g), \@both, 'stored');
is_empty(patch("/Groups/$g", [{ op => 'remove', path => "members[value eq \"$second\"]" },
    { op => 'add', path => 'members', value => [{ value => $id, display => 'x' }] }]), 204, 'remove one, add one again');
is_json($t->stored_members($g), [$id], 'stored');
is(scalar(@{ get($url)->{json}{groups} }), 1, "the user's groups");
is_empty(send_(DELETE => "/Groups/$g"), 204, 'delete the group');
is_error(get("/Groups/$g"), 404, undef, undef, 'gone');

# Import: pages of integers in a stable order
$t->make(Users => userName => "import$_") for 1 .. 7;
my (@seen, $start);
for ($start = 1; ; $start += 4) {
    my $page = get("/Users?startIndex=$start&count=4")->{json};
    is_json([@$page{qw(totalResults startIndex itemsPerPage)}], [10, $start + 0, 0 + @{ $page->{Resources} }],
        "import from $start");
    push @seen, map { $_->{id} } @{ $page->{Resources} };
    last if $start + 4 > $page->{totalResults};
}
is_json(\@seen, [sort @seen], 'the order is that of creation');
is(scalar(keys %{ { map { $_ => 1 } @seen } }), 10, 'everybody once');

done_testing;
