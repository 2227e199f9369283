# PATCH of users: RFC 7644 3.5.2, and the forms that identity providers send. Every case starts with the same user.
use strict;
use warnings;
use utf8;
use Test::More;
use ScimTest;

my $t = ScimTest->new('patch');
scimctl(qw(role add), $_, '--tenant', $t->tenant) for qw(admin r 25);
my $manager = $t->make(Users => userName => 'boss');
my %start = (
    userName => 'u', externalId => 'x', displayName => 'D', active => true, title => 'T', locale => 'en',
    name => { givenName => 'G', familyName => 'F' },
    emails => [{ value => 'w@x', type => 'work', primary => true }, { value => 'h@x', type => 'home' }],
    phoneNumbers => [{ value => '1', type => 'work' }],
    $ENTERPRISE => { employeeNumber => '7', department => 'Dep' },
);
my $id = $t->make(Users => %start);
my $url = "/Users/$id";
my $version = 1;

# Resets the user, runs the operations, and compares the answer and the stored document with the start, changed by
# `$change`; undef removes an attribute.
sub reset_user {
    my $res = $t->request(PUT => $url, { schemas => [$USER, $ENTERPRISE], %start });
    die "reset: $res->{status} $res->{body}" if $res->{status} != 200;
    $version = $t->row($id)->{version};
}
sub patches {
    my ($name, $operations, $change) = @_;
    reset_user();
    my %expected = (%start, %$change);
    delete @expected{ grep { !defined $expected{$_} } keys %expected };
    my $next = %$change ? $version + 1 : $version;
    my $res = $t->patch($url, $operations);
    my $body = $t->user(\%expected, $id, $next);
    $body->{schemas} = [$USER, exists $expected{$ENTERPRISE} ? $ENTERPRISE : ()];
    is_reply($res, 200, $body, $name);
    my $row = $t->row($id);
    is_json($row->{doc}, { %expected, schemas => $body->{schemas} }, "$name: stored");
    is($row->{version}, $next, "$name: version");
}
sub refuses {
    my ($name, $operations, $type, $detail) = @_;
    is_error($t->patch($url, $operations), 400, $type, $detail, $name);
}
sub op {
    my ($op, $path, @value) = @_;
    return { op => $op, (defined $path ? (path => $path) : ()), (@value ? (value => $value[0]) : ()) };
}
my @emails = @{ $start{emails} };
my $ext = sub { $ENTERPRISE => { %{ $start{$ENTERPRISE} }, @_ } };

# add
patches('add a new attribute', [op(add => nickName => 'N')], { nickName => 'N' });
patches('add replaces a singular value', [op(add => title => 'T2')], { title => 'T2' });
patches('add what is there', [op(add => title => 'T')], {});
patches('add to a list', [op(add => emails => [{ value => 'o@x', type => 'other' }])],
    { emails => [@emails, { value => 'o@x', type => 'other' }] });
patches('add what the list has', [op(add => emails => [{ value => 'h@x', type => 'home' }])], {});
patches('add a primary value', [op(add => emails => [{ value => 'o@x', primary => true }])],
    { emails => [{ value => 'w@x', type => 'work', primary => false }, $emails[1], { value => 'o@x', primary => true }] });
patches('add a sub-attribute', [op(add => 'name.middleName' => 'M')],
    { name => { givenName => 'G', familyName => 'F', middleName => 'M' } });
patches('add to a complex attribute', [op(add => name => { middleName => 'M' })],
    { name => { givenName => 'G', familyName => 'F', middleName => 'M' } });
patches('add without a path', [op(add => undef, { nickName => 'N', emails => [{ value => 'o@x' }],
    name => { familyName => 'F2' } })],
    { nickName => 'N', emails => [@emails, { value => 'o@x' }], name => { givenName => 'G', familyName => 'F2' } });
patches('add to an extension by its URN path', [op(add => "$ENTERPRISE:costCenter" => 'C')], { $ext->(costCenter => 'C') });
patches('add an extension object without a path', [op(add => undef, { $ENTERPRISE => { costCenter => 'C' } })],
    { $ext->(costCenter => 'C') });
patches('add with a path that is the URN of the extension', [op(add => $ENTERPRISE => { costCenter => 'C' })],
    { $ext->(costCenter => 'C') });
