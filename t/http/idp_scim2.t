# python-scim's scim2-client and scim2-tester: discovery, which they check against the schemas, then every attribute by
# POST, PUT and PATCH, and random filters.
use strict;
use warnings;
use Test::More;
use ScimTest;

my $t = ScimTest->new('scim2');
my %of;
for my $endpoint (qw(Schemas ResourceTypes)) {
    my $list = $t->request(GET => "/$endpoint");
    is_json([@{ $list->{json} }{qw(totalResults itemsPerPage startIndex)}], [(scalar @{ $list->{json}{Resources} }) x 2, 1], "$endpoint: a whole list");
    for (@{ $list->{json}{Resources} }) {
        $of{$endpoint}{ $_->{id} } = $_;
        is_json($t->request(GET => "/$endpoint/$_->{id}")->{json}, $_, "$endpoint/$_->{id}: as in the list");
    }
    is_error($t->request(GET => "/$endpoint/nothing-$$"), 404, undef, undef, "$endpoint: what is not there");
}
ok($of{Schemas}{ $_->{schema} }, "the schema of $_->{id} is served") for values %{ $of{ResourceTypes} };
# ServiceProviderConfig has the members of its schema. Older versions of the client know only RFC 7643:
# discover(service_provider_config=False).
my $config = $t->request(GET => '/ServiceProviderConfig')->{json};
my %described = map { $_->{name} => 1 } @{ $of{Schemas}{'urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'}{attributes} };
is_json([grep { !$described{$_} && !/^(?:schemas|meta)$/ } sort keys %$config], [], 'ServiceProviderConfig has nothing undescribed');
is_json([sort grep { !/^(?:schemas|meta|patch|bulk|filter|changePassword|sort|etag|authenticationSchemes|documentationUri)$/ } keys %$config], ['pagination'], 'beside RFC 7643, pagination of RFC 9865 alone');

my %user = (userName => 'u', displayName => 'U', nickName => 'n', profileUrl => 'https://x.example/u', title => 't', userType => 'y', preferredLanguage => 'en', locale => 'en-US', timezone => 'Europe/Paris', active => true,
    name => { formatted => 'f', familyName => 'g', givenName => 'h' }, emails => [{ value => 'u@x.example', type => 'work', primary => true }], phoneNumbers => [{ value => '1', type => 'work' }], addresses => [{ locality => 'l', type => 'home' }]);
my $res = $t->request(POST => '/Users', { schemas => [$USER], %user }, Accept => 'application/scim+json', 'Content-Type' => 'application/scim+json');
is_reply($res, 201, $t->user(\%user, undef, 1), 'POST');
my $id = $res->{json}{id};
is_reply($t->request(GET => "/Users/$id"), 200, $res->{json}, 'GET');
is($t->request(GET => '/Users')->{json}{totalResults}, 1, 'list');
is($t->request(POST => '/.search', { schemas => ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'] })->{json}{totalResults}, 1, '.search');
$res = $t->request(PUT => "/Users/$id", { %{ $res->{json} }, title => 't2' });
is_reply($res, 200, $t->user({ %user, title => 't2' }, $id, 2), 'PUT of what came back');
for my $name (sort keys %user) {
    next if $name eq 'userName';
    my $version = $t->row($id)->{version};
    is($t->patch("/Users/$id", [{ op => 'remove', path => $name }])->{json}{$name}, $name eq 'active' ? true : undef, "PATCH remove $name");
    is_json($t->patch("/Users/$id", [{ op => 'add', path => $name, value => $user{$name} }])->{json}{$name}, $user{$name}, "PATCH add $name");
    is_json($t->patch("/Users/$id", [{ op => 'replace', path => "$USER:$name", value => $user{$name} }])->{json}{$name}, $user{$name}, "PATCH replace $name, with its URN");
}
is_error($t->request(GET => '/Users/nobody'), 404, undef, undef, 'a user who is not there');
is_error($t->request(GET => '/nowhere'), 404, undef, undef, 'a URL that is none');
is_empty($t->request(DELETE => "/Users/$id"), 204, 'DELETE');
is($t->request(GET => '/Users')->{json}{totalResults}, 0, 'nobody is left');

done_testing;
