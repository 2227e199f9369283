# Values that a client removes, in every way: nobody gains access by a missing value, and document, columns, filters and
# the applications' views agree on the rest.
use strict;
use warnings;
use utf8;
use Test::More;
use ScimTest;

my $t    = ScimTest->new('unset');
my $own  = $t->tenant;
my $BULK = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
my $EMPTY = 'empty-string';

sub filtered {
    my ($filter) = @_;
    $filter =~ s/([^A-Za-z0-9.:])/sprintf '%%%02X', ord $1/ge;
    my $res = $t->request(GET => "/Users?filter=$filter");
    die "$filter: $res->{body}" if $res->{status} != 200;
    return $res->{json}{totalResults};
}
sub bulk { my ($method, $path, $data) = @_; return $t->request(POST => '/Bulk', { schemas => [$BULK], Operations => [{ method => $method, path => $path, bulkId => 'b', data => $data }] }) }
sub patch_of { return { schemas => [$PATCH], Operations => [@_] } }

# --- active: an attribute with a default -----------------------------------------------------------------------------------------

my $id = $t->make(Users => userName => 'ann', active => false);
my $version = $t->row($id)->{version};

# The user is still inactive, in all places.
sub is_inactive {
    my ($name) = @_;
    my @seen = (
        $t->request(GET => "/Users/$id")->{json}{active}, $t->request(GET => "/Users/$id?attributes=active")->{json}{active},
        $t->request(GET => '/Users')->{json}{Resources}[0]{active}, $t->row($id)->{doc}{active},
        map({ filtered("userName eq \"ann\" and $_") } 'active eq true', 'active eq false', 'active ne true', 'active ne false', 'active pr', 'not (active pr)'),
        map({ sql($_) } "select active from scim.resource where tenant = '$own' and id = '$id'",
            map { "set scim.tenant = '$own'; select active from scim_app.$_ where id = '$id'" } qw(accounts facts)),
        $t->admin(GET => "/users/$id")->{json}{state});
    return is_json(\@seen, [false, false, false, false, 0, 1, 1, 0, 1, 0, 'f', 'f', 'f', 'inactive'], "$name: still inactive");
}

my %nothing = (null => undef, 'an empty list' => [], 'an empty string' => '', 'a list of an empty string' => ['']);
my @patches = (['remove', { op => 'remove', path => 'active' }], ['remove by URN', { op => 'Remove', path => "$USER:active" }],
    ['remove with a value', { op => 'remove', path => 'active', value => false }]);
for my $name (sort keys %nothing) {
    my $value = $nothing{$name};
    push @patches, ["$_ $name", { op => $_, path => 'active', value => $value }], ["$_ $name without path", { op => $_, value => { active => $value } }],
        ["$_ $name by URN", { op => $_, value => { "$USER:active" => $value } }] for qw(add replace);
}
for (@patches) {
    my ($name, $op) = @$_;
    my $res = $t->patch("/Users/$id", [$op]);
    is($res->{status}, 200, "PATCH $name: status") or diag $res->{body};
    is_json($res->{json}{active}, false, "PATCH $name: answered");
    $res = bulk(PATCH => "/Users/$id", patch_of($op));
    is($res->{json}{Operations}[0]{status}, '200', "Bulk PATCH $name: status") or diag $res->{body};
}
is_inactive('PATCH');
is($t->row($id)->{version}, $version, 'which changes nothing, so the version stays');
$t->patch("/Users/$id", [{ op => 'replace', path => 'title', value => 'x' }, { op => 'remove', path => 'active' }]);
is_inactive('PATCH beside something else');
for my $name (sort(keys %nothing), 'absence') {
    my %user = (schemas => [$USER], userName => 'ann', $name eq 'absence' ? () : (active => $nothing{$name}));
    my $res = $t->request(PUT => "/Users/$id", \%user);
    is_reply($res, 200, $t->user({ userName => 'ann', displayName => 'ann', active => false }, $id), "PUT $name");
    is(bulk(PUT => "/Users/$id", \%user)->{json}{Operations}[0]{status}, '200', "Bulk PUT $name");
    is_inactive("PUT $name");
    %user = (%user, userName => "new $name");
    $res = $t->request(POST => '/Users', \%user);
    is_reply($res, 201, $t->user({ userName => "new $name", displayName => "new $name", active => true }), "POST $name: the default, and told");
    is($t->row($res->{json}{id})->{doc}{active}, true, "POST $name: stored");
    is(filtered("userName eq \"new $name\" and active eq true"), 1, "POST $name: found");
    bulk(POST => '/Users', { %user, userName => "bulk $name" });
    is(filtered("userName eq \"bulk $name\" and active eq true"), 1, "Bulk POST $name: found");
}
$t->patch("/Users/$id", [{ op => 'replace', path => 'active', value => true }]);
is($t->patch("/Users/$id", [{ op => 'remove', path => 'active' }])->{json}{active}, true, 'nor does anybody lose access by it');
is(sql("select count(*) from scim.resource where tenant = '$own' and type = 'User' and doc -> 'active' is null"), 0, 'nobody is without');
is_error($t->patch("/Users/$id", [{ op => 'replace', path => 'active', value => ' ' }]), 400, 'invalidValue', 'active must be a boolean, not " ".',
    'a blank is no boolean');
