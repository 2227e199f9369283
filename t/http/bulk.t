# Bulk requests: RFC 7644 3.7.
use strict;
use warnings;
use utf8;
use LWP::UserAgent;
use POSIX ();
use Test::More;
use ScimTest;

my $REQUEST  = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
my $RESPONSE = 'urn:ietf:params:scim:api:messages:2.0:BulkResponse';
my $ERROR    = 'urn:ietf:params:scim:api:messages:2.0:Error';
my $t        = ScimTest->new('bulk');
my $other    = ScimTest->new('bulk-other');
my $none     = '018f0000-0000-7000-8000-000000000000';
my $UUID     = qr/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/;

sub message { return { schemas => [$REQUEST], Operations => [@_] } }
sub bulk { return $t->request(POST => '/Bulk', message(@_)) }
sub user { my ($bulk_id, $name, %more) = @_;
    return { method => 'POST', path => '/Users', bulkId => $bulk_id, data => { schemas => [$USER], userName => $name, %more } } }
sub group { my ($bulk_id, $name, @members) = @_;
    return { method => 'POST', path => '/Groups', bulkId => $bulk_id,
        data => { schemas => [$GROUP], displayName => $name, members => [map { { value => $_ } } @members] } } }
sub patched { my ($path, @operations) = @_;
    return { method => 'PATCH', path => $path, data => { schemas => [$PATCH], Operations => [@operations] } } }
sub add { return { op => 'add', path => 'members', value => [map { { value => $_ } } @_] } }
sub set { return { op => 'replace', path => $_[0], value => $_[1] } }

# The expected answers to operations. `$version` undef: any version.
sub made { my ($path, $bulk_id, $version) = @_;
    return { method => 'POST', bulkId => $bulk_id, status => '201', version => defined $version ? "W/\"$version\"" : qr{^W/"\d+"$},
        location => qr{^\Q@{[$t->url]}$path\E/$UUID$} } }
sub changed { my ($method, $path, $version, $status) = @_;
    return { method => $method, status => defined $status ? "$status" : '200', location => $t->url . $path, version => "W/\"$version\"" } }
sub failed { my ($method, $status, $type, $detail, %more) = @_;
    return { method => $method, status => "$status", %more,
        response => { schemas => [$ERROR], status => "$status", detail => $detail, defined $type ? (scimType => $type) : () } } }
