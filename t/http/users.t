# Users from creation to deletion: RFC 7644 3.3, 3.4.1, 3.5.1, 3.6 and RFC 7643 4.1.
use strict;
use warnings;
use utf8;
use Encode 'encode';
use Test::More;
use URI::Escape 'uri_escape_utf8';
use ScimTest;

my $t = ScimTest->new('users');
scimctl(qw(role add admin --tenant), $t->tenant);

# POST
my %full = (
    userName => 'Bjensen@Example.COM', externalId => 'ext-1', displayName => 'Babs Jensen', nickName => 'Babs',
    name => { formatted => 'Ms. Barbara J Jensen, III', familyName => 'Jensen', givenName => 'Barbara',
        middleName => 'Jane', honorificPrefix => 'Ms.', honorificSuffix => 'III' },
    profileUrl => 'https://login.example.com/bjensen', title => 'Tour Guide', userType => 'Employee',
    preferredLanguage => 'en-US', locale => 'en-US', timezone => 'America/Los_Angeles', active => true,
    emails => [{ value => 'bjensen@example.com', type => 'work', primary => true },
        { value => 'babs@jensen.org', type => 'home' }],
    phoneNumbers => [{ value => '(555) 555-5555 ext. 5', type => 'work' }, { value => 'tel:+1-201-555-0123' }],
    ims => [{ value => 'someaimhandle', type => 'aim' }],
    photos => [{ value => 'https://photos.example.com/profilephoto/72930000000Ccne/F', type => 'photo' }],
    addresses => [{ type => 'work', streetAddress => '100 Universal City Plaza', locality => 'Hollywood',
        region => 'CA', postalCode => '91608', country => 'US', formatted => "100 Universal City Plaza\nHollywood",
        primary => true }],
    entitlements => [{ value => 'e1', display => 'E', type => 'License' }],
    roles => [{ value => 'admin', primary => true }],
    x509Certificates => [{ value => 'MIIDQzCCAqygAwIBAgICEAAwDQYJKoZIhvcNAQEFBQA=' }],
    $ENTERPRISE => { employeeNumber => '701984', costCenter => '4130', organization => 'Universal Studios',
        division => 'Theme Park', department => 'Tour Operations' },
);
my $res = $t->request(POST => '/Users', { schemas => [$USER, $ENTERPRISE], %full, password => 't1meMa$heen' });
is_reply($res, 201, $t->user(\%full, undef, 1), 'create with every attribute');
my $id = $res->{json}{id};
is($res->{location}, $t->url . "/Users/$id", 'Location of a created user');
is($res->{location}, $res->{json}{meta}{location}, 'Location and meta.location agree');
is($res->{etag}, 'W/"1"', 'ETag of a created user');
is($res->{json}{meta}{created}, $res->{json}{meta}{lastModified}, 'created and lastModified of a new user');
my $row = $t->row($id);
is_json($row->{doc}, { schemas => [$USER, $ENTERPRISE], %full }, 'stored document');
is($row->{version}, 1, 'stored version');
is(sql("select count(*) from scim.resource r where r::text like '%t1meMa%'"), 0, 'the password is nowhere in the table');

is_reply($t->request(GET => "/Users/$id"), 200, $res->{json}, 'read again');
is_reply($t->request(GET => "/Users/$id?attributes=password"), 200,
    { schemas => [$USER, $ENTERPRISE], id => $id }, 'password is not returned when asked for');
is_reply($t->request(GET => '/Users?filter=userName%20eq%20%22BJENSEN@example.com%22'), 200,
    listing(1, 1, $res->{json}), 'userName is found in another case and comes back as sent');
is_reply($t->request(GET => "/Users/\U$id"), 200, $res->{json}, 'an id is found in another case too')
;

# Uniqueness
for my $name ('Bjensen@Example.COM', 'bjensen@example.com', 'BJENSEN@EXAMPLE.COM') {
    is_error($t->request(POST => '/Users', { schemas => [$USER], userName => $name }), 409, 'uniqueness', qr/userName/,
        "409 for $name");
}
my $nfc = $t->make(Users => userName => "andr\x{e9}");
is_json($t->row($nfc)->{doc}{userName}, "andr\x{e9}", 'NFC is stored as sent');
is_error($t->request(POST => '/Users', { schemas => [$USER], userName => "ANDRE\x{301}" }), 409, 'uniqueness', undef,
    '409 for the decomposed form in another case');
my $nfd = $t->request(POST => '/Users', { schemas => [$USER], userName => "zoe\x{308}", displayName => "Zoe\x{308}" });
is_json($nfd->{json}{userName}, "zoe\x{308}", 'the decomposed form comes back as sent');
is_json($nfd->{json}{displayName}, "Zoe\x{308}", 'and so does another attribute');
is_error($t->request(POST => '/Users', { schemas => [$USER], userName => "ZO\x{cb}" }), 409, 'uniqueness', undef,
    '409 for the composed form');
is($t->request(POST => '/Users', { schemas => [$USER], userName => 'zoe' })->{status}, 201,
    'a letter without its accent is another name');