is($t->admin(PATCH => "/users/$_", { active => undef })->{status}, 400, 'administrators cannot unset it')
    for $t->admin(POST => '/users', { userName => 'local', displayName => 'L' })->{json}{id};

# --- references and complex attributes -----------------------------------------------------------------------------------------------

my %full = (userName => 'bob', active => true, profileUrl => 'https://x.example/bob', name => { givenName => 'B', familyName => 'J' },
    emails => [{ value => 'b@x.example', type => 'work' }], phoneNumbers => [{ value => '1' }], ims => [{ value => 'i' }],
    photos => [{ value => 'https://x.example/p', type => 'photo' }], addresses => [{ locality => 'L', type => 'work' }], roles => [{ value => 'user' }],
    entitlements => [{ value => 'e' }], x509Certificates => [{ value => 'YQ==' }]);
my %extension = (manager => { value => 'm', '$ref' => 'https://x.example/Users/m' });
my $bob = $t->make(Users => %full, displayName => 'Bob', $ENTERPRISE => \%extension);
sub refill { my $res = $t->request(PUT => "/Users/$bob", { schemas => [$USER, $ENTERPRISE], %full, displayName => 'Bob', $ENTERPRISE => \%extension }); die $res->{body} if $res->{status} != 200 }

# [attribute, its path, what unsets it besides "", the attribute in a filter]
my @unset = ((map { [$_, $_, '', $_ eq 'name' ? 'name.familyName' : $_] } grep { $_ !~ /userName|active/ } sort keys %full),
    (map { [manager => "$ENTERPRISE:manager", $_, "$ENTERPRISE:manager.value"] } '', { value => '' }, { value => " \x{3000}" }, { value => null, '$ref' => '' }, ['']),
    [roles => 'roles', [{ value => '' }], 'roles'], [emails => 'emails', [{}, { type => 'work', primary => true }, ''], 'emails']);
for (@unset) {
    my ($attribute, $path, $value, $filter) = @$_;
    my $sent = json($value);
    my $inner = sub { $_[0]{ $attribute eq 'manager' ? $ENTERPRISE : $attribute } };
    my %short = $attribute eq 'manager' ? ($ENTERPRISE => { manager => $value }) : ($attribute => $value);
    my %left  = ((map { $_ => $full{$_} } grep { $_ ne $attribute } keys %full), $attribute eq 'manager' ? () : ($ENTERPRISE => \%extension));
    my %body  = (schemas => [$USER, $ENTERPRISE], %left, displayName => 'Bob', %short);
    for (['PATCH replace', sub { $t->patch("/Users/$bob", [{ op => 'replace', path => $path, value => $value }]) }],
        ['PATCH without path', sub { $t->patch("/Users/$bob", [{ op => 'replace', value => \%short }]) }],
        ['Bulk PATCH', sub { bulk(PATCH => "/Users/$bob", patch_of({ op => 'Replace', path => $path, value => $value })) }],
        ['PUT', sub { $t->request(PUT => "/Users/$bob", \%body) }], ['Bulk PUT', sub { bulk(PUT => "/Users/$bob", \%body) }]) {
        my ($name, $do) = @$_;
        refill();
        is(filtered("userName eq \"bob\" and $filter pr"), 1, "$attribute is there");
        my $res = $do->();
        is($res->{status}, 200, "$name $attribute $sent: status") or diag $res->{body};
        is_json($inner->($t->row($bob)->{doc}), undef, "$name $attribute $sent: gone");
        is(filtered("userName eq \"bob\" and $filter pr"), 0, "$name $attribute $sent: nobody is found by it");
    }
    next if $attribute eq 'manager' && $sent ne '""';
    my $res = $t->request(POST => '/Users', { %body, userName => "post $attribute $sent" });
    is_json([0 + $res->{status}, $inner->($res->{json})], [201, undef], "POST $attribute $sent");
}
refill();
is($t->patch("/Users/$bob", [{ op => $_, path => 'manager', value => '' }])->{json}{$ENTERPRISE}, undef, "$_ an empty manager, as Entra ID's \"remove manager\"")
    for qw(replace Add);
