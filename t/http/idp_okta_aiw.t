# Okta, an application from its wizard: every change is GET, then PUT of the whole resource.
use strict;
use warnings;
use Test::More;
use ScimTest;

my $t = ScimTest->new('okta-aiw');
my @read = ('User-Agent' => 'Okta SCIM Client 1.0.0', Accept => 'application/scim+json', 'Accept-Charset' => 'utf-8');
my @write = (@read, 'Content-Type' => 'application/scim+json; charset=utf-8');
sub get { $t->request(GET => $_[0], undef, @read) }
sub put { $t->request(PUT => $_[0], $_[1], @write) }

is_reply(get('/Users?startIndex=1&count=2'), 200, listing(0, 1), 'test of the credentials');
is_reply(get('/Users?filter=userName%20eq%20%22aiw%40okta.local%22&startIndex=1&count=100'), 200, listing(0, 1), 'match: nobody');
my %user = (userName => 'aiw@okta.local', name => { givenName => 'A', familyName => 'W' },
    emails => [{ primary => true, value => 'aiw@okta.local', type => 'work' }], displayName => 'A W', locale => 'en-US',
    externalId => '00u1', active => true);
my $res = $t->request(POST => '/Users', { schemas => [$USER], %user, groups => [], password => 'secret' }, @write);
is_reply($res, 201, $t->user(\%user, undef, 1), 'create');
my $id = $res->{json}{id};
my $url = "/Users/$id";

# Every change: GET, then PUT of the answer, including id, meta and groups.
my $version = 1;
sub changes {
    my ($name, %change) = @_;
    my $whole = get($url)->{json};
    my $res = put($url, { %$whole, %change });
    %user = (%user, %change);
    $version++;
    my %answer = (%user, ($whole->{groups} ? (groups => $whole->{groups}) : ()));
    is_reply($res, 200, $t->user(\%answer, $id, $version), $name);
    is_json($t->row($id)->{doc}, { schemas => [$USER], %user }, "$name: stored");
}
changes('rename', name => { givenName => 'B', familyName => 'W' }, displayName => 'B W');
changes('nothing');
changes('deactivate', active => false);
is_reply(get('/Users?filter=userName%20eq%20%22aiw%40okta.local%22&startIndex=1&count=100'), 200,
    listing(1, 1, get($url)->{json}), 'a deactivated user is found');
changes('activate', active => true);
is_error(put('/Users/018f0000-0000-7000-8000-000000000000', { schemas => [$USER], %user }), 404, undef, undef, 'PUT of nobody');

# Group push by PUT
is_reply(get('/Groups?filter=displayName%20eq%20%22Team%22&startIndex=1&count=100'), 200, listing(0, 1), 'no such group');
$res = $t->request(POST => '/Groups', { schemas => [$GROUP], displayName => 'Team', members => [] }, @write);
is($res->{status}, 201, 'create the group') or diag $res->{body};
my $g = $res->{json}{id};
my $group = get("/Groups/$g");
is_reply($group, 200, $t->group({ displayName => 'Team', members => [] }, $g, 1), 'GET');
my $member = { value => $id, '$ref' => $t->url . $url, type => 'User', display => 'B W' };
$res = put("/Groups/$g", { %{ $group->{json} }, members => [{ value => $id, display => 'aiw@okta.local' }] });
is_reply($res, 200, $t->group({ displayName => 'Team', members => [$member] }, $g, 2), 'PUT with a member');
is_json($t->stored_members($g), [$id], 'stored');
changes('a change of a user who is in a group', title => 'T');
$res = put("/Groups/$g", { schemas => [$GROUP], id => $g, displayName => 'Team 2', members => [{ value => $id }] });
is_reply($res, 200, $t->group({ displayName => 'Team 2', members => [$member] }, $g, 3), 'PUT of a new name');
$res = put("/Groups/$g", { schemas => [$GROUP], id => $g, displayName => 'Team 2', members => [] });
is_reply($res, 200, $t->group({ displayName => 'Team 2', members => [] }, $g, 4), 'PUT without members');
is_json($t->stored_members($g), [], 'stored');
is_empty($t->request(DELETE => "/Groups/$g", undef, @read), 204, 'delete the group');

# Custom attributes and a group's description are in extensions that this server does not have.
if (!$ENV{SCIM_TEST_PROFILE}) {
    my $own = 'urn:okta:acme_app_1:1.0:user:custom';
    $res = $t->request(POST => '/Users', { schemas => [$USER, $own], userName => 'custom@x.example', $own => { badge => '7' } }, @write);
    is_reply($res, 201, $t->user({ userName => 'custom@x.example', displayName => 'custom@x.example', active => true }, undef, 1), 'custom attributes');
    like($t->admin(GET => '/activity')->{json}{items}[0]{reason}, qr/^The extension \Q$own\E is unknown here and was ignored; add a schema file to keep it/, 'activity says so');
    $res = $t->request(POST => '/Groups', { schemas => [$GROUP, 'urn:okta:custom:group:1.0'], displayName => 'Described', members => [], 'urn:okta:custom:group:1.0' => { description => 'd' } }, @write);
    is($res->{status}, 201, 'a group with a description') or diag $res->{body};
}

done_testing;