patches('add by a value path with a sub-attribute', [op(add => 'emails[type eq "home"].display' => 'Home')],
    { emails => [$emails[0], { %{ $emails[1] }, display => 'Home' }] });
patches('add a role', [op(add => roles => [{ value => 'admin' }])], { roles => [{ value => 'admin' }] });

# replace
patches('replace a value', [op(replace => title => 'T2')], { title => 'T2' });
patches('replace what is absent', [op(replace => nickName => 'N')], { nickName => 'N' });
patches('replace a list', [op(replace => emails => [{ value => 'n@x' }])], { emails => [{ value => 'n@x' }] });
patches('replace a sub-attribute', [op(replace => 'name.givenName' => 'G2')],
    { name => { givenName => 'G2', familyName => 'F' } });
patches('replace a complex attribute', [op(replace => name => { givenName => 'G2' })],
    { name => { givenName => 'G2', familyName => 'F' } });
patches('replace by a value path', [op(replace => 'emails[type eq "home"]' => { value => 'n@x', type => 'home' })],
    { emails => [$emails[0], { value => 'n@x', type => 'home' }] });
patches('replace a sub-attribute by a value path', [op(replace => 'emails[type eq "work"].value' => 'n@x')],
    { emails => [{ %{ $emails[0] }, value => 'n@x' }, $emails[1]] });
patches('replace a sub-attribute of every value', [op(replace => 'emails.display' => 'E')],
    { emails => [map { { %$_, display => 'E' } } @emails] });
patches('replace primary', [op(replace => 'emails[type eq "home"].primary' => true)],
    { emails => [{ value => 'w@x', type => 'work', primary => false }, { %{ $emails[1] }, primary => true }] });
patches('replace without a path', [op(replace => undef, { title => 'T2', emails => [{ value => 'n@x' }] })],
    { title => 'T2', emails => [{ value => 'n@x' }] });
patches('replace by the same', [op(replace => undef, { %start })], {});
patches('replace by null takes away', [op(replace => title => undef)], { title => undef });
patches('replace by [] takes away', [op(replace => phoneNumbers => [])], { phoneNumbers => undef });
patches('replace userName', [op(replace => userName => 'U')], { userName => 'U' });
patches('value paths with and, or, not', [op(replace =>
    'emails[(type eq "work" and primary eq true) or not (value pr)].display' => 'E')],
    { emails => [{ %{ $emails[0] }, display => 'E' }, $emails[1]] });

# remove
patches('remove a value', [op(remove => 'title')], { title => undef });
patches('remove what is absent', [op(remove => 'nickName')], {});
patches('remove a sub-attribute', [op(remove => 'name.givenName')], { name => { familyName => 'F' } });
patches('remove a complex attribute', [op(remove => 'name')], { name => undef });
patches('remove a list', [op(remove => 'emails')], { emails => undef });
patches('remove by a value path', [op(remove => 'emails[type eq "work"]')], { emails => [$emails[1]] });
patches('remove by value paths, the last one too', [op(remove => 'emails[type eq "work"]'),
    op(remove => 'emails[type eq "home"]')], { emails => undef });
patches('remove a sub-attribute by a value path', [op(remove => 'emails[type eq "work"].primary')],
    { emails => [{ value => 'w@x', type => 'work' }, $emails[1]] });
patches('remove with a list of values', [op(remove => emails => [{ value => 'w@x' }])], { emails => [$emails[1]] });
patches('remove by a value path that matches nothing', [op(remove => 'emails[type eq "none"]')], {});
patches("remove an extension's attribute", [op(remove => "$ENTERPRISE:department")],
    { $ENTERPRISE => { employeeNumber => '7' } });
patches("remove an extension's attributes one by one", [op(remove => "$ENTERPRISE:department"),
    op(remove => "$ENTERPRISE:employeeNumber")], { $ENTERPRISE => undef });
patches('remove an extension', [op(remove => $ENTERPRISE)], { $ENTERPRISE => undef });

# Several operations, in order
patches('several operations', [op(add => nickName => 'a'), op(replace => nickName => 'b'), op(remove => 'title'),
    op(add => emails => [{ value => 'o@x', type => 'other' }]), op(remove => 'emails[type eq "other"]')],
    { nickName => 'b', title => undef });