$t->patch("/Users/$bob", [{ op => 'add', path => 'manager', value => 'm' }]);
is_json($t->patch("/Users/$bob", [{ op => 'replace', path => 'manager.value', value => '' }])->{json}{$ENTERPRISE}, undef, 'its value alone');
is($t->patch("/Users/$bob", [{ op => 'replace', path => 'title', value => '' }])->{json}{title}, '', 'an empty string is a value where the attribute is a string');
is_json($t->request(PUT => "/Users/$bob", { schemas => [$USER], %full, $ENTERPRISE => '' })->{json}{$ENTERPRISE}, undef, 'a whole extension');

# --- lists -----------------------------------------------------------------------------------------------------------------------------

refill();
my @work = ({ value => 'b@x.example', type => 'work' });
for (['[{}]', [{}, @work], \@work], ['a label alone', [{ type => 'home' }, @work], \@work], ['labels', [{ type => 'home', display => 'H', primary => true }, @work], \@work],
    ['nothing but these', [{}, { type => 'work' }], undef], ['an empty value', [{ value => '', type => 'home' }, @work], \@work]) {
    my ($name, $sent, $left) = @$_;
    for (['PUT', sub { $t->request(PUT => "/Users/$bob", { schemas => [$USER], userName => 'bob', emails => $sent }) }],
        ['PATCH replace', sub { $t->patch("/Users/$bob", [{ op => 'replace', path => 'emails', value => $sent }]) }],
        ['Bulk', sub { bulk(PUT => "/Users/$bob", { schemas => [$USER], userName => 'bob', emails => $sent }) }]) {
        is($_->[1]->()->{status}, 200, "$name: $_->[0]");
        is_json($t->row($bob)->{doc}{emails}, $left, "$name: $_->[0] leaves what is something");
    }
    is_json($t->request(POST => '/Users', { schemas => [$USER], userName => "post $name", emails => $sent })->{json}{emails}, $left, "$name: POST");
}
$t->patch("/Users/$bob", [{ op => 'replace', path => 'emails', value => \@work }]);
is_json($t->patch("/Users/$bob", [{ op => 'add', path => 'emails', value => [{ type => 'work' }] }])->{json}{emails}, \@work, 'PATCH add');
is_json($t->patch("/Users/$bob", [{ op => 'remove', path => 'emails[type eq "work"].value' }])->{json}{emails}, undef, 'PATCH that leaves a label alone');

my $group = $t->make(Groups => displayName => 'G', members => [{ value => $bob }]);
for (['PATCH', sub { $t->patch("/Groups/$group", [{ op => 'replace', path => 'members', value => '' }]) }, 204],
    ['PATCH without path', sub { $t->patch("/Groups/$group", [{ op => 'replace', value => { members => '' } }]) }, 204],
    ['PUT', sub { $t->request(PUT => "/Groups/$group", { schemas => [$GROUP], displayName => 'G', members => '' }) }, 200],
    ['Bulk', sub { bulk(PUT => "/Groups/$group", { schemas => [$GROUP], displayName => 'G', members => '' }) }, 200]) {
    my ($name, $do, $status) = @$_;
    $t->patch("/Groups/$group", [{ op => 'add', path => 'members', value => [{ value => $bob }] }]);
    is_json($t->stored_members($group), [$bob], "$name: a member");
    is($do->()->{status}, $status, "$name: no members");
    is_json($t->stored_members($group), [], "$name: none is left");
}
$t->patch("/Groups/$group", [{ op => 'add', path => 'members', value => [{ value => $bob }] }]);
is_empty($t->patch("/Groups/$group", [{ op => $_, path => 'members', value => '' }]), 204, "$_ nothing") for qw(add remove);
for my $members ([{}], [{ type => 'User' }], [{ value => '' }], ['']) {
    is_error($t->request(PUT => "/Groups/$group", { schemas => [$GROUP], displayName => 'G', members => $members }), 400, 'invalidValue', 'members[0].value is required. It is the id that this server gave to the member.',
        'a member must be somebody: ' . json($members));
}
is_json($t->stored_members($group), [$bob], 'the member has stayed');
is($t->request(POST => '/Groups', { schemas => [$GROUP], displayName => 'H', members => '' })->{status}, 201, 'POST of a group');

