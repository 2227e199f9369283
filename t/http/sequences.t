# The request sequences of identity providers that Apache::TestSCIM replays for other test suites, against this
# endpoint: each part leads to the stored state that it describes.
use strict;
use warnings;
use Test::More;
use Apache::TestSCIM qw(sequences);
use ScimTest;

my $work   = $ENV{SCIM_TEST_WORK};
my $server = Apache::TestSCIM::Server->new(suite => $work, dir => $work, bin => $ENV{SCIM_TEST_PGBIN}, scimctl => "$work/bin/scimctl");
{ no warnings 'redefine'; *Apache::TestSCIM::Server::socket = sub { $ENV{PGHOST} } }
my $url = "http://127.0.0.1:$ScimTest::PORT/scim/v2";

is_deeply([sequences()], ['Entra ID', 'Okta'], 'the sequences');
for my $name (sequences()) {
    my $t = ScimTest->new('sequences');
    my $scim = Apache::TestSCIM->new(tenant => $t->tenant, server => $server, url => $url)->wait(5);
    isnt($scim->token, $t->{token}, "$name: a token of its own");
    my %who = (userName => 'Kim@example.com', givenName => 'Kim', familyName => 'Ode', externalId => "id-$name", group => 'Sales', newGroup => 'Sales 2');
    my $replay = sub { $scim->replay($name, %who, parts => [@_]) };
    my $state = sub {
        my ($active, $groups, @all) = @_;
        my $user = $scim->user('kim@EXAMPLE.com');
        is_json([@$user{qw(userName active source externalId groups)}], ['Kim@example.com', $active ? true : false, 'scim', "id-$name", $groups], "$name: $all[0]");
    };
    is_json($scim->state, { users => [], groups => [] }, "$name: nobody");
    $replay->('test connection', 'create user');
    $state->(1, [], 'created');
    $replay->('update user');
    like($t->row(sql("select id from scim.resource where tenant = '$t->{tenant}' and type = 'User'"))->{doc}{title}, qr/^(Manager|Engineer)$/, "$name: changed");
    $replay->('create group');
    is_json($scim->members('sales'), [], "$name: an empty group");
    $replay->('add member', 'disable user');
    $state->(0, ['Sales'], 'a member, inactive');
    is_json($scim->members('Sales'), ['Kim@example.com'], "$name: the group's member");
    $replay->('enable user', 'remove member', 'rename group');
    $state->(1, [], 'active, no member');
    is_json($scim->state->{groups}, [{ displayName => 'Sales 2', source => 'scim', members => [] }], "$name: renamed");
    # Another process does not know the ids yet.
    my $later = Apache::TestSCIM->new(tenant => $t->tenant, server => $server, url => $url, token => $scim->token);
    $later->replay($name, %who, group => 'Sales 2', parts => ['find user', 'find group', 'add member']);
    is_json($scim->members('Sales 2'), ['Kim@example.com'], "$name: what was found is changed");
    $later->replay($name, %who, group => 'Sales 2', parts => ['delete group']);
    is_json($scim->members('Sales 2'), undef, "$name: deleted");
    is_json($scim->members('Sales'), undef, "$name: no such group");
}
ok(!eval { Apache::TestSCIM->new(tenant => 'sequences-x', server => $server, url => $url)->replay('Nobody'); 1 }, 'no such sequence');
like($@, qr/^there is no sequence "Nobody"; there are: Entra ID, Okta/, 'is told');
ok(!eval { Apache::TestSCIM->new(tenant => 'sequences-x', server => $server, url => "$url/nothing")->wait(1); 1 }, 'an endpoint that is not there');
like($@, qr{/nothing/sequences-x does not answer: 4\d\d }, 'is told');
my $scim = Apache::TestSCIM->new(tenant => 'sequences-x', server => $server, url => $url);
is($scim->request(GET => '/Users?filter=userName eq "x y"')->{json}{totalResults}, 0, 'a path with blanks');
is($scim->request(GET => '/Users', undef, Authorization => undef)->{status}, 401, 'without a token');
ok(!eval { $scim->scimctl(qw(tenant show nobody)); 1 }, 'scimctl that fails');
like($@, qr/There is no tenant "nobody"/, 'is told');

done_testing;