# Names without case, capitalised operations
patches('Replace', [op(Replace => TITLE => 'T2'), op(ADD => NickName => 'N'), op(Remove => 'NAME.givenname')],
    { title => 'T2', nickName => 'N', name => { familyName => 'F' } });
patches('a sub-attribute in another case', [op(Replace => 'emails[TYPE eq "home"].Value' => 'n@x')],
    { emails => [$emails[0], { %{ $emails[1] }, value => 'n@x' }] });
patches('an attribute by the URN of its schema', [op(replace => "$USER:name.givenName" => 'G2')],
    { name => { givenName => 'G2', familyName => 'F' } });

# Forms of identity providers
patches('"False"', [op(Replace => active => 'False')], { active => false });
patches('"false" without a path', [op(Replace => undef, { active => 'false' })], { active => false });
patches('dotted keys', [op(replace => undef, { displayName => 'D2', 'name.givenName' => 'G2', 'name.familyName' => 'F2' })],
    { displayName => 'D2', name => { givenName => 'G2', familyName => 'F2' } });
patches('URN keys', [op(replace => undef, { "$ENTERPRISE:employeeNumber" => '8', "$ENTERPRISE:costCenter" => 'C' })],
    { $ext->(employeeNumber => '8', costCenter => 'C') });
patches('a stray schemas key', [op(replace => undef, { title => 'T2', schemas => [$USER],
    $ENTERPRISE => { schemas => [$ENTERPRISE], costCenter => 'C' } })], { title => 'T2', $ext->(costCenter => 'C') });
patches('a readOnly id inside a value', [op(replace => undef, { id => $id, title => 'T2' })], { title => 'T2' });
patches('an array for a singular complex value', [op(Add => "$ENTERPRISE:manager" => [{ value => $manager }])],
    { $ext->(manager => { value => $manager }) });
for my $value ($manager, { value => $manager }, [{ '$ref' => "http://example.com/Users/$manager", value => $manager }]) {
    for my $path ('manager', "$ENTERPRISE:manager") {
        reset_user();
        my $res = $t->patch($url, [op(Add => $path => $value)]);
        is($res->{status}, 200, "$path " . json($value)) or diag $res->{body};
        is($res->{json}{$ENTERPRISE}{manager}{value}, $manager, 'the manager is set');
        is($t->row($id)->{doc}{$ENTERPRISE}{manager}{value}, $manager, 'and stored');
    }
}
patches('an e-mail that is not there', [op(replace => 'emails[type eq "other"].value' => 'o@x')],
    { emails => [@emails, { type => 'other', value => 'o@x' }] });
patches('an address that is not there', [op(Add => 'addresses[type eq "work"].Formatted' => 'A'),
    op(Add => 'addresses[type eq "work"].country' => 'CH')],
    { addresses => [{ type => 'work', formatted => 'A', country => 'CH' }] });
patches('roles[primary eq "True"]', [op(Add => roles => [{ value => 'r', primary => true }]),
    op(Replace => 'roles[primary eq "True"].display' => 'R')], { roles => [{ value => 'r', primary => true, display => 'R' }] });
patches('a role that is JSON in a string', [op(Add => roles =>
    [{ value => '{"id":"06b07648","value":"25","displayName":"Role1234"}' }])],
    { roles => [{ value => '25', display => 'Role1234' }] });

# Refused operations, none of which has an effect
reset_user();
refuses('replace by a value path that matches nothing', [op(replace => 'emails[type eq "none"].value' => 'o@x')],
    'noTarget', qr/none|emails/);
refuses('replace of an element that is not there', [op(replace => 'emails[value eq "none"]' => { value => 'o@x' })],
    'noTarget', undef);
refuses('remove without a path', [{ op => 'remove' }], 'noTarget', qr/path/);
refuses('add to id', [op(add => id => 'x')], 'mutability', qr/id/);
refuses('replace of meta', [op(replace => 'meta.version' => 'W/"7"')], 'mutability', qr/meta/);
refuses('remove of id', [op(remove => 'id')], 'mutability', qr/id/);
refuses('add to groups', [op(add => groups => [{ value => 'x' }])], 'mutability', qr/groups/);
refuses('remove of the required userName', [op(remove => 'userName')], 'mutability', qr/userName/);
refuses('replace of userName by null', [op(replace => userName => undef)], qr/^(?:mutability|invalidValue)$/, qr/userName/);
refuses('what is no name', [op(replace => 'no name' => 'x')], 'invalidPath', qr/no name/);
refuses("path $_", [op(replace => $_ => 'x')], qr/^invalid(?:Path|Filter)$/, undef)
    for 'emails[', 'emails[]', 'emails[type eq]', 'emails[type eq "work"', 'emails[type eq "work"]x',
    'emails[nothing eq "x"]', '.', 'name.', 'name[givenName eq "G"]x', '..', '/name', ':x', 'emails[0].value', 'title[value eq "x"]', ' ';