# --- roles: the effective one --------------------------------------------------------------------------------------------------------------

my @roles = ({ value => 'administrator' }, { value => 'read-only', primary => true });
my $cat = $t->make(Users => userName => 'cat', roles => \@roles);
sub role { my $user = $t->admin(GET => "/users/$_[0]")->{json}; return $user->{role} . ($user->{roleDefault} ? ' by default' : '') }
is(role($cat), 'read-only', 'the primary role counts');
my $primary = 'roles[value eq "read-only"].primary';
for (['remove primary', sub { $t->patch("/Users/$cat", [{ op => 'remove', path => $primary }]) }], ['primary null', sub { $t->patch("/Users/$cat", [{ op => 'replace', path => $primary, value => null }]) }],
    ['primary ""', sub { $t->patch("/Users/$cat", [{ op => 'replace', path => $primary, value => '' }]) }],
    ['primary of all', sub { $t->patch("/Users/$cat", [{ op => 'remove', path => 'roles.primary' }]) }],
    ['PUT without primary', sub { $t->request(PUT => "/Users/$cat", { schemas => [$USER], userName => 'cat', roles => [map { { value => $_->{value} } } @roles] }) }],
    ['PATCH replace without primary', sub { $t->patch("/Users/$cat", [{ op => 'replace', path => 'roles', value => [map { { value => $_->{value} } } @roles] }]) }],
    ['a new one that is nothing', sub { $t->patch("/Users/$cat", [{ op => 'add', path => 'roles[type eq "x"].primary', value => true }]) }],
    ['Bulk', sub { bulk(PUT => "/Users/$cat", { schemas => [$USER], userName => 'cat', roles => [map { { value => $_->{value} } } @roles] }) }]) {
    my ($name, $do) = @$_;
    $t->patch("/Users/$cat", [{ op => 'replace', path => 'roles', value => \@roles }]);
    is($do->()->{status}, 200, $name);
    is(role($cat), 'read-only', "$name: the role that has counted does");
    is(sql("set scim.tenant = '$own'; select role from scim_app.accounts where id = '$cat'"), 'read-only', "$name: for the application too");
}
$t->patch("/Users/$cat", [{ op => 'remove', path => 'roles[value eq "read-only"]' }]);
is(role($cat), 'administrator', 'the other one counts when that one is taken away');
$t->patch("/Users/$cat", [{ op => 'replace', path => 'roles', value => [{ value => 'user' }, { value => 'administrator', primary => false }] }]);
is(role($cat), 'administrator', 'and goes on to count while it is listed and none is primary');
$t->patch("/Users/$cat", [{ op => 'replace', path => 'roles[value eq "user"].primary', value => true }]);
is(role($cat), 'user', 'until another one is primary');

# --- profiles -------------------------------------------------------------------------------------------------------------------------------

ok((log_lines('error_log', qr{tenant=\Q$own\E .*: leniency: .*$EMPTY}))[0], 'the log names the leniency');
scimctl(qw(tenant set), $own, qw(--profile rfc));
my $refusal = qr/^An empty string stands for no value of an attribute that is no string \(empty-string\), which the tenant's profile "rfc" does not accept: send null or leave it out\.$/;
my $stored = sub { sql("select string_agg(concat_ws(' ', id, version, doc), ',' order by id) from scim.resource where tenant = '$own'") };
my $before = $stored->();
is_error($t->patch("/Users/$bob", [{ op => 'replace', path => $_, value => '' }]), 400, 'invalidValue', $refusal, "rfc: $_")
    for 'active', 'profileUrl', 'name', 'emails', "$ENTERPRISE:manager";
is_error($t->patch("/Groups/$group", [{ op => 'replace', path => 'members', value => '' }]), 400, 'invalidValue', $refusal, 'rfc: members');
is_error($t->request(POST => '/Users', { schemas => [$USER], userName => 'rfc', emails => '' }), 400, 'invalidValue', $refusal, 'rfc: POST');
is($stored->(), $before, 'nothing has changed');
is_empty($t->patch("/Groups/$group", [{ op => 'replace', path => 'members', value => null }]), 204, 'rfc: null');
is($t->patch("/Users/$bob", [{ op => 'replace', path => "$ENTERPRISE:manager", value => { value => '' } }])->{status}, 200, 'rfc: a value that is blank is none');
is($t->patch("/Users/$bob", [{ op => 'remove', path => 'active' }])->{json}{active}, true, 'rfc: active stays');

done_testing;
