# Okta Identity Governance: /ResourceTypes, /Schemas with extensions that it does not know, each endpoint with Okta's
# schema Role or Entitlement, and users with roles and entitlements.
use strict;
use warnings;
use Test::More;
use ScimTest;

my $OKTA = 'urn:okta:scim:schemas:core:1.0';
my $t = ScimTest->new('okta-oig');
my @read = ('User-Agent' => 'Okta SCIM Client 1.0.0', Accept => 'application/scim+json', 'Accept-Charset' => 'utf-8');
my @write = (@read, 'Content-Type' => 'application/scim+json; charset=utf-8');
sub get   { $t->request(GET => $_[0], undef, @read) }
sub send_ { my ($method, $path, $json) = @_; $t->request($method => $path, $json, @write) }

# Discovery
my $types = get('/ResourceTypes')->{json};
is_json([@$types{qw(totalResults itemsPerPage startIndex)}], [(0 + @{ $types->{Resources} }) x 2, 1], 'ResourceTypes: one page');
my %type = map { $_->{schema} => $_ } @{ $types->{Resources} };
is($type{$USER}{endpoint}, '/Users', 'users');
is(scalar(keys %{ { map { $_->{endpoint} => 1 } @{ $types->{Resources} } } }), scalar @{ $types->{Resources} },
    'each resource type has an endpoint of its own');
for my $name (qw(Role Entitlement)) {
    my $type = $type{"$OKTA:$name"};
    is_json({ %$type, description => '' }, { schemas => ['urn:ietf:params:scim:schemas:core:2.0:ResourceType'], id => "Okta$name",
        name => "Okta$name", description => '', endpoint => "/Okta${name}s", schema => "$OKTA:$name",
        meta => { resourceType => 'ResourceType', location => $t->url . "/ResourceTypes/Okta$name" } }, "ResourceTypes: $name");
}
my @schemas = map { $_->{id} } @{ get('/Schemas')->{json}{Resources} };
for my $urn (map { $_->{schema}, map { $_->{schema} } @{ $_->{schemaExtensions} // [] } } @{ $types->{Resources} }) {
    is(scalar(grep { $_ eq $urn } @schemas), 1, "Schemas: $urn");
}

# Each of these endpoints, page by page
my (%role, @roles);
for (my $start = 1; ; $start += 2) {
    my $page = get("$type{\"$OKTA:Role\"}{endpoint}?startIndex=$start&count=2")->{json};
    is_json([@$page{qw(totalResults startIndex itemsPerPage)}], [5, $start, 0 + @{ $page->{Resources} }], "roles from $start");
    is_json([@$_{qw(schemas id displayName)}], [["$OKTA:Role"], $ID, $ANY], 'a role') for @{ $page->{Resources} };
    push @roles, @{ $page->{Resources} };
    last if $start + 2 > $page->{totalResults};
}
%role = map { $_->{displayName} => $_->{id} } @roles;
is_json([sort keys %role], ['Administrator', 'Office administrator', 'Read only', 'Summary only', 'User'], 'every role once');
is_reply(get("$type{\"$OKTA:Entitlement\"}{endpoint}?startIndex=1&count=100"), 200, listing(0, 1), 'no entitlement');

# Users with both are imported, created and changed.
is_reply(get('/Users?startIndex=1&count=100'), 200, listing(0, 1), 'import: nobody');
my %user = (userName => 'gov@okta.local', name => { givenName => 'G', familyName => 'V' }, displayName => 'G V',
    emails => [{ primary => true, value => 'gov@okta.local', type => 'work' }], externalId => '00uoig', active => true,
    roles => [{ value => $role{'Read only'}, display => 'Read only' }],
    entitlements => [{ value => 'e1', display => 'First', type => 'License' }, { value => 'e2', display => 'Second',
        type => 'Profile' }]);
my $res = send_(POST => '/Users', { schemas => [$USER], %user, groups => [], password => '1mz050nq' });
is_reply($res, 201, $t->user(\%user, undef, 1), 'create');
my $id = $res->{json}{id};
is_json($t->row($id)->{doc}, { schemas => [$USER], %user }, 'stored');
is_reply(get('/Users?startIndex=1&count=100'), 200, listing(1, 1, $res->{json}), 'import: roles and entitlements');

my @both = map { { value => $role{$_}, display => $_ } } 'Read only', 'Office administrator';
$res = send_(PUT => "/Users/$id", { %{ get("/Users/$id")->{json} }, roles => \@both, entitlements => [] });
delete $user{entitlements};
is_reply($res, 200, $t->user({ %user, roles => \@both }, $id, 2), 'one role more, no entitlement any more');
is_json($t->row($id)->{doc}, { schemas => [$USER], %user, roles => \@both }, 'stored');
$res = send_(PATCH => "/Users/$id", { schemas => [$PATCH], Operations => [{ op => 'replace', value => { active => false } }] });
is_reply($res, 200, $t->user({ %user, roles => \@both, active => false }, $id, 3), 'deactivate keeps them');

# Okta cannot change the catalogue.
is_error(send_(POST => '/OktaRoles', { schemas => ["$OKTA:Role"], displayName => 'X' }), 405, undef, undef, 'a role is not made');

done_testing;
