# Forms of values: what a certain client sends is accepted for the attributes for which it does so, and refused for all
# others, in every method and endpoint. And the maximum length of a value.
use strict;
use warnings;
use Test::More;
use ScimTest;

my $t    = ScimTest->new('values');
my $rfc  = ScimTest->new('values-rfc');
my $BULK = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
scimctl(qw(tenant set), $rfc->tenant, qw(--profile rfc));
sub patch_of { return { schemas => [$PATCH], Operations => [@_] } }
sub bulk { my ($method, $path, $data) = @_; return $t->request(POST => '/Bulk', { schemas => [$BULK], Operations => [{ method => $method, path => $path, bulkId => 'b', data => $data }] })->{json}{Operations}[0] }

my $id  = $t->make(Users => userName => 'kept', displayName => 'Kept', active => true);
my $rid = $rfc->request(POST => '/Users', { schemas => [$USER], userName => 'kept', displayName => 'Kept', active => true })->{json}{id};
my $doc = $t->row($id);

# --- refused everywhere: [attribute, value] -----------------------------------------------------------------------------------------------------
for ([userName => ['a']], [displayName => ['a']], [title => ['a']], [active => ['true']], [externalId => ['a']], [profileUrl => ['https://x.example/']], [name => [{ givenName => 'a' }]],
    [emails => 'text'], [emails => ['text']], [phoneNumbers => '1'], [roles => ['user']], [entitlements => 'x'], [addresses => 'x'], [name => 'x'], [photos => 'https://x.example/'],
    [displayName => { value => 'x' }], [userName => { value => 'x' }], [title => { value => 'x', display => 'y' }], [$ENTERPRISE => { department => ['a'] }],
    [$ENTERPRISE => { employeeNumber => { value => 'a' } }], [emails => [{ value => ['a'] }]], [x509Certificates => [{ value => 'no key' }]], [x509Certificates => [{ value => 'ssh-rsa !!' }]]) {
    my ($attribute, $value) = @$_;
    my $text = json({ $attribute => $value });
    my %user = (schemas => [$USER, $ENTERPRISE], userName => 'shape', $attribute => $value);
    is_error($t->request(POST => '/Users', \%user), 400, 'invalidValue', undef, "POST $text");
    is_error($t->request(PUT => "/Users/$id", { %user, userName => $attribute eq 'userName' ? $value : 'kept' }), 400, 'invalidValue', undef, "PUT $text");
    is_error($t->patch("/Users/$id", [{ op => $_, value => { $attribute => $value } }]), 400, 'invalidValue', undef, "PATCH $_ without path $text") for qw(add replace);
    is(bulk(POST => '/Users', \%user)->{status}, '400', "Bulk POST $text");
    is(bulk(PATCH => "/Users/$id", patch_of({ op => 'replace', value => { $attribute => $value } }))->{status}, '400', "Bulk PATCH $text");
}
for ([emails => 'text'], [emails => ['text']], ['emails[type eq "work"]' => 'text'], [roles => 'user'], [title => ['x']], [nickName => ['x']], ['name.givenName' => ['x']], [name => [{ givenName => 'x' }]],
    [userName => { value => 'x' }], [title => { value => 'x' }], [displayName => { value => 'x', type => 'y' }], ["$ENTERPRISE:department" => ['x']]) {
    my ($path, $value) = @$_;
    is_error($t->patch("/Users/$id", [{ op => $_, path => $path, value => $value }]), 400, 'invalidValue', undef, "PATCH $_ $path " . json($value)) for qw(add replace);
    is(bulk(PATCH => "/Users/$id", patch_of({ op => 'replace', path => $path, value => $value }))->{status}, '400', 'Bulk PATCH');
}
is_error($t->request(POST => '/Groups', { schemas => [$GROUP], displayName => 'g', members => $_ }), 400, 'invalidValue', undef, 'members ' . json($_)) for [$id], $id;
is_json($t->row($id), $doc, 'nothing of it is done');