$t->make(Users => userName => "stra\x{df}e");
is_error($t->request(POST => '/Users', { schemas => [$USER], userName => 'STRASSE' }), 409, 'uniqueness', undef,
    '409 for the sharp s written as two');
$t->make(Users => userName => 'irmak');
for my $other ("\x{131}rmak", "\x{130}rmak") {
    my $made = $t->request(POST => '/Users', { schemas => [$USER], userName => $other });
    is($made->{status}, 201, 'a Turkish i without a dot, or a capital with one, is another letter');
    is_reply($t->request(GET => '/Users?filter=' . uri_escape_utf8(qq{userName eq "$other"})), 200,
        listing(1, 1, $made->{json}), 'and found alone');
}
is($t->request(POST => '/Users', { schemas => [$USER], userName => 'same-ext', externalId => 'EXT-1' })->{status}, 201,
    'externalId is case-exact');

# Values, byte for byte
for my $value ("  two spaces  ", "tab\tnewline\n", "quote\" backslash\\ slash/ <b>&amp;</b>", "\x{1F600} \x{5d0}\x{5d1}",
    "\x{7f}\x{80}\x{2028}", "\x{fb01}nance", "0041 44 123 45 67", 'null', 'true', '7')
{
    my $sent = $t->make(Users => userName => 'bytes', title => $value);
    my $got = $t->request(GET => "/Users/$sent");
    is($got->{json}{title}, $value, 'a title comes back as sent: ' . json($value));
    is($t->row($sent)->{doc}{title}, $value, 'and is stored as sent');
    is_empty($t->request(DELETE => "/Users/$sent"), 204, 'delete it');
}

# Defaults and derived values
my %derived = (
    'Formatted Name' => { formatted => 'Formatted Name', givenName => 'G', familyName => 'F' },
    'G F' => { givenName => 'G', familyName => 'F' },
    'G'   => { givenName => 'G' },
    'F'   => { familyName => 'F' },
);
for my $expected (sort keys %derived) {
    my $made = $t->request(POST => '/Users', { schemas => [$USER], userName => "derived $expected",
        name => $derived{$expected} });
    is_reply($made, 201, $t->user({ userName => "derived $expected", name => $derived{$expected},
        displayName => $expected, active => true }, undef, 1), "displayName derived: $expected");
}
$res = $t->request(POST => '/Users', { schemas => [$USER], userName => 'plain' });
is_reply($res, 201, $t->user({ userName => 'plain', displayName => 'plain', active => true }, undef, 1),
    'displayName from userName, active by default');
is_json($t->request(POST => '/Users', { schemas => [$USER], userName => 'off', active => false })->{json}{active},
    false, 'active false is kept');

# Values that the client may not set, and empty values
$res = $t->request(POST => '/Users', {
    schemas => [$USER], userName => 'readonly', id => 'my-id', displayName => 'd',
    meta => { resourceType => 'Group', version => 'W/"9"', created => '2000-01-01T00:00:00Z', location => 'x' },
    groups => [{ value => 'x', display => 'y' }], title => undef, emails => [], name => undef,
    phoneNumbers => undef, roles => [], unknownAttribute => { a => [1] }, $ENTERPRISE => undef });
is_reply($res, 201, $t->user({ userName => 'readonly', displayName => 'd', active => true }, undef, 1),
    'readOnly and unknown attributes, null and [] are ignored');
is_json($t->row($res->{json}{id})->{doc}, { schemas => [$USER], userName => 'readonly', displayName => 'd',
    active => true }, 'and are not stored');
$res = $t->request(POST => '/Users', { SCHEMAS => [uc $USER], USERNAME => 'upper', DisplayName => 'd',
    NAME => { GIVENNAME => 'g' }, EMAILS => [{ VALUE => 'v@x.y', Type => 'work' }] });
is_reply($res, 201, $t->user({ userName => 'upper', displayName => 'd', active => true, name => { givenName => 'g' },
    emails => [{ value => 'v@x.y', type => 'work' }] }, undef, 1), 'attribute names and URNs are read without case');
is_error($t->request(POST => '/Users', { schemas => [$GROUP], userName => 'schema' }), 400,
    qr/^invalid(Value|Syntax)$/, undef, "another resource's schema");
is_error($t->request(POST => '/Users', { schemas => [$USER] }), 400, 'invalidValue', qr/userName/,
    'userName is required');
for my $none ('', undef) {
    is_error($t->request(POST => '/Users', { schemas => [$USER], userName => $none }), 400, 'invalidValue',
        qr/userName/, 'an empty userName is none');
}
is_error($t->request(POST => '/Users', { schemas => [$USER], userName => 'two-primary', emails => [
    { value => 'a@x', primary => true }, { value => 'b@x', primary => true }] }), 400, 'invalidValue',
    qr/primary|emails/, 'two primary values');
is(sql("select count(*) from scim.resource where tenant = '$t->{tenant}' and doc->>'userName' in ('schema', 'two-primary')"),
    0, 'nothing of what was refused is stored');
$res = $t->request(POST => '/Users', { userName => 'no-schemas', displayName => 'd' });
is_reply($res, 201, $t->user({ userName => 'no-schemas', displayName => 'd', active => true }, undef, 1),
    'a body without schemas');

