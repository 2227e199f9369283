# Requirements of RFC 7643 and RFC 7644 that no other test checks; t/requirements.tsv lists the tests of the others.
use strict;
use warnings;
use utf8;
use Test::More;
use ScimTest;

my $t = ScimTest->new('requirements');
my %both = (Users => ['User', $USER, 'userName'], Groups => ['Group', $GROUP, 'displayName']);
sub post { my ($endpoint, %members) = @_; $t->request(POST => "/$endpoint", { schemas => [$both{$endpoint}[1]], %members }) }
sub get_url {
    my ($url) = @_;
    return $url =~ /^\Q@{[$t->url]}\E(\/.*)/ ? $t->request(GET => $1) : { status => "not below the base: $url", body => '' };
}

# RFC 7643 2.3.7: references
my $id = $t->make(Users => userName => 'ann', displayName => 'Ann');
my $g = $t->make(Groups => displayName => 'Team', members => [{ value => $id }]);
my $user = $t->request(GET => "/Users/$id");
my $group = $t->request(GET => "/Groups/$g");
is($group->{json}{members}[0]{'$ref'}, $t->url . "/Users/$id", 'a member reference is the base URI, then endpoint and id');
is_reply(get_url($group->{json}{members}[0]{'$ref'}), 200, $user->{json}, "GET of a member's reference answers the member");
is_reply(get_url($user->{json}{groups}[0]{'$ref'}), 200, $group->{json}, "GET of a group's reference answers the group");
is_reply(get_url($_->{json}{meta}{location}), 200, $_->{json}, 'GET of meta.location answers the resource') for $user, $group;
for my $url (qw(https://x.example/ann ann/photo.jpg urn:x:ann)) {
    my $res = post(Users => userName => "ref $url", profileUrl => $url);
    is($res->{json}{profileUrl}, $url, 'a URI is kept, absolute or relative');
}
is_error(post(Users => userName => 'ref', profileUrl => 'no URI'), 400, 'invalidValue', qr/profileUrl/, 'a reference that is no URI');

# RFC 7643 2.3.8: the order of members has no meaning
my @in_order = map { $t->request(PUT => "/Users/$id", "{$_}")->{json} }
    "\"schemas\":[\"$USER\"],\"userName\":\"ann\",\"displayName\":\"Ann\",\"name\":{\"givenName\":\"A\",\"familyName\":\"N\"}",
    "\"name\":{\"familyName\":\"N\",\"givenName\":\"A\"},\"displayName\":\"Ann\",\"userName\":\"ann\",\"schemas\":[\"$USER\"]";
delete @{ $_->{meta} }{qw(version lastModified)} for @in_order;
is_json($in_order[1], $in_order[0], 'members in another order');
is($t->request(PATCH => "/Users/$id", "{\"Operations\":[{\"value\":\"T\",\"path\":\"title\",\"op\":\"add\"}],\"schemas\":[\"$PATCH\"]}")
    ->{json}{title}, 'T', 'members of a PATCH in another order');

# RFC 7643 2.5: unassigned, null and [] are the same state
for my $case ({}, { title => undef, emails => undef, name => undef }, { emails => [], roles => [], name => {} },
    { $ENTERPRISE => undef }, { $ENTERPRISE => { department => undef } })
{
    my $made = post(Users => userName => 'unassigned', displayName => 'd', %$case)->{json}{id};
    is_json($t->row($made)->{doc}, { schemas => [$USER], userName => 'unassigned', displayName => 'd', active => true },
        'unassigned, null and [] are stored alike: ' . json($case));
    is_empty($t->request(DELETE => "/Users/$made"), 204, 'delete it');
}

# RFC 7643 3: schemas
my $list = $t->request(GET => '/Users')->{json};
for my $res ($user, $group, $t->request(GET => '/Groups'), $t->request(GET => '/Users/none'), $t->request(GET => '/Schemas'),
    $t->request(GET => '/ServiceProviderConfig'), $t->request(GET => '/ResourceTypes/User'), $t->request(GET => "/Schemas/$USER"),
    map { { json => $_ } } @{ $list->{Resources} }, @{ $t->request(GET => '/ResourceTypes')->{json}{Resources} })
{
    my $schemas = $res->{json}{schemas};
    ok(ref $schemas eq 'ARRAY' && @$schemas && !grep({ !/^urn:ietf:params:scim:/ } @$schemas), 'every representation lists its schemas');
}
is(grep({ !grep { $_ eq $USER } @{ $_->{schemas} } } @{ $list->{Resources} }), 0, 'schemas holds the base schema');
my $double = $t->request(POST => '/Users', { schemas => [$USER, $ENTERPRISE, $USER, lc $ENTERPRISE], userName => 'double',
    displayName => 'd', $ENTERPRISE => { department => 'D' } });
is_json([@{ $double->{json}{schemas} }], [$USER, $ENTERPRISE], 'a schema that is listed twice is kept once');
is_json($t->row($double->{json}{id})->{doc}{schemas}, [$USER, $ENTERPRISE], 'and stored once');
my $extended = $t->patch("/Users/$id", [{ op => 'add', path => "$ENTERPRISE:department", value => 'D' }])->{json};
is_json([$extended->{schemas}, $extended->{$ENTERPRISE}], [[$USER, $ENTERPRISE], { department => 'D' }],
    'the URN of an extension is the name of the object with its attributes');
like($_, qr/^urn:ietf:params:scim:api:messages:2\.0:\w+$/, 'the URN of a message begins as it must')
    for $list->{schemas}[0], $t->request(GET => '/Users/none')->{json}{schemas}[0];

# RFC 7643 3.1: common attributes
my %ids;
for my $endpoint (sort keys %both) {
    my ($type, $schema, $name) = @{ $both{$endpoint} };
    my $res = post($endpoint, $name => 'common', displayName => 'common', externalId => 'MiXed');
    is_json({ map { $_ => $res->{json}{$_} } qw(schemas id externalId meta) }, { schemas => [$schema], id => $ID,
        externalId => 'MiXed', meta => $t->resource($endpoint, $schema, $type, {}, undef, 1)->{meta} }, "$type: common attributes");
    is($t->request(GET => "/$endpoint/$res->{json}{id}")->{json}{externalId}, 'MiXed', "$type: a case-exact value keeps its case");
    is($res->{json}{meta}{lastModified}, $res->{json}{meta}{created}, "$type: lastModified is created at first");
    ok(!exists post($endpoint, $name => 'without', displayName => 'without')->{json}{externalId}, "$type: no externalId is made up");
    $ids{ $_->{id} }++ for @{ $t->request(GET => "/$endpoint")->{json}{Resources} };
}
is_json([grep { $ids{$_} > 1 } keys %ids], [], 'an id is of one resource only');
is_json([grep { !/$ID/ || /bulkId/i } keys %ids], [], 'no id is empty or holds bulkId');

# RFC 7643 3.1: Content-Location is meta.location
my @written = ($t->request(GET => "/Users/$id"), $t->request(HEAD => "/Users/$id"), post(Users => userName => 'located'),
    $t->request(PUT => "/Users/$id", { schemas => [$USER], userName => 'ann' }),
    $t->patch("/Users/$id", [{ op => 'add', path => 'title', value => 'T' }]), $t->request(GET => "/Groups/$g"),
    $t->request(GET => "/Users/$id?attributes=userName"));
for my $res (@written) {
    my $location = $res->{json} && $res->{json}{meta} ? $res->{json}{meta}{location} : $t->url . "/Users/$id";
    is($res->{headers}->header('Content-Location'), $location, 'Content-Location is meta.location');
}
is($_->{headers}->header('Content-Location'), undef, 'no Content-Location without the resource')
    for $t->request(GET => '/Users'), $t->request(GET => '/Users/none'), $t->patch("/Groups/$g", [{ op => 'replace', path => 'displayName',
    value => 'Crew' }]);

# RFC 7643 4.1.2: values of users
for my $address ('ann@x.example', '"a b"@x.example', 'ann+tag@[192.0.2.1]', "andr\x{e9}\@x.example") {
    my $res = $t->request(PUT => "/Users/$id", { schemas => [$USER], userName => 'ann', emails => [{ value => $address }] });
    is($res->{json}{emails}[0]{value}, $address, 'an e-mail address comes back as sent');
}
for my $country ('CH', 'Switzerland') {
    my $res = $t->request(PUT => "/Users/$id", { schemas => [$USER], userName => 'ann', addresses => [{ country => $country }] });
    is($res->{json}{addresses}[0]{country}, $country, 'a country comes back as sent, code or not');
}
my $certificate = 'MIIDQzCCAqygAwIBAgICEAAwDQYJKoZIhvcNAQEFBQA=';
is_json(post(Users => userName => 'x509', x509Certificates => [{ value => $certificate }])->{json}{x509Certificates},
    [{ value => $certificate }], 'a certificate in base64');
is_error(post(Users => userName => 'x509b', x509Certificates => [{ value => '-----BEGIN CERTIFICATE-----' }]), 400, 'invalidValue',
    qr/x509Certificates/, 'a certificate that is not base64');

# RFC 7644 3.13: another version is refused
for my $version (qw(v1 v3 v2.1)) {
    is_error($t->request(GET => "/$version/Users"), 404, undef, qr/\Q$version/, 'a version that is not served');
    is($t->request(GET => '/Users', undef, ':base' => "/scim/$version/" . $t->tenant)->{status}, 404, 'nor is it in the place of v2');
}

# RFC 7644 3.4.2.1: the answer is always a page, so tooMany is never needed
$t->make(Users => userName => "wide$_") for 1 .. 4;
for my $path ('', '/Users', '/Users?filter=userName%20pr') {
    my $wide = $t->request(GET => $path, undef, ':base' => '/small/v2/' . $t->tenant)->{json};
    is_json([$wide->{itemsPerPage}, scalar @{ $wide->{Resources} }, $wide->{totalResults} > 3 ? true : false], [2, 2, true],
        "a wide query is answered by a page: $path");
}

# RFC 7644 3.4.2.2: a filter is an expression
for my $none ('', '%20', '()', 'and', '%22x%22') {
    is_error($t->request(GET => "/Users?filter=$none"), 400, 'invalidFilter', undef, 'a filter without an expression');
}

# RFC 7644 3.5.2: one op in an operation
my $before = $t->row($id);
for my $twice ('"op":"add","op":"remove"', '"op":"add","OP":"remove"', '"op":["add"]', '"op":null', '') {
    my $members = join ',', grep { length } $twice, '"path":"title","value":"T9"';
    is_error($t->request(PATCH => "/Users/$id", "{\"schemas\":[\"$PATCH\"],\"Operations\":[{$members}]}"), 400, 'invalidSyntax',
        qr/\w/, 'an operation has one op');
}
is_json($t->row($id), $before, 'and nothing is done');

# RFC 7644 3.5.2.3: a value path replaces all that it matches
$t->request(PUT => "/Users/$id", { schemas => [$USER], userName => 'ann', emails => [{ value => 'a@x', type => 'work' },
    { value => 'b@x', type => 'work' }, { value => 'c@x', type => 'home' }] });
is_json($t->patch("/Users/$id", [{ op => 'replace', path => 'emails[type eq "work"].display', value => 'W' }])->{json}{emails},
    [{ value => 'a@x', type => 'work', display => 'W' }, { value => 'b@x', type => 'work', display => 'W' },
    { value => 'c@x', type => 'home' }], 'a value path replaces every value that it matches');

done_testing;
