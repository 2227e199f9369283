# Attributes that no schema of the resource type has: of the core, of a listed or unlisted extension, and whole
# extensions, in POST, PUT, PATCH and Bulk. The profile lenient ignores them, and log and activity name them; rfc does
# what RFC 7644 says.
use strict;
use warnings;
use Test::More;
use ScimTest;

my $t    = ScimTest->new('unknown');
my $rfc  = ScimTest->new('unknown-rfc');
my $own  = $t->tenant;
my $BULK = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
my $SAP  = 'urn:ietf:params:scim:schemas:extension:sap:2.0:User';
scimctl(qw(tenant set), $rfc->tenant, qw(--profile rfc));

# The reason in the activity of the last request.
sub reason { my ($of) = @_; $of //= $t; return $of->last_activity->{reason} }
sub patch_of { return { schemas => [$PATCH], Operations => [@_] } }

my $FOREIGN = sub { "The extension $_[0] is unknown here and was ignored; add a schema file to keep it, or take it out of the identity provider's mapping." };
my $IGNORED = sub { "No schema of the resource type has $_[0], which was ignored; correct the name in the identity provider's mapping, or take it out there." };
my $ACCEPTED = sub { "Accepted beyond the standard: $_[0]." };

my $user  = $t->make(Users => userName => 'kept', displayName => 'Kept', active => true, title => 'T', $ENTERPRISE => { department => 'D' });
my $group = $t->make(Groups => displayName => 'kept');
my %stored = (schemas => [$USER, $ENTERPRISE], userName => 'kept', displayName => 'Kept', active => true, title => 'T', $ENTERPRISE => { department => 'D' });
my $strict = $rfc->request(POST => '/Users', \%stored)->{json}{id};
my $strict_group = $rfc->make(Groups => displayName => 'kept');

# --- bodies: [name, what is added to a user, its schemas, the reason, the leniencies, the scimType in rfc] --------------------------------------------
my @bodies = (
    ['an extension that is listed', { $SAP => { userUuid => 'x' } }, [$USER, $ENTERPRISE, $SAP], $FOREIGN->($SAP), 'unknown-extension', 'invalidSyntax'],
    ['one that is listed alone', {}, [$USER, $ENTERPRISE, $SAP], $FOREIGN->($SAP), 'unknown-extension', 'invalidSyntax'],
    ['one that is not listed', { 'urn:okta:APP:1.0:user:custom' => { a => 1 } }, [$USER, $ENTERPRISE], $FOREIGN->('urn:okta:APP:1.0:user:custom'), 'unknown-extension', 'invalidSyntax'],
    ['an attribute with its URN', { "$SAP:userUuid" => 'x' }, [$USER, $ENTERPRISE], $FOREIGN->($SAP), 'unknown-extension', 'invalidSyntax'],
    ['two', { $SAP => {}, 'urn:x:y' => {} }, [$USER, $ENTERPRISE], $FOREIGN->("$SAP, urn:x:y"), 'unknown-extension', 'invalidSyntax'],
    ['an attribute of the core', { shoeSize => 44 }, [$USER, $ENTERPRISE], $IGNORED->('shoeSize'), undef, undef],
    ['a sub-attribute', { name => { nick => 'n' } }, [$USER, $ENTERPRISE], $IGNORED->('name.nick'), undef, undef],
    ['a sub-attribute of values', { emails => [{ value => 'e@x', colour => 1 }, { value => 'f@x', colour => 2 }] }, [$USER, $ENTERPRISE], $IGNORED->('emails.colour'), undef, undef],
    ['an attribute of a known extension', { $ENTERPRISE => { department => 'D', badge => 7 } }, [$USER, $ENTERPRISE], $IGNORED->("$ENTERPRISE:badge"), undef, undef],
    ['a dotted name', { 'shoe.size' => 7 }, [$USER, $ENTERPRISE], $IGNORED->('shoe.size'), undef, undef],
    ['a value of a short URN', { 'urn:x' => 5 }, [$USER, $ENTERPRISE], $FOREIGN->('urn:x'), 'unknown-extension', 'invalidSyntax'],
    ['a sub-attribute by a value path', { 'emails[type eq "work"].colour' => 1 }, [$USER, $ENTERPRISE], $IGNORED->('emails.colour'), 'dotted-key', 'invalidPath'],
    ['many', { (map { ("a$_" => 1) } 1 .. 9), $SAP => {} }, [$USER, $ENTERPRISE], qr/^\Q$SAP\E is unknown|No schema of the resource type has a\d, a\d, a\d, a\d, a\d, and others, which was ignored/, 'unknown-extension', 'invalidSyntax'],
);
my $made = 0;
for (@bodies) {
    my ($name, $more, $schemas, $told, $names, $type) = @$_;
    my %base = (%stored, schemas => $schemas, %$more);
    my $wanted = ref $told ? $told : join ' ', $told, $names ? $ACCEPTED->($names) : ();
    my %kept = %stored;
    $kept{emails} = [{ value => 'e@x' }, { value => 'f@x' }] if $more->{emails};
    for (['PUT', sub { $_[0]->request(PUT => "/Users/$_[1]", \%base) }, sub { $_[0]->row($_[1])->{doc} }, 200],
        ['POST', sub { $_[0]->request(POST => '/Users', { %base, userName => 'u' . ++$made }) }, undef, 201],
        ['Bulk PUT', sub { $_[0]->request(POST => '/Bulk', { schemas => [$BULK], Operations => [{ method => 'PUT', path => "/Users/$_[1]", data => \%base }] }) }, sub { $_[0]->row($_[1])->{doc} }, 200]) {
        my ($method, $do, $look, $status) = @$_;
        my $res = $do->($t, $user);
        is($method =~ /Bulk/ ? $res->{json}{Operations}[0]{status} : $res->{status}, $status, "$method $name") or diag $res->{body};
        is_json($look->($t, $user), \%kept, 'the rest is kept') if $look;
        my $reason = reason();
        ref $wanted ? like($reason, $wanted, 'told') : is($reason, $wanted, "$method $name: told");
        $res = $do->($rfc, $strict);
        my $error = $method =~ /Bulk/ ? $res->{json}{Operations}[0] : $res;
        is($error->{status}, $type ? 400 : $status, "rfc: $method $name") or diag $res->{body};
        is(($error->{response} // $error->{json})->{scimType}, $type, 'rfc: scimType') if $type;
    }
}
ok((log_lines('error_log', qr{\[scim:info\].*tenant=\Q$own\E token=test request=\S+ POST \S+/Users: ignored: \Q@{[$FOREIGN->($SAP)]}\E$}))[0], 'the log tells by name');
ok((log_lines('error_log', qr{\[scim:info\].*tenant=\Q$own\E .*: leniency: unknown-extension$}))[0], 'and names the leniency');
is(scalar(log_lines('error_log', qr/leniency: unknown-attribute/)), 0, 'what the RFC allows is no leniency');

# Groups, as Okta sends them
my $okta = 'urn:okta:custom:group:1.0';
for (['POST', '/Groups', 201], ['PUT', "/Groups/$group", 200]) {
    my ($method, $path, $status) = @$_;
    my $res = $t->request($method => $path, { schemas => [$GROUP, $okta], displayName => "g $method", $okta => { description => 'x' } });
    is($res->{status}, $status, "$method of a group") or diag $res->{body};
    is_json($res->{json}{schemas}, [$GROUP], 'and it is not answered');
    like(reason(), qr/^The extension \Q$okta\E is unknown here/, 'told');
}
$t->request(PUT => "/Users/$user", \%stored);

# --- PATCH: [name, operation, the reported name, whether as an extension, leniency of a path or of a key] -------------------------------------------
my @patches = (
    (map { my $op = $_; my @value = $op eq 'remove' ? () : (value => 'x');
        (["$op of an attribute", { op => $op, path => 'shoeSize', @value }, 'shoeSize', 0, 'unknown-path'],
        ["$op of a sub-attribute", { op => $op, path => 'name.nick', @value }, 'name.nick', 0, 'unknown-path'],
        ["$op of what is no complex one", { op => $op, path => 'title.x', @value }, 'title.x', 0, 'unknown-path'],
        ["$op in a value", { op => $op, path => 'emails[type eq "work"].colour', @value }, 'emails.colour', 0, 'unknown-path'],
        ["$op of values nobody knows", { op => $op, path => 'shoes[size eq 7].colour', @value }, 'shoes', 0, 'unknown-path'],
        ["$op in a known extension", { op => $op, path => "$ENTERPRISE:badge", @value }, "$ENTERPRISE:badge", 0, 'unknown-path'],
        ["$op in an extension", { op => $op, path => "$SAP:userUuid", @value }, $SAP, 1, 'unknown-path'],
        ["$op in one, deeper", { op => $op, path => "$SAP:emails[type eq \"x\"].value", @value }, $SAP, 1, 'unknown-path'],
        ["$op of another type's attribute", { op => $op, path => 'members', @value }, 'members', 0, 'unknown-path']) } qw(add replace remove)),
    ['a whole extension', { op => 'replace', path => $SAP, value => { userUuid => 'x' } }, $SAP, 1, 'unknown-path'],
    ['a key', { op => 'replace', value => { shoeSize => 1 } }, 'shoeSize', 0, undef],
    ['a dotted key', { op => 'replace', value => { 'name.nick' => 1 } }, 'name.nick', 0, undef],
    ['a sub-attribute in a value', { op => 'replace', value => { name => { nick => 'n' } } }, 'name.nick', 0, undef],
    ['a key in an extension', { op => 'add', value => { $ENTERPRISE => { badge => 1 } } }, "$ENTERPRISE:badge", 0, undef],
    ['an extension beside known ones', { op => 'replace', value => { $SAP => { a => 1 }, $ENTERPRISE => { department => 'D' }, title => 'T' } }, $SAP, 1, 'unknown-extension'],
    ['an attribute of one', { op => 'replace', value => { "$SAP:a" => 1 } }, $SAP, 1, 'unknown-extension'],
    ['a value path as a key', { op => 'replace', value => { 'emails[type eq "work"].colour' => 1 } }, 'emails.colour', 0, undef],
    ['a value of a short URN', { op => 'add', value => { 'urn:x' => 5 } }, 'urn:x', 1, 'unknown-extension'],
);
my $version = $t->row($user)->{version};
for (@patches) {
    my ($name, $op, $by, $foreign, $leniency) = @$_;
    my $told = $foreign ? $FOREIGN->($by) : $IGNORED->($by);
    my $in_rfc = !$leniency ? 200 : 400;
    my $type = !$leniency ? undef : $leniency eq 'unknown-path' ? 'invalidPath' : 'invalidSyntax';
    my $res = $t->patch("/Users/$user", [$op]);
    is_json([$res->{status} + 0, $res->{etag}], [200, "W/\"$version\""], "PATCH $name: nothing is done") or diag $res->{body};
    like(reason(), qr/^\Q$told\E/, 'told') if $name ne 'a dotted key';
    like(reason(), qr/\Q$leniency\E/, 'with its leniency') if $leniency;
    $res = $t->request(POST => '/Bulk', { schemas => [$BULK], Operations => [{ method => 'PATCH', path => "/Users/$user", data => patch_of($op) }] });
    is($res->{json}{Operations}[0]{status}, '200', "Bulk PATCH $name") or diag $res->{body};
    like(reason(), qr/^\Q$told\E/, 'Bulk: told') if $name ne 'a dotted key';
    $res = $rfc->patch("/Users/$strict", [$op]);
    is($res->{status}, $name eq 'a dotted key' ? 200 : $in_rfc, "rfc: PATCH $name") or diag $res->{body};
    is($res->{json}{scimType}, $type, 'rfc: scimType') if $type;
}
is_json($t->row($user)->{doc}, \%stored, 'the user is what it was');
is($t->row($user)->{version}, $version, 'its version, too');
my $res = $t->patch("/Users/$user", [{ op => 'replace', path => 'shoeSize', value => 1 }, { op => 'replace', path => 'title', value => 'New' }, { op => 'add', path => "$SAP:x", value => 1 }]);
is($res->{json}{title}, 'New', 'what is known is done');
is(reason(), join(' ', $FOREIGN->($SAP), $IGNORED->('shoeSize'), $ACCEPTED->('unknown-path')), 'all of the rest is told');
is_empty($t->patch("/Groups/$group", [{ op => 'replace', path => 'description', value => 'x' }]), 204, 'PATCH of a group');
is_error($rfc->patch("/Groups/$strict_group", [{ op => 'replace', path => 'description', value => 'x' }]), 400, 'invalidPath',
    'The path of an operation names what no schema of the resource type has (unknown-path), which the tenant\'s profile "rfc" does not accept: send attributes of /Schemas only.', 'rfc');

is_error($rfc->request(POST => '/Users', { schemas => [$USER, 'urn:example:nothing'], userName => 'schema' }), 400, 'invalidSyntax', qr/unknown-extension/, 'rfc: an unknown schema');
is_error($t->request(POST => '/Users', { schemas => [$GROUP], userName => 'schema' }), 400, 'invalidSyntax', qr/\Q$GROUP\E/, "another type's schema has come astray");

# A malformed name is an error that somebody should see.
is_error($t->patch("/Users/$user", [{ op => 'replace', path => $_, value => 1 }]), 400, qr/^invalid(?:Path|Filter)$/, undef, "path $_") for 'shoe size', '/title', 'title/', 'emails[', 'shoes]', '"title"';
is_error($t->patch("/Users/$user", [{ op => 'replace', path => 'emails[colour eq "x"].value', value => 1 }]), 400, 'invalidFilter', undef, 'a filter selects, and cannot be ignored');
is_error($t->request(POST => '/Users', { schemas => [$USER, 'users'], userName => 'x' }), 400, 'invalidSyntax', undef, 'what is no URN');

done_testing;
