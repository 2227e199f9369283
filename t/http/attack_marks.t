# Combining marks in a row: PostgreSQL sorts them when it folds text, in quadratic time, and this cannot be interrupted.
# Real text has at most 30; more are refused everywhere.
use strict;
use warnings;
use utf8;
use ScimCost;
use ScimTest;
use Test::More;

my $t = ScimTest->new('marks');
my $tenant = $t->tenant;
my $ROW    = "e" . "\x{301}\x{316}" x 15;            # 30 marks
my $LONG   = "$ROW\x{301}";                          # 31
my $HIDDEN = "e" . "\x{f73}" x 31;                   # each is decomposed into two
my $TAIL   = 'has more than 30 combining marks in a row; take the surplus ones out where the text comes from';

sub user { return { schemas => [$USER, $ENTERPRISE], userName => 'u', @_ } }

# --- values of attributes ---
my $kept = $t->make(Users => userName => 'kept', name => { formatted => 'Kept' }, emails => [{ value => 'kept@example.com' }]);
my $group = $t->make(Groups => displayName => 'kept');
my @attributes = (
    ['userName' => sub { (userName => $_[0]) }], ['displayName' => sub { (displayName => $_[0]) }], ['externalId' => sub { (externalId => $_[0]) }],
    ['title' => sub { (title => $_[0]) }], ['password' => sub { (password => $_[0]) }],
    (map { my $sub = $_; ["name.$sub" => sub { (name => { $sub => $_[0] }) }] } qw(formatted familyName givenName middleName honorificPrefix honorificSuffix)),
    (map { my $list = $_; ["${list}[0].value" => sub { ($list => [{ value => $_[0] }]) }], ["${list}[0].type" => sub { ($list => [{ value => 'v', type => $_[0] }]) }] }
        qw(emails phoneNumbers ims entitlements roles)),
    ['addresses[0].formatted' => sub { (addresses => [{ formatted => $_[0] }]) }], ['profileUrl' => sub { (profileUrl => $_[0]) }],
    ["$ENTERPRISE:employeeNumber" => sub { ($ENTERPRISE => { employeeNumber => $_[0] }) }],
);
my $stored = sub { sql("select count(*), sum(version) from scim.resource where tenant = '$tenant' and type in ('User', 'Group')") };
my $before = $stored->();
for (@attributes) {
    my ($name, $members) = @$_;
    for my $text ($LONG, $HIDDEN) {
        is_error($t->request(POST => '/Users', user($members->($text))), 400, 'invalidValue', "$name $TAIL.", "POST $name");
    }
    is_error($t->request(PUT => "/Users/$kept", user(userName => 'kept', $members->($LONG))), 400, 'invalidValue', "$name $TAIL.", "PUT $name");
    is_error($t->patch("/Users/$kept", [{ op => 'add', value => { $members->($LONG) } }]), 400, 'invalidValue', qr/ \Q$TAIL\E\.$/, "PATCH $name");
}
is_error($t->request(POST => '/Groups', { schemas => [$GROUP], displayName => $LONG }), 400, 'invalidValue', "displayName $TAIL.", 'a group');
is_error($t->patch("/Groups/$group", [{ op => 'replace', path => 'displayName', value => $LONG }]), 400, 'invalidValue', "displayName $TAIL.", 'PATCH of a group');
is_error($t->patch("/Users/$kept", [{ op => 'replace', path => 'emails[value eq "kept@example.com"].type', value => $LONG }]), 400, 'invalidValue',
    qr/ \Q$TAIL\E\.$/, 'PATCH of a value');
is_error($t->patch("/Users/$kept", [{ op => 'add', path => 'roles', value => [{ value => qq({"value":"$LONG","displayName":"R"}) }] }]), 400, 'invalidValue',
    qr/ \Q$TAIL\E\.$/, 'a value in a JSON string');
is_json($t->request(POST => '/Bulk', { schemas => ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
        Operations => [{ method => 'POST', path => '/Users', bulkId => 'b', data => user(title => $LONG) }] })->{json}{Operations}[0]{response}{detail},
    "title $TAIL.", 'Bulk');

