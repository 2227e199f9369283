# Discovery, for everybody: RFC 7644 4, RFC 7643 5 to 7, RFC 9865 4.
use strict;
use warnings;
use Test::More;
use ScimTest;

my $t = ScimTest->new('discovery');
my @open = (Authorization => undef);
my %schema;

my $res = $t->request(GET => '/ServiceProviderConfig', undef, @open);
my $config = $res->{json};
my $scheme = delete $config->{authenticationSchemes};
my $uri = delete $config->{documentationUri};
is_reply($res, 200, {
    schemas => ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
    patch => { supported => true },
    bulk => { supported => true, maxOperations => 1000, maxPayloadSize => 1048576 },
    filter => { supported => true, maxResults => 500 },
    changePassword => { supported => false },
    sort => { supported => true },
    etag => { supported => true },
    pagination => { cursor => true, index => true, defaultPaginationMethod => 'index', defaultPageSize => 100,
        maxPageSize => 500, cursorTimeout => 3600 },
    meta => { resourceType => 'ServiceProviderConfig', location => $t->url . '/ServiceProviderConfig' },
}, 'ServiceProviderConfig');
is_deeply([map { $_->{type} } @$scheme], ['oauthbearertoken', 'oauth2'], 'a bearer token, and client credentials');
like($scheme->[1]{description}, qr{ \Q@{[$t->url]}\E/oauth2/token$}, 'with the URL of the token endpoint');
like($scheme->[0]{$_} // '', qr/\w/, "the scheme's $_") for qw(name description);
is(ref $scheme->[0]{primary}, 'JSON::PP::Boolean', 'primary is a boolean') if exists $scheme->[0]{primary};
like($uri // 'https://absent', qr{^https://\S+$}, 'documentationUri is a URL or absent');
is_json($t->request(GET => '/ServiceProviderConfig', undef, ':base' => "/small/v2/" . $t->tenant)->{json}{filter},
    { supported => true, maxResults => 3 }, 'maxResults is what the directive says');

# Resource types
my %type = map { $_->[0] => {
    schemas => ['urn:ietf:params:scim:schemas:core:2.0:ResourceType'], id => $_->[0], name => $_->[0],
    endpoint => "/$_->[0]s", description => $ANY, schema => $_->[1],
    ($_->[2] ? (schemaExtensions => [{ schema => $_->[2], required => false }]) : ()),
    meta => { resourceType => 'ResourceType', location => $t->url . "/ResourceTypes/$_->[0]" },
} } ['User', $USER, $ENTERPRISE], ['Group', $GROUP],
    map { (["$_", "urn:ietf:params:scim:schemas:core:2.0:$_"], ["Okta$_", "urn:okta:scim:schemas:core:1.0:$_"]) } qw(Role Entitlement);
$res = $t->request(GET => '/ResourceTypes', undef, @open);
delete $_->{schemaExtensions} for grep { $_->{id} eq 'Group' && !@{ $_->{schemaExtensions} // [1] } }
    @{ $res->{json}{Resources} };
is_reply($res, 200, listing(6, 1, sort_like($res->{json}{Resources}, values %type)), 'ResourceTypes');
sub sort_like {
    my ($got, @expected) = @_;
    my %by = map { $_->{id} => $_ } @expected;
    return ref $got eq 'ARRAY' ? map { $by{ $_->{id} // '' } } @$got : @expected;
}
for my $name (qw(User Group)) {
    $res = $t->request(GET => "/ResourceTypes/$name", undef, @open);
    delete $res->{json}{schemaExtensions} if $name eq 'Group' && !@{ $res->{json}{schemaExtensions} // [1] };
    is_reply($res, 200, $type{$name}, "ResourceTypes/$name");
}

is_json([map { $_->{id} } @{ $t->request(GET => '/ResourceTypes', undef, @open)->{json}{Resources} }[0, 1]], ['User', 'Group'], 'users and groups come first');
is_json([map { $_->{id} } @{ $t->request(GET => '/Schemas', undef, @open)->{json}{Resources} }[0 .. 2]], [$USER, $GROUP, $ENTERPRISE], 'of schemas, too');
# ServiceProviderConfig has no member that its schema does not have.
my ($own_schema) = grep { $_->{name} eq 'ServiceProviderConfig' } @{ $t->request(GET => '/Schemas', undef, @open)->{json}{Resources} };
my %described = map { $_->{name} => 1 } @{ $own_schema->{attributes} };
is_json([grep { !$described{$_} } grep { !/^(?:schemas|meta)$/ } keys %{ $t->request(GET => '/ServiceProviderConfig', undef, @open)->{json} }], [], 'ServiceProviderConfig is as its schema has it');

# Schemas, strictly typed
$res = $t->request(GET => '/Schemas', undef, @open);
is($res->{status}, 200, 'Schemas');
is($res->{type}, $TYPE, 'Schemas: type');
$schema{ $_->{id} } = $_ for @{ $res->{json}{Resources} };
is_json({ %{ $res->{json} }, Resources => [] }, { %{ listing(scalar keys %schema, 1) },
    itemsPerPage => 0 + keys %schema }, 'Schemas: the list');
ok($schema{$_}, "$_ is served") for $USER, $GROUP, $ENTERPRISE;
is_json([grep {/:api:messages:/} keys %schema], [], 'no message schemas');
for my $id (sort keys %schema) {
    is_reply($t->request(GET => "/Schemas/$id", undef, @open), 200, $schema{$id}, "Schemas/$id");
    is_json({ %{ $schema{$id} }, attributes => [] }, {
        schemas => ['urn:ietf:params:scim:schemas:core:2.0:Schema'], id => $id, name => $ANY, description => $ANY,
        attributes => [], meta => { resourceType => 'Schema', location => $t->url . "/Schemas/$id" } }, "$id: members");
    check_attributes($id, @{ $schema{$id}{attributes} });
}

sub check_attributes {
    my ($at, @attributes) = @_;
    ok(scalar @attributes, "$at has attributes");
    for my $attribute (@attributes) {
        my $name = "$at $attribute->{name}";
        my %left = %$attribute;
        my @wrong = grep { ref delete $left{$_} ne 'JSON::PP::Boolean' } qw(multiValued required caseExact);
        my %words = (mutability => 'readOnly|readWrite|immutable|writeOnly', returned => 'always|never|default|request',
            uniqueness => 'none|server|global',
            type => 'string|boolean|decimal|integer|dateTime|binary|reference|complex');
        push @wrong, grep { (delete $left{$_} // '') !~ /^(?:$words{$_})$/ } keys %words;
        push @wrong, grep { (delete $left{$_} // '') !~ /\w/ } qw(name description);
        push @wrong, grep { $left{$_} && (ref $left{$_} ne 'ARRAY' || !@{ $left{$_} }) }
            qw(canonicalValues referenceTypes subAttributes);
        push @wrong, 'subAttributes' if ($attribute->{type} eq 'complex') != (exists $left{subAttributes});
        push @wrong, 'referenceTypes' if ($attribute->{type} eq 'reference') != (exists $left{referenceTypes});
        delete @left{qw(canonicalValues referenceTypes)};
        my $subs = delete $left{subAttributes};
        is_json([@wrong, keys %left], [], "$name has every characteristic and no other");
        check_attributes($name, @$subs) if $subs;
    }
}

my %attribute = map { my $s = $_; map { ("$s $_->{name}" => $_) } @{ $schema{$s}{attributes} } } keys %schema;
is_json([@{ $attribute{"$USER userName"} }{qw(required caseExact uniqueness)}], [true, false, 'server'], 'userName');
is($attribute{"$USER password"}, undef, 'no password, which is not kept');
is_json($attribute{"$USER groups"}{mutability}, 'readOnly', 'groups');
is_json([@{ $attribute{"$GROUP displayName"} }{qw(required uniqueness)}], [true, 'server'], "a group's displayName");
is_json([map { $_->{name} } grep { $_->{name} =~ /^(?:id|meta|schemas|externalId)$/ }
    map { @{ $schema{$_}{attributes} } } $USER, $GROUP, $ENTERPRISE], [], 'common attributes are of no schema');
is_json([sort map { $_->{name} } @{ $schema{$USER}{attributes} }], [sort qw(userName name displayName nickName profileUrl
    title userType preferredLanguage locale timezone active emails phoneNumbers ims photos addresses groups
    entitlements roles x509Certificates)], 'the whole User');
is_json([sort map { $_->{name} } @{ $schema{$ENTERPRISE}{attributes} }], [sort qw(employeeNumber costCenter organization
    division department manager)], 'the whole enterprise extension');

# The password: Microsoft's SCIM Validator writes every attribute of /Schemas, and expects it in the answer. Clients
# with a token see it or not, as the tenant has set.
my $shown = sub {
    my (@headers) = @_;
    return join ' ', map { scalar grep { $_->{name} eq 'password' } map { @{ $_->{attributes} } } @$_ } $t->request(GET => '/Schemas', undef, @headers)->{json}{Resources}, [$t->request(GET => "/Schemas/$USER", undef, @headers)->{json}];
};
for (['--profile rfc', '1 1'], ['--profile interop', '1 1'], ['--password-schema hide', '0 0'], ['--profile lenient', '0 0'], ['--password-schema show', '1 1'], ['--password-schema profile', '0 0']) {
    my ($setting, $wanted) = @$_;
    scimctl(qw(tenant set), $t->tenant, split ' ', $setting);
    is($shown->(), $wanted, "password in the schemas with $setting");
    is($shown->(@open), '0 0', 'not for strangers');
    is($shown->(Authorization => 'Bearer scim_nonsense'), '0 0', 'nor with a token that is none');
}
is($t->request(POST => '/Users', { schemas => [$USER], userName => 'secret', password => 'x' })->{status}, 201, 'it may be sent all the same');

# Filters are forbidden, other parameters ignored, writing is impossible, and missing objects are 404.
for my $path (qw(/ServiceProviderConfig /ResourceTypes /Schemas), '/ResourceTypes/User', "/Schemas/$USER") {
    is_error($t->request(GET => "$path?filter=name%20eq%20%22User%22", undef, @open), 403, undef, undef,
        "filter on $path");
    my $plain = $t->request(GET => $path, undef, @open);
    is_json($t->request(GET => "$path?startIndex=2&count=1&sortBy=id&sortOrder=descending&x=y", undef, @open)->{json},
        $plain->{json}, "other parameters on $path are ignored");
    for my $method (qw(POST PUT PATCH DELETE)) {
        $res = $t->request($method => $path, $method eq 'DELETE' ? undef : {});
        is_error($res, 405, undef, undef, "$method $path");
        is_json([sort grep { $_ ne 'HEAD' && $_ ne 'OPTIONS' } split /,\s*/, $res->{headers}->header('Allow') // ''],
            ['GET'], "$method $path: Allow");
    }
}
is_error($t->request(GET => "/$_", undef, @open), 404, undef, qr/\w/, "no $_")
    for 'Schemas/urn:none', 'ResourceTypes/None',
    'Schemas/urn:ietf:params:scim:api:messages:2.0:Error';
is_error($t->request(GET => '/ResourceTypes/User/x'), 404, undef, qr/\w/, 'nothing below one');
is($t->request(GET => '/Schemas/' . uc $USER, undef, @open)->{status}, 200, 'a schema URN is found in any case');

# Discovery ignores an invalid token.
is($t->request(GET => '/Schemas', undef, Authorization => 'Bearer nonsense')->{status}, 200,
    'discovery with a wrong token');
$res = $t->request(HEAD => '/ServiceProviderConfig', undef, @open);
is_empty($res, 200, 'HEAD');

done_testing;