# --- forms of clients: [operation, the result, leniency, scimType of the refusal] ------------------------------------------------------------------------
my $escaped = sub { json($_[0]) };
for ([{ op => 'replace', path => 'userName', value => ['kept2'] }, { userName => 'kept2' }, 'array-for-singular', 'invalidValue'],
    [{ op => 'replace', path => 'displayName', value => ['Kept 2'] }, { displayName => 'Kept 2' }, 'array-for-singular', 'invalidValue'],
    [{ op => 'replace', path => 'active', value => ['true'] }, { active => true }, 'boolean-string', 'invalidValue'],
    [{ op => 'replace', path => 'externalId', value => ['4f1c'] }, { externalId => '4f1c' }, 'array-for-singular', 'invalidValue'],
    [{ op => 'replace', path => 'displayName', value => { value => 'Kept 3' } }, { displayName => 'Kept 3' }, 'value-object', 'invalidValue'],
    [{ op => 'replace', path => "$ENTERPRISE:manager", value => ['m'] }, { $ENTERPRISE => { manager => { value => 'm' } } }, 'array-for-singular', 'invalidValue'],
    [{ op => 'add', path => 'manager', value => 'm2' }, { $ENTERPRISE => { manager => { value => 'm2' } } }, 'bare-complex', 'invalidValue'],
    [{ op => 'add', path => 'emails', value => [$escaped->({ value => 'j@x', type => 'work' })] }, { emails => [{ value => 'j@x', type => 'work' }] }, 'json-string', 'invalidValue'],
    [{ op => 'replace', path => 'name', value => $escaped->({ familyName => 'J' }) }, { name => { familyName => 'J' } }, 'json-string', 'invalidValue'],
    [{ op => 'replace', value => { x509Certificates => [{ value => 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA ann@host' }] } }, { x509Certificates => [{ value => 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA ann@host' }] }, 'ssh-key', 'invalidValue']) {
    my ($op, $wanted, $leniency, $type) = @$_;
    my $text = json($op);
    for (['PATCH', sub { $t->patch("/Users/$id", [$op])->{status} }], ['Bulk', sub { bulk(PATCH => "/Users/$id", patch_of($op))->{status} }]) {
        $t->request(PUT => "/Users/$id", { schemas => [$USER], userName => 'kept', displayName => 'Kept' });
        is($_->[1]->(), 200, "$_->[0] $text");
        my $stored = $t->row($id)->{doc};
        is_json({ map { $_ => $stored->{$_} } keys %$wanted }, $wanted, 'understood');
        like($t->last_activity->{reason}, qr/\b\Q$leniency\E\b/, 'and told');
    }
    is_error($rfc->patch("/Users/$rid", [$op]), 400, $type, qr/\(\Q$leniency\E\), which the tenant's profile "rfc" does not accept/, "rfc: $text");
}
is_json($t->request(POST => '/Users', { schemas => [$USER, $ENTERPRISE], userName => 'bare', $ENTERPRISE => { manager => 'm' } })->{json}{$ENTERPRISE}, { manager => { value => 'm' } }, 'a bare manager in a POST');
my $group = $t->make(Groups => displayName => 'G');
is_empty($t->patch("/Groups/$group", [{ op => 'replace', path => 'members', value => [$escaped->({ value => $id })] }, { op => 'replace', path => 'displayName', value => ['G2'] }]), 204, 'a group');
is_json([$t->stored_members($group), $t->row($group)->{doc}{displayName}], [[$id], 'G2'], 'stored');
is_empty($t->patch("/Groups/$group", [{ op => 'remove', path => 'members', value => undef }]), 204, 'remove with null removes all');
is_json($t->stored_members($group), [], 'nobody is left');

# --- lengths --------------------------------------------------------------------------------------------------------------------------------------------
for my $case (['photos', 'data:image/png;base64,', 60 * 1024], ['photos', 'data:image/png;base64,', 300 * 1024], ['x509Certificates', '', 200 * 1024]) {
    my ($attribute, $before, $size) = @$case;
    my $value = $before . 'A' x ($size - length $before);
    my $res = $t->request(POST => '/Users', { schemas => [$USER], userName => "long $attribute $size", $attribute => [{ value => $value }] });
    is($res->{status}, 201, "$attribute.value of $size bytes") or diag substr $res->{body}, 0, 300;
    is($t->row($res->{json}{id})->{doc}{$attribute}[0]{value}, $value, 'stored as it came');
    is($t->patch("/Users/$id", [{ op => 'replace', path => $attribute, value => [{ value => $value }] }])->{status}, 200, 'PATCH');
    is($t->request(PUT => "/Users/$id", { schemas => [$USER], userName => 'kept', $attribute => [{ value => $value }] })->{status}, 200, 'PUT');
    is(bulk(PUT => "/Users/$id", { schemas => [$USER], userName => 'kept', $attribute => [{ value => $value }] })->{status}, '200', 'Bulk');
}
for my $case ([title => 65537, 'title', 65536], [userName => 1025, 'userName', 1024], [profileUrl => 65537, 'profileUrl', 65536]) {
    my ($attribute, $size, $name, $most) = @$case;
    is_error($t->request(POST => '/Users', { schemas => [$USER], userName => 'x', $attribute => 'a' x $size }), 400, 'invalidValue', "$name must be at most $most bytes long, not $size.", "$attribute of $size bytes");
}
is_error($t->request(POST => '/Users', { schemas => [$USER], userName => 'x', emails => [{ value => 'a' x 1025 }] }), 400, 'invalidValue', 'emails[0].value must be at most 1024 bytes long, not 1025.', 'an e-mail address');
my $photo = $t->request(GET => "/Schemas/$USER")->{json};
is(scalar(grep { exists $_->{maxLength} } map { $_, @{ $_->{subAttributes} // [] } } @{ $photo->{attributes} }), 0, '/Schemas does not show our own member');

done_testing;
