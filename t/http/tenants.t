# How the tenant of a request is found, and the isolation of tenants.
use strict;
use warnings;
use Test::More;
use ScimTest;

my $t = ScimTest->new('tenants');
my $other = ScimTest->new('tenants-other');
my $id = $t->make(Users => userName => 'u', displayName => 'D');
my $user = $t->request(GET => "/Users/$id")->{json};
my $none = '018f0000-0000-7000-8000-000000000000';

# Isolation: ids of the other tenant are answered like ids that do not exist, in every word but the id.
my %write = (PUT => { schemas => [$USER], userName => 'v' },
    PATCH => { schemas => [$PATCH], Operations => [{ op => 'replace', path => 'title', value => 'x' }] });
for my $method (qw(GET PUT PATCH DELETE)) {
    my ($got, $expected) = map { $other->request($method => "/Users/$_", $write{$method}) } $id, $none;
    is_error($got, 404, undef, undef, "$method of another tenant's user");
    s/\Q$id\E|\Q$none\E/ID/g for $got->{body}, $expected->{body};
    is($got->{body}, $expected->{body}, 'is answered like nobody');
    is_json([sort grep { !/^(?:date|client-|connection|keep-alive)/i } $got->{headers}->header_field_names],
        [sort grep { !/^(?:date|client-|connection|keep-alive)/i } $expected->{headers}->header_field_names], 'with the same headers');
}
is($t->row($id)->{version}, 1, 'nothing has changed');
is($other->request(GET => "/Users?filter=id%20eq%20%22$id%22")->{json}{totalResults}, 0, 'not found by filter');
is($other->request(GET => '/Users')->{json}{totalResults}, 0, 'not listed');
is($other->request(POST => '/Users', { schemas => [$USER], userName => 'U' })->{status}, 201, 'the name is free there');
my $group = $other->make(Groups => displayName => 'G');
my @refused = map { $other->request(PATCH => "/Groups/$group", { Operations => [{ op => 'add', path => 'members',
    value => [{ value => $_ }] }] }) } $id, $none;
is_error($_, 400, 'invalidValue', undef, "another tenant's user is no member") for @refused;
$_->{body} =~ s/\Q$id\E|\Q$none\E/ID/g for @refused;
is($refused[0]{body}, $refused[1]{body}, 'answered like nobody');
is_error($t->request(GET => '/Users', undef, ':base' => $other->{base}), 401, undef, undef,
    "a token at another tenant's URL");

# httpd's role sees the tenant that authentication has set, and nothing without it.
{
    local $ENV{PGUSER} = 'scim_web';
    is(sql("select count(*) from scim.$_"), 0, "scim_web sees no $_ of itself") for qw(tenant token resource membership lookup);
    is(sql("show $_->[0]"), $_->[1], "scim_web's $_->[0]") for ['search_path', 'pg_catalog, pg_temp'], ['timezone', 'UTC'];
    is(sql("begin; set local scim.tenant = '$t->{tenant}'; select count(*) from scim.resource where type = 'User'; commit"), 1,
        'and one tenant when it is set');
    ok(!eval { sql('create table scim.x (x int)'); 1 }, 'it may not create tables');
    ok(!eval { sql('drop table scim.resource'); 1 }, 'nor drop them');
}

# fixed
scimctl(qw(tenant add alpha));
my $alpha = bless { %$t, tenant => 'alpha', base => '/fixed/v2' }, 'ScimTest';
$alpha->{token} = $alpha->new_token('fixed');
my $res = $alpha->request(POST => '/Users', { schemas => [$USER], userName => 'a', displayName => 'A' });
is_reply($res, 201, $alpha->user({ userName => 'a', displayName => 'A', active => true }, undef, 1), 'fixed');
is($res->{location}, $alpha->url . "/Users/$res->{json}{id}", 'Location');
is($alpha->row($res->{json}{id})->{doc}{userName}, 'a', 'the row is of the tenant');
is_error($t->request(GET => '/Users', undef, ':base' => '/fixed/v2'), 401, undef, undef, 'fixed: another token');
is_error($alpha->request(GET => '/alpha/Users'), 404, undef, undef, 'fixed: no tenant in the path');