# --- filters and paths ---
my $filter = sub { qq(name.formatted eq "$_[0]") };
my $escaped = 'e' . '\u0301\u0316' x 16;
for my $text ($LONG, $HIDDEN, $escaped) {
    my $detail = qr/^The value at character 19 of the filter \Q$TAIL\E\.$/;
    my $encoded = $filter->($text);
    utf8::encode($encoded);
    $encoded =~ s/([^\w.~-])/sprintf '%%%02X', ord $1/ge;
    is_error($t->request(GET => "$_?filter=$encoded"), 400, 'invalidFilter', $detail, "GET $_") for '/Users', '/';
    for my $place ('/.search', '/Users/.search') {
        is_error($t->request(POST => $place, { schemas => ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'], filter => $filter->($text) }), 400,
            'invalidFilter', $detail, "POST $place");
    }
    for my $path (qq(emails[value eq "$text"]), qq(emails[value eq "$text"].type), qq(emails[type co "x" and value sw "$text"])) {
        is_error($t->patch("/Users/$kept", [{ op => 'replace', path => $path, value => 'x' }]), 400, qr/^invalid(Filter|Path)$/, qr/\Q$TAIL\E/, 'PATCH path');
    }
    is_error($t->patch("/Groups/$group", [{ op => 'remove', path => qq(members[display eq "$text"]) }]), 400, qr/^invalid(Filter|Path)$/, qr/\Q$TAIL\E/, 'members');
}
# Names are looked up in the schemas, and not folded.
my $name = $LONG;
utf8::encode($name);
$name =~ s/(.)/sprintf '%%%02X', ord $1/ge;
cmp_ok(scalar cpu_of(sub { $t->request(GET => "/Users?sortBy=" . $name x 5 . "&attributes=" . $name x 5) }), '<', 0.5, 'sortBy and attributes cost nothing');

# --- administrators ---
is_problem($t->admin(POST => '/users', { userName => 'a', displayName => $LONG }), 400, $ANY, { displayName => "$TAIL." }, 'an argument');
is_problem($t->admin(GET => "/users?q=$name"), 400, $ANY, { q => "$TAIL." }, 'q');
is_problem($t->admin(GET => "/users/$name"), 400, $ANY, { user => "$TAIL." }, 'a name in the path');
is_problem($t->admin(POST => '/flags', { flag => $LONG }), 400, $ANY, { flag => "$TAIL." }, 'a flag');
for my $command ([qw(user add --tenant), $tenant, '--user-name', $LONG], [qw(user list --tenant), $tenant, '--q', $LONG],
    [qw(group show --tenant), $tenant, $LONG], [qw(role add --tenant), $tenant, $LONG])
{
    my @bytes = @$command;
    utf8::encode($_) for @bytes;
    my ($text, $code) = ScimTest::run_ok("$ENV{SCIM_TEST_WORK}/bin/scimctl", @bytes);
    is($code, 2, "scimctl $bytes[0] $bytes[1]: a wrong command line") or diag $text;
    like($text, qr/\Q$TAIL\E/, 'says why');
}
is($stored->(), $before, 'nothing was stored or changed');

# --- what is allowed ---
my $res = $t->request(POST => '/Users', user(userName => "$ROW$ROW", displayName => 'D', active => true, name => { formatted => $ROW }));
is_reply($res, 201, $t->user({ userName => "$ROW$ROW", displayName => 'D', active => true, name => { formatted => $ROW } }), '30 marks are stored as they came');
is($t->request(POST => '/Users/.search', { schemas => ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'], filter => $filter->("\x{c9}" . substr $ROW, 2) })->{json}{totalResults},
    1, 'and found by another spelling');
is($t->request(POST => '/Users/.search', { schemas => ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'], filter => $filter->($ROW) })->{json}{totalResults},
    1, 'and found');

# --- lengths ---
for (['name.formatted', sub { (name => { formatted => $_[0] }) }], ['name.familyName', sub { (name => { familyName => $_[0] }) }],
    ["$ENTERPRISE:employeeNumber", sub { ($ENTERPRISE => { employeeNumber => $_[0] }) }])
{
    my ($path, $members) = @$_;
    is_error($t->request(POST => '/Users', user(userName => 'long', $members->('x' x 1025))), 400, 'invalidValue', "$path must be at most 1024 bytes long, not 1025.", $path);
}
# The slowest text that is accepted: the marks of each letter must be sorted.
for my $attribute ('name', 'title') {
    my $most = $attribute eq 'name' ? 1024 : 65536;
    my $text = substr $ROW x 2000, 0, 31 * int($most / 61);
    my $spent = cpu_of(sub { is($t->request(POST => '/Users', user(userName => "full $attribute", $attribute eq 'name' ? (name => { formatted => $text }) : (title => $text)))->{status}, 201, "a full $attribute") });
    cmp_ok($spent, '<', 1, sprintf 'a full %s: %.2f s of CPU', $attribute, $spent);
}

done_testing();