refuses('an empty path', [op(replace => '' => 'x')], 'invalidValue', qr/path/);
refuses('an empty path to remove', [op(remove => '')], 'noTarget', qr/path/);
refuses("wrong type of $_->[0]", [op(replace => $_->[0] => $_->[1])], 'invalidValue', qr/\Q$_->[0]\E|\w/)
    for [active => 'maybe'], [active => 7], [title => 7], [title => true], [title => {}], [name => 'x'], [emails => 5],
    [emails => [5]], [emails => ['a', 5]], ['name.givenName' => ['a', 'b']], [userName => ''], ['emails[type eq "work"].primary' => 'x'],
    [emails => [{ value => 'a', primary => true }, { value => 'b', primary => true }]];
refuses('an unknown operation', [op(move => title => 'x')], 'invalidSyntax', qr/move/);
refuses('no operation', [{ path => 'title', value => 'x' }], 'invalidSyntax', qr/op/);
refuses('an operation that is no object', ['add'], 'invalidSyntax', undef);
refuses('add without a value', [op(add => 'title')], qr/^invalid(?:Syntax|Value)$/, qr/value/);
refuses('replace without a value', [{ op => 'replace' }], qr/^invalid(?:Syntax|Value)$/, undef);
refuses('a path that is no string', [{ op => 'add', path => 5, value => 'x' }], qr/^invalid(?:Syntax|Path)$/, undef);
refuses('a value without a path that is no object', [{ op => 'add', value => 'x' }], 'invalidValue', undef);
refuses('one wrong operation among others', [op(replace => title => 'T9'), op(replace => 'no name' => 'x')], 'invalidPath', undef);
refuses('one that only the resource tells', [op(replace => title => 'T9'),
    op(replace => 'emails[value eq "none"].display' => 'x')], 'noTarget', undef);
is_error($t->patch($url, [op(replace => title => 'T9'), op(replace => userName => 'BOSS')]), 409, 'uniqueness', qr/userName/,
    "another user's name");
is_error($t->request(PATCH => $url, { Operations => 'x' }), 400, 'invalidSyntax', qr/Operations/, 'Operations is no list');
is_error($t->request(PATCH => $url, { schemas => [$PATCH] }), 400, 'invalidSyntax', qr/Operations/, 'no Operations');
is_error($t->request(PATCH => $url, { schemas => [5], Operations => [op(add => title => 'x')] }), 400,
    qr/^invalid(?:Syntax|Value)$/, undef, 'not a PatchOp');
is_error($t->request(PATCH => $url, { schemas => [$USER], userName => 'x' }), 400, 'invalidSyntax', qr/choose PUT/, 'a resource');
my $row = $t->row($id);
is($row->{version}, $version, 'nothing of all this was done');
is_json($row->{doc}, { schemas => [$USER, $ENTERPRISE], %start }, 'nothing at all');

# The body is checked before the resource is looked up.
my $none = '/Users/018f0000-0000-7000-8000-000000000000';
is_error($t->patch($none, [op(replace => 'no name' => 'x')]), 400, 'invalidPath', undef, 'wrong, and nobody');
is_error($t->patch($none, [op(replace => title => 'x')]), 404, undef, undef, 'right, and nobody');

# Which attributes the answer has
reset_user();
is_reply($t->patch("$url?attributes=title", [op(replace => title => 'T3')]), 200,
    { schemas => [$USER, $ENTERPRISE], id => $id, title => 'T3' }, 'PATCH with attributes');
ok(!exists $t->patch("$url?excludedAttributes=title", [op(replace => title => 'T4')])->{json}{title},
    'PATCH with excludedAttributes');
is_reply($t->request(PATCH => $url, { Operations => [op(replace => title => 'T5')] }), 200, $t->user({ %start,
    title => 'T5' }, $id), 'PATCH without schemas');

done_testing;