# expr
my @expr = (':base' => '/expr/v2', 'X-Test-Tenant' => $t->tenant);
$res = $t->request(GET => "/Users/$id", undef, @expr);
is($res->{json}{userName}, 'u', 'expr');
is($res->{json}{meta}{location}, "http://$t->{host}/expr/v2/Users/$id", 'expr: meta.location');
is_error($t->request(GET => '/Users', undef, ':base' => '/expr/v2'), 401, undef, undef, 'expr: an empty tenant');
is_error($t->request(GET => '/Users', undef, @expr, 'X-Test-Tenant' => "x' or '1'='1"), 401, undef, undef,
    'expr: no name of a tenant');
is_error($other->request(GET => '/Users', undef, @expr), 401, undef, undef, 'expr: another token');

# host
my $host = $t->tenant . ".tenants.test:$ScimTest::PORT";
my @host = (':base' => '/scim/v2', ':host' => $host);
$res = $t->request(GET => "/Users/$id", undef, @host);
is($res->{json}{userName}, 'u', 'host') or diag $res->{body};
is($res->{json}{meta}{location}, "http://$host/scim/v2/Users/$id", 'host: meta.location') or diag $res->{body};
is_error($t->request(GET => '/Users', undef, ':base' => '/scim/v2', ':host' => $other->tenant . '.tenants.test'), 401, undef,
    undef, 'host: another tenant');
is_error($t->request(GET => '/Users', undef, ':base' => '/scim/v2', ':host' => 'nothing.tenants.test'), 401, undef, undef,
    'host: no tenant');
is($t->request(GET => "/Users/$id", undef, ':base' => '/scim/v2', ':host' => uc $host)->{status}, 200,
    'host names have no case');

# ScimBaseURL
my $base = 'https://scim.example.org/scim/v2/' . $t->tenant;
my @based = (':base' => '/based/v2/' . $t->tenant);
$res = $t->request(GET => "/Users/$id", undef, @based);
is($res->{json}{meta}{location}, "$base/Users/$id", 'ScimBaseURL: meta.location');
is($res->{location}, "$base/Users/$id", 'Location');
$res = $t->request(POST => '/Groups', { schemas => [$GROUP], displayName => 'G', members => [{ value => $id }] }, @based);
is($res->{location}, "$base/Groups/$res->{json}{id}", 'Location of a created group');
is($res->{json}{members}[0]{'$ref'}, "$base/Users/$id", 'members.$ref');
is($t->request(GET => "/Users/$id", undef, @based)->{json}{groups}[0]{'$ref'}, "$base/Groups/$res->{json}{id}",
    'groups.$ref');
is($t->request(GET => '/Users', undef, @based)->{json}{Resources}[0]{meta}{location}, "$base/Users/$id", 'in a list');
for my $path ("/Schemas/$USER", '/ResourceTypes/User', '/ServiceProviderConfig') {
    is($t->request(GET => $path, undef, @based)->{json}{meta}{location}, "$base$path", "$path");
}
is($t->request(GET => "/Users/$id")->{json}{meta}{location}, $t->url . "/Users/$id", 'elsewhere it is the request that tells');
is($t->request(GET => "/Users/$id", undef, ':host' => 'other.example:81')->{json}{meta}{location},
    'http://other.example:81' . "$t->{base}/Users/$id", 'the Host header too');

my $placed = 'https://' . $t->tenant . '.example.org/' . $t->tenant . '/v2';
my @placed = (':base' => '/placed/v2/' . $t->tenant);
is($t->request(GET => "/Users/$id", undef, @placed)->{location}, "$placed/Users/$id", '{tenant} in it is the name, and nothing is appended');
is($t->request(GET => '/ServiceProviderConfig', undef, @placed)->{json}{meta}{location}, "$placed/ServiceProviderConfig", 'of what has no token, too');
is($t->request(GET => '/ServiceProviderConfig', undef, ':base' => '/placed/v2/NONE')->{json}{meta}{location},
    "http://127.0.0.1:$ScimTest::PORT/placed/v2/ServiceProviderConfig", 'and where no tenant is named it is the request that tells');

# ScimPatchResponse
my @answers = (':base' => '/answers/v2/' . $t->tenant);
is_empty($t->patch("/Users/$id", [{ op => 'replace', path => 'title', value => 'x' }], @answers), 204, 'User none');
$res = $t->patch("/Groups/$res->{json}{id}", [{ op => 'replace', path => 'displayName', value => 'H' }], @answers);
is("$res->{status} $res->{json}{displayName}", '200 H', 'Group body');
is($t->patch("/Users/$id?attributes=title", [{ op => 'replace', path => 'title', value => 'y' }], @answers)->{status}, 200,
    'User none, but attributes are asked for');

done_testing;