# PUT
my $before = $t->request(GET => "/Users/$id")->{json};
$res = $t->request(PUT => "/Users/$id", { schemas => [$USER], userName => 'bjensen2', id => $id,
    name => { givenName => 'Barbara' } });
is_reply($res, 200, $t->user({ userName => 'bjensen2', name => { givenName => 'Barbara' }, displayName => 'Barbara',
    active => true }, $id, 2), 'PUT clears what it leaves out, but active, and derives displayName');
is_json($t->row($id)->{doc}, { schemas => [$USER], userName => 'bjensen2', name => { givenName => 'Barbara' },
    displayName => 'Barbara', active => true }, 'and that is stored');
is($res->{etag}, 'W/"2"', 'the ETag after PUT');
is($res->{location}, $t->url . "/Users/$id", 'the Location of PUT');
is($res->{json}{meta}{created}, $before->{meta}{created}, 'created stays');
cmp_ok($res->{json}{meta}{lastModified}, 'gt', $before->{meta}{lastModified}, 'lastModified moves');
is_json($t->request(GET => "/Users/$id")->{json}, $res->{json}, 'GET answers what PUT answered');
is($t->request(POST => '/Users', { schemas => [$USER], userName => 'Bjensen@Example.COM' })->{status}, 201,
    'the old userName is free');

is($t->patch("/Users/$id", [{ op => 'replace', path => 'active', value => false }])->{status}, 200, 'deactivate');
$res = $t->request(PUT => "/Users/$id", { schemas => [$USER], userName => 'bjensen2' });
is_json($res->{json}{active}, false, 'PUT without active does not change it');
$res = $t->request(PUT => "/Users/$id", { schemas => [$USER], userName => 'bjensen2', active => true });
is_json($res->{json}{active}, true, 'PUT with active does');
my $all = $t->request(GET => "/Users/$id")->{json};
$res = $t->request(PUT => "/Users/$id", { %$all, title => 'New' });
is($res->{status}, 200, 'PUT of what GET answered, with one change') or diag $res->{body};
is($res->{json}{title}, 'New', 'the change is there');
$res = $t->request(PUT => "/Users/$id", { schemas => [$USER], userName => 'bjensen2', displayName => 'Babs',
    name => { formatted => 'Ms. Barbara' } });
is($res->{json}{displayName}, 'Babs', 'a displayName that PUT sends is kept');
is($t->patch("/Users/$id", [{ op => 'remove', path => 'displayName' }])->{json}{displayName}, undef,
    'PATCH removes it, and derives none');
is_error($t->request(PUT => "/Users/$id", { schemas => [$USER], userName => 'PLAIN' }), 409, 'uniqueness',
    qr/userName/, "PUT of another user's name");
is_error($t->request(PUT => "/Users/$id", { schemas => [$USER] }), 400, 'invalidValue', qr/userName/,
    'PUT without a required attribute');
is($t->request(PUT => "/Users/$id", { schemas => [$USER], userName => 'BJENSEN2' })->{json}{userName}, 'BJENSEN2',
    'PUT of the own name in another case');
my $none = '018f0000-0000-7000-8000-000000000000';
is_error($t->request(PUT => "/Users/$none", { schemas => [$USER], userName => 'x' }), 404, undef, qr/\Q$none/,
    'PUT does not create');
is(sql("select count(*) from scim.resource where id = '$none'"), 0, 'and nothing is stored');

# PATCH
$res = $t->patch("/Users/$id", [{ op => 'add', path => 'title', value => 'Chief' },
    { op => 'replace', path => 'name.familyName', value => 'Jensen' }]);
is($res->{status}, 200, 'PATCH') or diag $res->{body};
is_json([@{ $res->{json} }{qw(title)}, $res->{json}{name}{familyName}], ['Chief', 'Jensen'], 'PATCH answers the user');
is_json($t->request(GET => "/Users/$id")->{json}, $res->{json}, 'GET answers what PATCH answered');
is_error($t->patch("/Users/$none", [{ op => 'add', path => 'title', value => 'Chief' }]), 404, undef, qr/\Q$none/,
    'PATCH of nobody');

# GET of a missing user
for my $nobody ($none, 'no-uuid', '1', "$id-", "' or 1=1") {
    (my $path = $nobody) =~ s/([ '])/sprintf '%%%02x', ord $1/ge;
    is_error($t->request(GET => "/Users/$path"), 404, undef, undef, "no user $nobody");
}
is_error($t->request(GET => '/Groups/' . $id), 404, undef, undef, 'a user is no group');
is_error($t->request(DELETE => '/Groups/' . $id), 404, undef, undef, 'nor can it be deleted as one');

# DELETE
is_empty($t->request(DELETE => "/Users/$id"), 204, 'DELETE');
is_error($t->request(GET => "/Users/$id"), 404, undef, qr/\Q$id/, 'GET afterwards');
is_error($t->request(DELETE => "/Users/$id"), 404, undef, qr/\Q$id/, 'DELETE again');
is_error($t->request(DELETE => "/Users/$none"), 404, undef, qr/\Q$none/, 'DELETE of nobody');

done_testing;