sub answered {
    my ($res, $expected, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    return is_reply($res, 200, { schemas => [$RESPONSE], Operations => $expected }, $name);
}
sub id_of { my ($res, $n) = @_; return ($res->{json}{Operations}[$n]{location} // '') =~ /($UUID)$/ ? $1 : undef }
sub ids_of { my ($res) = @_; return map { id_of($res, $_) } 0 .. $#{ $res->{json}{Operations} } }
sub doc { my $row = $t->row($_[0]); return $row && { %{ $row->{doc} }, version => $row->{version} } }
sub count { return sql("select count(*) from scim.resource where tenant = '$t->{tenant}' and deleted_at is null and $_[0]") }
sub named { return count("doc ->> '$_[0]' = '$_[1]'") }

# --- the examples of RFC 7644 3.7 ------------------------------------------------------------------------------------

my $res = bulk(group('qwerty', 'Group A', 'bulkId:ytrewq'), group('ytrewq', 'Group B', 'bulkId:qwerty'));
answered($res, [made('/Groups', 'qwerty', 1), made('/Groups', 'ytrewq', 1)], 'two groups that are members of each other');
my ($a, $b) = ids_of($res);
is_json($t->stored_members($a), [$b], 'B is a member of A');
is_json($t->stored_members($b), [$a], 'A is a member of B');
is($t->request(GET => "/Groups/$a")->{etag}, 'W/"1"', 'the version that was told');

$res = bulk(user('qwerty', 'Alice'), group('ytrewq', 'Tour Guides', 'bulkId:qwerty'));
answered($res, [made('/Users', 'qwerty', 1), made('/Groups', 'ytrewq', 1)], 'a user and the group that it is in');
my ($alice, $guides) = ids_of($res);
is_json($t->stored_members($guides), [$alice], 'Alice is a Tour Guide');

$res = bulk(user('boss', 'Abe'), user('ytrewq', 'Bob', schemas => [$USER, $ENTERPRISE],
    $ENTERPRISE => { employeeNumber => '11250', manager => { value => 'bulkId:boss' } }));
answered($res, [made('/Users', 'boss', 1), made('/Users', 'ytrewq', 1)], 'a reference inside an extension');
my ($abe, $bob) = ids_of($res);
is_json(doc($bob)->{$ENTERPRISE}, { employeeNumber => '11250', manager => { value => $abe } }, 'has become the id');

my $dave = $t->make(Users => userName => 'dave', nickName => 'D');
my $gone = $t->make(Users => userName => 'gone');
$res = $t->request(POST => '/Bulk', { %{ message(user('qwerty', 'Carol'),
    { method => 'PUT', path => "/Users/$bob", version => 'W/"1"', data => { schemas => [$USER], id => $bob, userName => 'Robert' } },
    { %{ patched("/Users/$dave", { op => 'remove', path => 'nickName' }, { op => 'add', path => 'userName', value => 'Dave' }) },
        version => 'W/"1"' },
    { method => 'DELETE', path => "/Users/$gone", version => 'W/"1"' }) }, failOnErrors => 1 });
answered($res, [made('/Users', 'qwerty', 1), changed(PUT => "/Users/$bob", 2), changed(PATCH => "/Users/$dave", 2),
    { method => 'DELETE', status => '204', location => $t->url . "/Users/$gone" }], 'all four methods');
is_json(doc($bob), { schemas => [$USER], userName => 'Robert', displayName => 'Robert', active => true, version => 2 }, 'PUT is stored');
is_json(doc($dave), { schemas => [$USER], userName => 'Dave', displayName => 'Dave', active => true, version => 2 }, 'PATCH is stored');
ok($t->row($gone)->{deleted}, 'DELETE is stored');

my @four = (user('qwerty', 'alice'),
    { method => 'PUT', path => "/Users/$bob", version => 'W/"3694e05e9dff591"', data => { schemas => [$USER], userName => 'Bob' } },
    { %{ patched("/Users/$dave", set(title => 'x')) }, version => 'W/"1"' },
    { method => 'DELETE', path => "/Users/$gone", version => 'W/"1"' });
my @failures = (failed(POST => 409, 'uniqueness', qr/userName/, bulkId => 'qwerty'),
    failed(PUT => 412, undef, qr/version/, location => $t->url . "/Users/$bob"),
    failed(PATCH => 412, undef, qr/version/, location => $t->url . "/Users/$dave"),
    failed(DELETE => 404, undef, qr/\Q$gone/, location => $t->url . "/Users/$gone"));
answered($t->request(POST => '/Bulk', { %{ message(@four) }, failOnErrors => 1 }), [$failures[0]], 'ends after one error');
answered(bulk(@four), \@failures, 'goes on where nothing is said');
is_json([doc($bob)->{version}, doc($dave)->{version}], [2, 2], 'and nothing has changed');

# --- references -------------------------------------------------------------------------------------------------------

my @late = (group('g', 'Late', 'bulkId:u1', 'bulkId:u2', $alice), user('u1', 'late1'), user('u2', 'late2'));
$res = bulk(@late);
answered($res, [made('/Groups', 'g', 1), made('/Users', 'u1', 1), made('/Users', 'u2', 1)], 'references to what follows');
my ($late, @users) = ids_of($res);
is_json($t->stored_members($late), [sort @users, $alice], 'all are members');

$res = bulk(user('m', 'mallory', $ENTERPRISE => { manager => { value => 'bulkId:n' } }),
    user('n', 'nick', $ENTERPRISE => { manager => { value => 'bulkId:m', '$ref' => '../Users/bulkId:m' } }),
    user('o', 'own', $ENTERPRISE => { manager => { value => 'bulkId:o' } }));
answered($res, [made('/Users', 'm', 1), made('/Users', 'n', 1), made('/Users', 'o', 1)], 'users who manage each other, and themselves');
my ($m, $n, $own) = ids_of($res);
is(doc($m)->{$ENTERPRISE}{manager}{value}, $n, 'the one');
is_json(doc($n)->{$ENTERPRISE}{manager}, { value => $m, '$ref' => "../Users/$m" }, 'the other, with $ref');
is(doc($own)->{$ENTERPRISE}{manager}{value}, $own, 'oneself');

$res = bulk(user('u', 'pathed'), group('g', 'Pathed'),
    patched('/Groups/bulkId:g', add('bulkId:u', $alice)),
    patched('/Users/bulkId:u', set(title => 'T'), set("$ENTERPRISE:manager", { value => 'bulkId:u' })),
    patched('Groups/bulkId:g', { op => 'remove', path => "members[value eq \"bulkId:u\" or value eq \"$none\"]" }),
    { method => 'PUT', path => $t->url . '/Users/bulkId:u', data => { schemas => [$USER], userName => 'pathed2' } },
    user('v', 'pathed'),
    { method => 'delete', path => '/Users/bulkId:v' });
my ($u, $g) = ids_of($res);
answered($res, [made('/Users', 'u', 1), made('/Groups', 'g', 1), changed(PATCH => "/Groups/$g", 1, 204),
    changed(PATCH => "/Users/$u", 2), changed(PATCH => "/Groups/$g", 2, 204), changed(PUT => "/Users/$u", 3),
    made('/Users', 'v', 1), { method => 'DELETE', status => '204', location => qr{/Users/$UUID$} }],
    'references in paths, values and value paths');
is_json($t->stored_members($g), [$alice], 'the members');
is(doc($u)->{userName}, 'pathed2', 'the user');
is(named('userName', 'pathed'), 0, 'the second one is gone again');

answered(bulk(group('g', 'Self', 'bulkId:g')), [failed(POST => 400, 'invalidValue', qr/itself/, bulkId => 'g')],
    'a group as a member of itself');
answered(bulk(group('g', 'Unknown', 'bulkId:nobody'), patched('/Users/bulkId:nobody', set(title => 'x')),
    user('u', 'unaffected'), patched('/Users/bulkId:', set(title => 'x'))),
    [failed(POST => 400, 'invalidValue', qr/"bulkId:nobody" refers to no POST/, bulkId => 'g'),
     failed(PATCH => 400, 'invalidValue', qr/"bulkId:nobody" refers to no POST/), made('/Users', 'u', 1),
     failed(PATCH => 400, 'invalidValue', qr/"bulkId:" refers/)], 'references to nothing');
is(named('displayName', 'Unknown') . named('displayName', 'Self'), '00', 'nothing is stored');

# An operation that refers to a failed one fails too, also indirectly and in circles.
answered(bulk(user('u', 'ALICE'), group('g', 'Of one', 'bulkId:u'), group('h', 'Of it', 'bulkId:g'), patched('/Groups/bulkId:h', add($alice)),
    group('i', 'Of none')),
    [failed(POST => 409, 'uniqueness', qr/userName/, bulkId => 'u'), failed(POST => 409, undef, qr/bulkId "u".*failed/, bulkId => 'g'),
     failed(POST => 409, undef, qr/bulkId "g".*failed/, bulkId => 'h'), failed(PATCH => 409, undef, qr/bulkId "h".*failed/),
     made('/Groups', 'i', 1)], 'a reference to what failed');
is(named('displayName', 'Of one') . named('displayName', 'Of it'), '00', 'nothing is stored of these');
answered(bulk(group('p', 'P', 'bulkId:q'), group('q', 'tour guides', 'bulkId:p'), user('u', 'circled')),
    [failed(POST => 409, undef, qr/bulkId "q".*failed/, bulkId => 'p'), failed(POST => 409, 'uniqueness', qr/displayName/, bulkId => 'q'),
     made('/Users', 'u', 1)], 'a circle of which one fails');
answered(bulk(user('p', 'P1', $ENTERPRISE => { manager => { value => 'bulkId:q' } }),
    user('q', 'Q1', active => 'x', $ENTERPRISE => { manager => { value => 'bulkId:p' } })),
    [failed(POST => 409, undef, qr/bulkId "q".*failed/, bulkId => 'p'), failed(POST => 400, 'invalidValue', qr/active/, bulkId => 'q')],
    'a circle of which one is wrong');
is(named('displayName', 'P') . named('userName', 'P1'), '00', 'and nothing is stored of either');

# --- restored users keep their ids, and references use these -----------------------------------------------------------

sub removed { my ($name, $external) = @_;
    my $id = $t->make(Users => userName => $name, externalId => $external);
    $t->request(DELETE => "/Users/$id");
    return $id }
my ($r1, $r2, $r3) = map { removed("former$_", "x$_") } 1 .. 3;
$res = bulk(group('g', 'Restored', 'bulkId:u1', 'bulkId:u2'), user('u1', 'former1', externalId => 'x1'), user('u2', 'new1', externalId => 'x0'),
    user('c1', 'former2', externalId => 'x2', $ENTERPRISE => { manager => { value => 'bulkId:c2' } }),
    user('c2', 'former3', externalId => 'x3', $ENTERPRISE => { manager => { value => 'bulkId:c1' } }));
answered($res, [made('/Groups', 'g', 1), { %{ made('/Users', 'u1', 3) }, location => $t->url . "/Users/$r1" }, made('/Users', 'u2', 1),
    { %{ made('/Users', 'c1', 3) }, location => $t->url . "/Users/$r2" }, { %{ made('/Users', 'c2', 3) }, location => $t->url . "/Users/$r3" }],
    'users who were deleted');
is_json($t->stored_members(id_of($res, 0)), [sort $r1, id_of($res, 2)], 'are members under their ids');
is_json([map { doc($_)->{$ENTERPRISE}{manager}{value} } $r2, $r3], [$r3, $r2], 'and manage each other');

my $back = removed('back', 'xb');
answered(bulk(user('u', 'back', externalId => 'xb'), patched("/Users/$back", set(title => 'T')), user('v', 'back2', externalId => 'xb')),
    [{ %{ made('/Users', 'u', 3) }, location => $t->url . "/Users/$back" }, changed(PATCH => "/Users/$back", 4), made('/Users', 'v', 1)],
    'one who is back can be changed');
answered(bulk({ method => 'DELETE', path => "/Users/$back" }, user('u', 'back', externalId => 'xb')),
    [{ method => 'DELETE', status => '204', location => $t->url . "/Users/$back" },
     { %{ made('/Users', 'u', 6) }, location => $t->url . "/Users/$back" }], 'deleted and brought back');

# --- order of execution ------------------------------------------------------------------------------------------------

my $holder = $t->make(Users => userName => 'holder');
answered(bulk(user('a', 'holder'), patched("/Users/$holder", set(userName => 'released')), user('b', 'holder'), user('c', 'Holder')),
    [failed(POST => 409, 'uniqueness', qr/userName/, bulkId => 'a'), changed(PATCH => "/Users/$holder", 2), made('/Users', 'b', 1),
     failed(POST => 409, 'uniqueness', qr/userName/, bulkId => 'c')], 'a name is free when it has been released, and not before');
my $in = $t->make(Groups => displayName => 'In turn', members => [{ value => $alice }, { value => $holder }]);
answered(bulk({ %{ patched("/Groups/$in", { op => 'remove', path => "members[value eq \"$alice\"]" }) }, version => 'W/"1"' },
    { %{ patched("/Groups/$in", set(externalId => 'e')) }, version => 'W/"1"' },
    { method => 'DELETE', path => "/Users/$holder" },
    { %{ patched("/Groups/$in", set(externalId => 'f')) }, version => 'W/"2"' },
    { method => 'PUT', path => "/Groups/$in", version => 'W/"3"', data => { schemas => [$GROUP], displayName => 'In turn', members => [{ value => $bob }] } },
    patched("/Groups/$in", add($alice)), patched("/Groups/$in", add($alice, $dave))),
    [changed(PATCH => "/Groups/$in", 2, 204), failed(PATCH => 412, undef, qr/version/, location => $t->url . "/Groups/$in"),
     { method => 'DELETE', status => '204', location => $t->url . "/Users/$holder" },
     failed(PATCH => 412, undef, qr/version/, location => $t->url . "/Groups/$in"), changed(PUT => "/Groups/$in", 4),
     changed(PATCH => "/Groups/$in", 4, 204), changed(PATCH => "/Groups/$in", 4, 204)], 'versions are those of one after the other');
is_json($t->stored_members($in), [sort $alice, $bob, $dave], 'members likewise');
is($t->row($in)->{version}, 4, 'the version that was told');

# Many operations, some of which fail: each has its own answer, and all others are done.
my @many = map { user("u$_", $_ % 7 == 3 ? "dup" : "many$_", $_ % 11 == 5 ? (active => 'perhaps') : ()),
    group("g$_", $_ % 13 == 8 ? 'tour guides' : "Many $_", $_ % 5 == 4 ? $none : "bulkId:u$_") } 1 .. 60;
my %taken;
my @expected = map {
    my $user_fails = $_ % 11 == 5 ? 400 : $_ % 7 == 3 && $taken{dup}++ ? 409 : 0;
    my $user = !$user_fails ? made('/Users', "u$_", 1) : $user_fails == 400 ? failed(POST => 400, 'invalidValue', qr/active/, bulkId => "u$_")
        : failed(POST => 409, 'uniqueness', qr/userName/, bulkId => "u$_");
    my $group = $user_fails && $_ % 5 != 4 ? failed(POST => 409, undef, qr/bulkId "u$_"/, bulkId => "g$_")
        : $_ % 13 == 8 ? failed(POST => 409, 'uniqueness', qr/displayName/, bulkId => "g$_")
        : $_ % 5 == 4 ? failed(POST => 400, 'invalidValue', qr/\Q$none/, bulkId => "g$_") : made('/Groups', "g$_", 1);
    ($user, $group);
} 1 .. 60;
$res = bulk(@many);
answered($res, \@expected, 'many');
my @made = grep { $_->{status} eq '201' } @{ $res->{json}{Operations} };
is(count("(doc ->> 'userName' ~ '^(many|dup)' or doc ->> 'displayName' ~ '^Many ')"), scalar @made, 'what was told is stored, and nothing else');
for my $n (1, 7, 12, 28, 46) {
    is_json($t->stored_members(id_of($res, 2 * $n - 1)), [id_of($res, 2 * $n - 2)], "member of group $n");
}
my $errors = grep { $_->{status} !~ /^2/ } @expected[0 .. 39];
my @prefixed = map { my $op = { %$_, data => { %{ $_->{data} } } };
    $op->{data}{$_} =~ s/^(many|dup|Many )/again$1/ for grep { $op->{data}{$_} } qw(userName displayName); $op } @many;
my $last = (grep { $expected[$_]{status} !~ /^2/ } 0 .. $#expected)[6];
answered($t->request(POST => '/Bulk', { %{ message(@prefixed) }, failOnErrors => 7 }), [@expected[0 .. $last]], 'ends after the seventh error');
is(count("(doc ->> 'userName' ~ '^again' or doc ->> 'displayName' ~ '^againMany ')"), scalar(grep { $_->{status} eq '201' } @expected[0 .. $last]),
    'what came after it was not done');
answered($t->request(POST => '/Bulk', { %{ message(user('a', 'stop1'), user('b', 'STOP1'), user('c', 'stop2')) }, failOnErrors => 1 }),
    [made('/Users', 'a', 1), failed(POST => 409, 'uniqueness', qr/userName/, bulkId => 'b')], 'ends inside of what is made together');
is(named('userName', 'stop2'), 0, 'the next one is not made');
is(named('userName', 'stop1'), 1, 'the one before is');
answered($t->request(POST => '/Bulk', { %{ message(user('a', 'stop3'), { method => 'GET', path => "/Users/$bob" }, user('c', 'stop4')) },
    failOnErrors => 1 }), [made('/Users', 'a', 1), failed(GET => 400, 'invalidValue', qr/GET/)], 'ends at what was never tried');
is(named('userName', 'stop4'), 0, 'the next one is not made');
answered($t->request(POST => '/Bulk', { %{ message(user('a', 'far1'), { method => 'GET', path => "/Users/$bob" }, user('c', 'far2')) },
    failOnErrors => 2 }), [made('/Users', 'a', 1), failed(GET => 400, 'invalidValue', qr/GET/), made('/Users', 'c', 1)], 'fewer errors than allowed');

# One user of a set would be restored, but its name is taken: the others are created.
my $clash = removed('clash', 'xclash');
answered(bulk(map { user("u$_", $_ == 4 ? ('alice', externalId => 'xclash') : "set$_") } 1 .. 6),
    [map { $_ == 4 ? failed(POST => 409, 'uniqueness', qr/userName/, bulkId => "u$_") : made('/Users', "u$_", 1) } 1 .. 6],
    'one of a set cannot be brought back');
ok($t->row($clash)->{deleted}, 'it stays deleted');
is(count("doc ->> 'userName' ~ '^set'"), 5, 'the others are there');

# --- an operation is atomic --------------------------------------------------------------------------------------------

my $whole = $t->make(Groups => displayName => 'Whole', members => [{ value => $bob }]);
answered(bulk(patched("/Groups/$whole", { op => 'add', path => 'externalId', value => 'w' }, add($alice, $none)),
    group('g', 'Half', $alice, $none), { method => 'PUT', path => "/Groups/$whole",
        data => { schemas => [$GROUP], displayName => 'Half', members => [{ value => $alice }, { value => $none }] } },
    patched("/Groups/$whole", add($dave))),
    [failed(PATCH => 400, 'invalidValue', qr/\Q$none/, location => $t->url . "/Groups/$whole"),
     failed(POST => 400, 'invalidValue', qr/\Q$none/, bulkId => 'g'),
     failed(PUT => 400, 'invalidValue', qr/\Q$none/, location => $t->url . "/Groups/$whole"),
     changed(PATCH => "/Groups/$whole", 2, 204)], 'operations that fail after their first statement');
is_json(doc($whole), { schemas => [$GROUP], displayName => 'Whole', version => 2 }, 'have changed nothing');
is_json($t->stored_members($whole), [sort $bob, $dave], 'no members either');
is(named('displayName', 'Half'), 0, 'and made nothing');

# --- wrong operations --------------------------------------------------------------------------------------------------

my %data = (data => { schemas => [$USER], userName => 'wrong' });
for my $case (
    ['no method', { path => '/Users', bulkId => 'x', %data }, failed(undef, 400, 'invalidValue', qr/"method"/, bulkId => 'x')],
    ['method GET', { method => 'GET', path => '/Users/1' }, failed(GET => 400, 'invalidValue', qr/"GET"/)],
    ['method of another type', { method => 5, path => '/Users' }, failed(undef, 400, 'invalidValue', qr/"method"/)],
    ['method twice', { method => 'POST', METHOD => 'PUT', path => '/Users' }, failed(undef, 400, 'invalidSyntax', qr/"method"/)],
    ['no bulkId', { method => 'POST', path => '/Users', %data }, failed(POST => 400, 'invalidValue', qr/"bulkId"/)],
    ['an empty bulkId', { method => 'POST', path => '/Users', bulkId => '', %data }, failed(POST => 400, 'invalidValue', qr/"bulkId"/, bulkId => '')],
    ['no path', { method => 'POST', bulkId => 'x', %data }, failed(POST => 400, 'invalidValue', qr/"path"/, bulkId => 'x')],
    ['no data', { method => 'POST', path => '/Users', bulkId => 'x' }, failed(POST => 400, 'invalidValue', qr/"data"/, bulkId => 'x')],
    ['data of another type', { method => 'PUT', path => "/Users/$bob", data => [1] }, failed(PUT => 400, 'invalidValue', qr/"data"/, location => $t->url . "/Users/$bob")],
    ['version of another type', { method => 'DELETE', path => "/Users/$bob", version => 2 }, failed(DELETE => 400, 'invalidValue', qr/"version"/, location => $t->url . "/Users/$bob")],
    ['POST of a resource', { method => 'POST', path => "/Users/$bob", bulkId => 'x', %data }, failed(POST => 405, undef, qr/endpoint/, bulkId => 'x')],
    ['DELETE of a type', { method => 'DELETE', path => '/Users/' }, failed(DELETE => 405, undef, qr/resource/)],
    (map { my $path = $_; ["POST of $path", { method => 'POST', path => $path, bulkId => 'x', data => {} },
        failed(POST => 404, undef, qr/resource type/, bulkId => 'x')] } '/Bulk', '/Me', '/Schemas', '/ResourceTypes', '/ServiceProviderConfig',
        '/.search', '/', '', '/Nothing', 'https://elsewhere.example/scim/v2/Users', $other->url . '/Users', $t->url . 'x/Users'),
    # 404 would say that the user is gone.
    (map { ["a path with $_", { method => 'DELETE', path => "/Users/$bob$_" }, failed(DELETE => 400, 'invalidValue', qr/no query/)] } '?attributes=userName', '#x', '/?x'),
    ['a search', { method => 'POST', path => '/Users/.search', bulkId => 'x', data => {} }, failed(POST => 405, undef, $ANY, bulkId => 'x')],
    ['PATCH of /Me', patched('/Me', set(title => 'x')), failed(PATCH => 404, undef, qr/resource type/)],
    ['a resource that is none', patched("/Users/$none", set(title => 'x')), failed(PATCH => 404, undef, qr/\Q$none/, location => $t->url . "/Users/$none")],
    ['an id that is none', { method => 'DELETE', path => '/Users/x"y' }, failed(DELETE => 404, undef, qr/x"y/, location => $t->url . '/Users/x"y')],
    ['a resource of another type', { method => 'DELETE', path => "/Groups/$bob" }, failed(DELETE => 404, undef, qr/\Q$bob/, location => $t->url . "/Groups/$bob")],
    ['a resource that is wrong', { method => 'POST', path => '/Users', bulkId => 'x', data => { schemas => [$USER] } }, failed(POST => 400, 'invalidValue', qr/userName/, bulkId => 'x')],
    ['a PATCH that is wrong', patched("/Users/$bob", { op => 'jump' }), failed(PATCH => 400, 'invalidSyntax', qr/jump/, location => qr/\Q$bob/)],
    ['a PATCH that only the resource refuses', patched("/Users/$bob", { op => 'replace', path => 'emails[value sw "x"].type', value => 'work' }), failed(PATCH => 400, 'noTarget', $ANY, location => $t->url . "/Users/$bob")],
) {
    my ($name, $op, $expected) = @$case;
    delete $expected->{method} unless defined $expected->{method};
    $res = bulk($op, user('after', "after $name"));
    answered($res, [$expected, made('/Users', 'after', 1)], $name);
}
is(doc($bob)->{version}, 2, 'nothing has changed');
# A bulkId may have these characters.
$res = bulk(group('a#1?x', 'Odd name'), patched('/Groups/bulkId:a#1?x', { op => 'replace', path => 'displayName', value => 'Even name' }));
is_json([map { $_->{status} } @{ $res->{json}{Operations} }], ['201', '204'], 'a path with a bulkId that has # and ?') or diag $res->{body};
is($t->row(id_of($res, 0))->{doc}{displayName}, 'Even name', 'is the resource of that operation');

# --- resources of other tenants do not exist ----------------------------------------------------------------------------

my $stranger = $other->make(Users => userName => 'stranger', externalId => 'stranger');
my @answers = map {
    my $id = $_;
    my $res = bulk({ method => 'PUT', path => "/Users/$id", %data }, patched("/Users/$id", set(title => 'x')),
        { method => 'DELETE', path => "/Users/$id" }, group('g', 'Strangers', $id), patched("/Groups/$whole", add($id)),
        patched("/Groups/$id", add($bob)));
    $res->{body} =~ s/\Q$id\E/ID/g;
    $res->{body};
} $stranger, $none;
is($answers[0], $answers[1], "another tenant's ids are answered like ids of nobody");
is_json([map { $_->{status} } @{ unjson($answers[0])->{Operations} }], [qw(404 404 404 400 400 404)], 'namely so');
is($other->row($stranger)->{version}, 1, 'it has not changed');
is(named('displayName', 'Strangers'), 0, 'and is in no group');

# --- wrong messages -----------------------------------------------------------------------------------------------------

my $before = count('true');
for my $case (
    ['another message', { schemas => [5], Operations => [user('x', 'm')] }, 400, 'invalidSyntax', qr/BulkRequest/],
    ['no operations', { schemas => [$REQUEST] }, 400, 'invalidSyntax', qr/Operations/],
    ['operations that are no list', { schemas => [$REQUEST], Operations => 'x' }, 400, 'invalidSyntax', qr/Operations/],
    ['an operation that is none', message(user('x', 'm'), 'POST'), 400, 'invalidSyntax', qr/Operations/],
    ['one bulkId of two', message(user('x', 'm'), user('x', 'n')), 400, 'invalidValue', qr/"x"/],
    (map { ["failOnErrors $_->[0]", { %{ message(user('x', 'm')) }, failOnErrors => $_->[1] }, 400, 'invalidValue', qr/failOnErrors/] }
        ['text', '1'], ['a fraction', 1.5], ['negative', -1]),
    ['no JSON', '{"schemas": [', 400, 'invalidSyntax', $ANY],
) {
    my ($name, $message, @error) = @$case;
    is_error($t->request(POST => '/Bulk', $message), @error, $name);
}
is(count('true'), $before, 'nothing was made');
answered($t->request(POST => '/Bulk', { schemas => [$REQUEST], failOnErrors => undef, Operations => [] }), [], 'no operation at all');
answered($t->request(POST => '/Bulk', { Operations => [{ Method => 'post', PATH => '/Users', BulkId => 'x', Data => { userName => 'loose', $ENTERPRISE => { department => 'D' } } }] }),
    [made('/Users', 'x', 1)], 'names in any case, no schemas');
ok(eventually(sub { log_lines('error_log', qr{POST \S+/Bulk: leniency: no-schemas$}) }), 'and the log tells what was accepted');
ok(scalar log_lines('error_log', qr{POST \S+/Bulk: operation 2: 412: .*version}), 'it tells of operations that failed');

is_error($t->request(GET => '/Bulk'), 405, undef, qr/POST/, 'GET');
is($t->request(GET => '/Bulk')->{headers}->header('Allow'), 'POST, OPTIONS', 'Allow');
is_error($t->request(POST => '/Bulk/x', message()), 404, undef, undef, 'nothing is below');
is_error($t->request(POST => '/Bulk', message(user('x', 'stranger')), Authorization => 'Bearer x'), 401, undef, undef, 'a stranger');
{
    # Each of these operations depends on the tenant's profile, which is read only once.
    my $rollbacks = sub { $t->request(GET => '/Users?count=0') for 1 .. 3; select undef, undef, undef, 1.2;
        $t->request(GET => '/Users?count=0') for 1 .. 8; select undef, undef, undef, 0.3;
        return sql("select xact_rollback from pg_stat_database where datname = current_database()") };
    my $before = $rollbacks->();
    my @slips = map { { method => 'POST', path => '/Users', bulkId => "s$_", data => { userName => "slip$_" } } } 1 .. 90;
    is_error($t->request(POST => '/Bulk', message(@slips), Authorization => "Bearer $other->{token}"), 401, undef, undef,
        'a stranger whose operations are all lenient');
    cmp_ok($rollbacks->() - $before, '<', 10, 'is refused once');
}
is_error($t->request(POST => '/Bulk', message({ method => 'GET' }), Authorization => "Bearer $other->{token}"), 401, undef, undef,
    'a stranger whose operations are all wrong');

# --- limits -------------------------------------------------------------------------------------------------------------

my @small = (':base' => "/bulk/v2/$t->{tenant}");
my $config = $t->request(GET => '/ServiceProviderConfig', undef, @small)->{json}{bulk};
is_json($config, { supported => true, maxOperations => 4, maxPayloadSize => 3000 }, 'limits that are set');
is_json($t->request(GET => '/ServiceProviderConfig')->{json}{bulk}, { supported => true, maxOperations => 1000, maxPayloadSize => 1048576 },
    'limits that are not');
is_json($t->request(GET => '/ServiceProviderConfig', undef, ':base' => "/small/v2/$t->{tenant}")->{json}{bulk}{maxPayloadSize}, 2000,
    'ScimMaxBody holds as well');
is($t->request(POST => '/Bulk', message(map { user($_, "four$_") } 1 .. 4), @small)->{status}, 200, 'as many as allowed');
is_error($t->request(POST => '/Bulk', message(map { user($_, "five$_") } 1 .. 5), @small), 413, undef, qr/5 operations.*4/, 'one more');
is_error($t->request(POST => '/Bulk', message(user(1, 'large', title => 'x' x 3000)), @small), 413, undef, qr/3000 bytes/, 'more bytes');
is(named('userName', 'five1') . named('userName', 'large'), '00', 'nothing was made');
is_error($t->request(POST => '/Bulk', message(map { user($_, "m$_") } 1 .. 1001)), 413, undef, qr/1001 operations.*1000/, 'more than the default');
$res = $t->request(POST => '/Users', { schemas => [$USER], userName => 'big', title => 'x' x 3000 }, @small);
is($res->{status}, 201, 'the bytes are those of Bulk alone');

# --- simultaneous requests ----------------------------------------------------------------------------------------------

sub all_are {
    my ($test, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    is($res->{status}, 200, "$name: status") or diag substr $res->{body}, 0, 400;
    return is(scalar(grep { $test->() } @{ $res->{json}{Operations} // [] }), 1000, $name);
}

$res = bulk(map { user("k$_", "thousand$_", externalId => "k$_") } 1 .. 1000);
all_are(sub { $_->{status} eq '201' }, 'a thousand users');
is(count("doc ->> 'userName' ~ '^thousand'"), 1000, 'are there');
cmp_ok(sql("select count(distinct xmin::text) from scim.resource where tenant = '$t->{tenant}' and doc ->> 'userName' ~ '^thousand'"),
    '<=', 20, 'by few transactions');
my @thousand = ids_of($res);
$res = bulk(map { patched("/Users/$_", set(title => 'T')) } @thousand);
all_are(sub { $_->{status} eq '200' && $_->{version} eq 'W/"2"' }, 'a thousand changes');
is(count("doc ->> 'title' = 'T' and doc ->> 'userName' ~ '^thousand'"), 1000, 'are there');
my $crowd = $t->make(Groups => displayName => 'Crowd');
$res = bulk(map { patched("/Groups/$crowd", add($_)) } @thousand);
all_are(sub { $_->{status} eq '204' }, 'a thousand members');
is(scalar @{ $t->stored_members($crowd) }, 1000, 'are there');
$res = bulk(map { { method => 'DELETE', path => "/Users/$_" } } @thousand);
all_are(sub { $_->{status} eq '204' }, 'a thousand deletions');
is(count("doc ->> 'userName' ~ '^thousand'"), 0, 'are done');
is(scalar @{ $t->stored_members($crowd) }, 0, 'and the group is empty');
$res = bulk(map { patched("/Users/$_", set(title => 'U')) } @thousand);
all_are(sub { $_->{status} eq '404' }, 'a thousand errors');

# --- other writers at the same time --------------------------------------------------------------------------------------

# An operation on a row that another transaction locks for too long is answered 503; the others succeed.
my $held = $t->make(Users => userName => 'held');
my $pid  = fork // die "fork: $!";
if (!$pid) {
    eval { sql("begin; select from scim.resource where tenant = '$t->{tenant}' and id = '$held' for update; select pg_sleep(3); commit") };
    POSIX::_exit(0);
}
ok(eventually(sub { sql("select count(*) from pg_stat_activity where query ~ 'pg_sleep.3' and wait_event = 'PgSleep'") == 1 }), 'held');
answered(bulk(user('a', 'beside1'), patched("/Users/$held", set(title => 'x')), user('b', 'beside2')),
    [made('/Users', 'a', 1), failed(PATCH => 503, undef, $ANY, location => $t->url . "/Users/$held"), made('/Users', 'b', 1)],
    'one that cannot be done in time');
waitpid $pid, 0;

# Requests that change the same groups and users in opposite orders all succeed.
my @ring = map { $t->make(Groups => displayName => "Ring $_") } 1 .. 8;
my @crew = map { $t->make(Users => userName => "crew$_") } 1 .. 8;
my @work = map { (patched("/Groups/$ring[$_]", add($crew[$_])), patched("/Users/$crew[$_]", set(title => "t$_")),
    patched("/Groups/$ring[$_]", set(externalId => "r$_"), add($crew[ 7 - $_ ]))) } 0 .. 7;
my @children = map {
    my $child = $_;
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        my $wrong = 0;
        $t->{agent} = LWP::UserAgent->new(timeout => 30);
        for (1 .. 2) {
            my $res = bulk($child % 2 ? @work : reverse @work);
            $wrong++ if $res->{status} != 200 || grep { $_->{status} !~ /^2/ } @{ $res->{json}{Operations} };
        }
        POSIX::_exit($wrong);
    }
    $pid;
} 1 .. 4;
is(waitpid($_, 0) && $? >> 8, 0, 'a request among others that change the same') for @children;
is_json($t->stored_members($ring[$_]), [sort @crew[$_, 7 - $_]], 'members') for 0 .. 7;

done_testing;
