# A wrong URL is answered with the right one: other case, the base path twice, names of SCIM 1.1, a missing slash, a
# missing tenant.
use strict;
use warnings;
use Test::More;
use ScimTest;

my $t    = ScimTest->new('addresses')->unmasked;
my $own  = $t->tenant;
my $base = $t->url;
my $id   = $t->make(Users => userName => 'u');
my $BULK = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';

my @details;
# [the path after the Location, the correct path below the base URL]
for (['/users' => 'Users'], ['/USERS' => 'Users'], ["/users/$id" => "Users/$id"], ['/User' => 'Users'], ["/user/$id" => "Users/$id"], ['/groups' => 'Groups'], ['/Group' => 'Groups'],
    ['/users/.search' => 'Users/.search'], ['/.Search' => '.search'], ['/bulk' => 'Bulk'], ['/me' => 'Me'], ['/schemas' => 'Schemas'], ["/schemas/$USER" => "Schemas/$USER"], ['/resourcetypes' => 'ResourceTypes'],
    ['/ServiceProviderConfigs' => 'ServiceProviderConfig'], ['/serviceproviderconfig' => 'ServiceProviderConfig'], ['/serviceproviderconfigs/' => 'ServiceProviderConfig/'],
    ["/scim/v2/$own/Users/$id" => "Users/$id"], ["/$own/Users" => 'Users'], ['/scim/v2/Users' => 'Users'], ['/v2/Users' => 'Users'], ["/v1/users/$id" => "Users/$id"], ["/Users/Users/$id" => "Users/$id"],
    ['/Users/.Search' => 'Users/.search'], ['/users/.SEARCH' => 'Users/.search'], ['/resourcetypes/User' => 'ResourceTypes/User'], ['/ResourceType/Group' => 'ResourceTypes/Group'],
    ['/schema/User' => 'Schemas/User'], ["/scim/v2/$own/resourcetypes/user" => 'ResourceTypes/user'], ['/oktaroles' => 'OktaRoles'], ["/scim/v2/$own/Bulk" => 'Bulk']) {
    my ($path, $right) = @$_;
    my $detail = "There is no endpoint at \"/scim/v2/$own$path\"; use $base/$right. Correct the base URL in the identity provider, which is $base, or the path that it adds to that.";
    for my $method (qw(GET POST PUT PATCH DELETE)) {
        is_error($t->request($method => $path, $method =~ /^P/ ? { schemas => [$USER], userName => 'x' } : undef), 404, undef, $detail, "$method $path");
    }
    is_error($t->request(GET => $path, undef, Authorization => undef), 401, undef, $ANY, 'a stranger is told nothing of it');
    push @details, $detail;
}
my $told = sub { my %told = map { $_->{reason} // '' => 1 } @{ $t->admin(GET => '/activity?limit=500')->{json}{items} }; return grep { !$told{$_} } @details };
eventually(sub { !$told->() });
is_json([$told->()], [], 'activity tells');
# The base path twice, with the tenant in the second one only, or in both.
for my $before ('/scim/v2', '/scim/v2/scim/v2') {
    is_error($t->request(GET => "/Users/$id", undef, ':base' => "$before/scim/v2/$own"), 404, undef,
        qr{^There is no endpoint at "\Q$before\E/scim/v2/\Q$own\E/Users/$id"; use \Q$base\E/Users/$id\.}, "$before twice");
}
# A missing slash, as from a client that appends the path to a base URL without one.
for my $path ("Users/$id", 'Users', 'Groups', 'ServiceProviderConfig', 'Bulk') {
    is_error($t->request(GET => $path), 404, undef, qr{^There is no endpoint at "/scim/v2/\Q$own$path\E"; use \Q$base\E/\Q$path\E\. Correct the base URL}, "no slash before $path");
}
# A URL without a tenant: the answer names no tenant.
for my $path ('/Users', "/Users/$id", '/Groups', '/ServiceProviderConfigs', '/Bulk') {
    is_error($t->request(GET => $path, undef, ':base' => '/scim/v2'), 401, undef,
        qr{^The URL lacks the tenant's name\. The base URL is http://127\.0\.0\.1:\d+/scim/v2/TENANT, which the administrator of this service can give you; correct it in the identity provider\.$}, "no tenant: $path");
}
is_error($t->request(GET => "/Users/$id", undef, ':base' => '/scim/v2/NoTenant'), 401, undef, 'The bearer token is not valid.', 'what is no tenant at all');
# For other wrong URLs the answer suggests nothing.
is_error($t->request(GET => $_), 404, undef, "There is no endpoint at \"/scim/v2/$own$_\".", $_) for '/nothing', '/Userss', '/x/y/z', "/$id";
is_error($t->request(GET => '/Users/x/y'), 404, undef, "There is no endpoint at \"/scim/v2/$own/Users/x/y\".", 'too much');
is($t->request(GET => $_)->{status}, 200, "right: $_") for '/Users', '/Users/', "/Users/$id", '/Schemas', '/ServiceProviderConfig';

# Bulk
for (["/users/$id" => "Users/$id"], ["Users/Users/$id" => "Users/$id"], ["https://elsewhere.example/scim/v2/acme/Users/$id" => "Users/$id"], ["/User/$id" => "Users/$id"]) {
    my ($path, $right) = @$_;
    my $res = $t->request(POST => '/Bulk', { schemas => [$BULK], Operations => [{ method => 'DELETE', path => $path }] })->{json}{Operations}[0];
    is($res->{status}, '404', "Bulk: $path");
    like($res->{response}{detail}, $path =~ m{^Users/} ? qr/does not exist/ : qr{^There is no resource type at "\Q$path\E"; use "/\Q$right\E"\. }, 'says what is right');
}
is($t->request(GET => "/Users/$id")->{status}, 200, 'nothing was deleted');

done_testing;
