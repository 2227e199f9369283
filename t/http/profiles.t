# A tenant's profile decides which deviations of a client are accepted: `lenient` accepts each leniency, `rfc` and
# `interop` refuse it; what the RFCs allow but the interoperability profile does not is refused only by `interop`.
use strict;
use warnings;
use Test::More;
use ScimTest;

my %tenant = map { $_ => ScimTest->new("profile-$_") } qw(lenient rfc interop);
scimctl(qw(role add 25 --tenant), $_->tenant) for values %tenant;
scimctl(qw(tenant set), $tenant{$_}->tenant, '--profile', $_) for qw(rfc interop);

# The texts of refusals: what the client did, and what it should do.
my %text = (
    'boolean-string'     => ['A boolean is a string, "True" or "False"', 'send true or false', 'invalidValue'],
    'dotted-key'         => ['A path such as name.givenName is the name of a member',
        'send it as the "path" of an operation', 'invalidPath'],
    'urn-key'            => ["An attribute with its schema's URN is the name of a member",
        'put the attribute into an object under the URN', 'invalidSyntax'],
    'array-for-singular' => ['A single value is in a list', 'send it without the list', 'invalidValue'],
    'bare-complex'       => ['A string stands for a complex value', 'send an object with a "value"', 'invalidValue'],
    'bare-extension'     => ["An extension's attribute lacks its schema's URN",
        'put the URN and a colon before its name', 'invalidPath'],
    'remove-value'       => ['A remove operation has a "value"', 'name what to remove by a filter in the path', 'invalidSyntax'],
    'read-only-in-value' => ['A read-only attribute is in the value of a PATCH', 'leave it out', 'mutability'],
    'json-string'        => ['A JSON document is in a string', 'send an object with "value", "display" and "type"',
        'invalidValue'],
    'value-path-creates' => ["A replace operation's filter matches nothing", 'add the value', 'noTarget'],
    'no-schemas'         => [q{The body's "schemas" is missing, or lacks the message's own}, 'list the schemas that it uses',
        'invalidSyntax'],
    'unlisted-extension' => ['The body has attributes of an extension that "schemas" does not list', 'list it',
        'invalidSyntax'],
    'urn-slip'           => ["A schema's URN is misspelt, of SCIM 1.1 or foreign", 'use those of /Schemas', 'invalidSyntax'],
    'filter-slips'       => ['A filter lacks a space before a value, or quotes around one, or has them around a boolean',
        'write it as attribute eq "text" or attribute eq true', 'invalidFilter'],
    'object-for-array'   => ['A single value stands for a list', 'send a list of one', 'invalidValue'],
    'capital-op'         => ['The "op" of an operation has capital letters', 'send "add", "remove" or "replace"',
        'invalidSyntax'],
    'flag-in-path'       => ['The flag aadOptscim062020 is in the path of the URL',
        'put it into the query or leave it out', 'invalidSyntax'],
    'empty-string'       => ['An empty string stands for no value of an attribute that is no string', 'send null or leave it out',
        'invalidValue'],
    'unknown-extension'  => ['The body lists or has an extension that the resource type does not have', 'send schemas of /ResourceTypes only',
        'invalidSyntax'],
    'unknown-path'       => ['The path of an operation names what no schema of the resource type has', 'send attributes of /Schemas only',
        'invalidPath'],
    'no-operations'      => ['A PATCH request has no operations', 'send one operation or more, or no request', 'invalidSyntax'],
    'unknown-attribute'  => ['The body has an attribute that no schema defines', 'send attributes of /Schemas only',
        'invalidSyntax'],
    'no-path'            => ['An operation has no "path"', 'send an operation with a "path" for each attribute',
        'invalidSyntax'],
);

sub refused {
    my ($name, $profile, $place) = @_;
    my ($slip, $instead, $type) = @{ $text{$name} };
    $type = $place if $place;
    return { schemas => ['urn:ietf:params:scim:api:messages:2.0:Error'], status => '400', scimType => $type,
        detail => qq{$slip ($name), which the tenant's profile "$profile" does not accept: $instead.} };
}

# Each has a user with one work address and one home address, and a group with that user in it.
for my $t (values %tenant) {
    $t->{user} = $t->make(Users => userName => 'u', active => true, emails => [{ type => 'work', value => 'w@x' }]);
    $t->{group} = $t->make(Groups => displayName => 'g', members => [{ value => $t->{user} }]);
}

# All stored data of a tenant.
sub stored {
    my ($t) = @_;
    return sql("select string_agg(concat(r.id, r.version, r.doc, r.deleted_at), ' ' order by r.id) ||
        (select count(*) from scim.membership where tenant = r.tenant) from scim.resource r where tenant = '$t->{tenant}'
        group by tenant");
}

sub op { { op => $_[0], (defined $_[1] ? (path => $_[1]) : ()), (@_ > 2 ? (value => $_[2]) : ()) } }
sub user_patch  { my @ops = @_; return sub { my ($t) = @_; (PATCH => "/Users/$t->{user}", { schemas => [$PATCH],
    Operations => [map { ref $_ eq 'CODE' ? $_->($t) : $_ } @ops] }) } }
sub group_patch { my @ops = @_; return sub { my ($t) = @_; (PATCH => "/Groups/$t->{group}", { schemas => [$PATCH],
    Operations => [map { ref $_ eq 'CODE' ? $_->($t) : $_ } @ops] }) } }

# [name, the request of a tenant, the status under lenient, the scimType if it depends on the position]. What a PATCH
# notices while it is applied is refused between its two batches.
my @rows = (
    ['boolean-string', user_patch(op(replace => 'active', 'False')), 200],
    ['boolean-string', sub { (POST => '/Users', { schemas => [$USER], userName => 'b', active => 'True' }) }, 201],
    ['dotted-key', user_patch(op(replace => undef, { 'name.givenName' => 'G' })), 200],
    ['urn-key', user_patch(op(replace => undef, { "$ENTERPRISE:employeeNumber" => '7' })), 200],
    ['array-for-singular', user_patch(op(add => "$ENTERPRISE:manager", [{ value => 'm' }])), 200],
    ['bare-complex', user_patch(op(add => "$ENTERPRISE:manager", 'm2')), 200],
    ['bare-extension', user_patch(op(add => 'manager', { value => 'm3' })), 200],
    ['bare-extension', sub { (GET => '/Users?filter=employeeNumber%20eq%20%227%22') }, 200, 'invalidFilter'],
    ['bare-extension', sub { (GET => '/Users?sortBy=employeeNumber') }, 200, 'invalidValue'],
    ['bare-extension', sub { (GET => '?filter=manager%20pr&sortBy=userName') }, 200, 'invalidFilter'],
    ['remove-value', group_patch(sub { op(remove => 'members', [{ value => $_[0]{user} }]) }), 204],
    ['remove-value', user_patch(op(remove => 'emails', [{ value => 'w@x', type => 'work' }])), 200],
    ['read-only-in-value', group_patch(op(replace => undef, { id => 'x', displayName => 'g2' })), 204],
    ['json-string', user_patch(op(add => 'roles', [{ value => json({ id => '1', value => '25', displayName => 'R' }) }])), 200],
    ['value-path-creates', user_patch(op(replace => 'phoneNumbers[type eq "work"].value', '1')), 200],
    ['no-schemas', sub { (POST => '/Users', { userName => 'n' }) }, 201],
    ['no-schemas', sub { (PATCH => "/Users/$_[0]{user}", { Operations => [op(replace => 'title', 't')] }) }, 200],
    ['no-schemas', sub { (POST => '/.search', { filter => 'userName eq "u"' }) }, 200],
    ['unlisted-extension', sub { (POST => '/Users', { schemas => [$USER], userName => 'x', $ENTERPRISE => { division => 'd' } }) },
        201],
    ['urn-slip', sub { (POST => '/Users', { schemas => ['urn:scim:schemas:core:2.0'], userName => 's' }) }, 201],
    ['urn-slip', sub { (POST => '/Groups', { schemas => [$GROUP,
        'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group'], displayName => 's' }) }, 201],
    ['urn-slip', sub { (GET => '/Users?filter=urn:ietf:params:scim:schemas:extension:enterprise:2.0User:division%20pr') }, 200,
        'invalidFilter'],
    ['filter-slips', sub { (GET => '/Users?filter=userName%20eq%20u') }, 200],
    ['filter-slips', sub { (GET => '/Users?filter=userName%20eq%22u%22') }, 200],
    ['filter-slips', sub { (GET => '/Users?filter=active%20eq%20%22True%22') }, 200],
    ['object-for-array', user_patch(op(replace => 'emails', { type => 'home', value => 'h@x' })), 200],
    ['capital-op', user_patch(op(Replace => 'title', 'T')), 200],
    ['flag-in-path', sub { (GET => '/aadOptscim062020/Users') }, 200],
    ['flag-in-path', sub { (GET => '?aadOptscim062020/Users') }, 200],
    ['empty-string', user_patch(op(replace => "$ENTERPRISE:manager", '')), 200],
    ['unknown-extension', sub { (POST => '/Users', { schemas => [$USER, 'urn:x:y'], userName => 'ue' }) }, 201],
    ['unknown-extension', user_patch(op(replace => undef, { 'urn:x:y' => { a => 1 } })), 200],
    ['unknown-path', user_patch(op(replace => 'urn:x:y:z', 1)), 200],
    ['unknown-path', group_patch(op(remove => 'description')), 204],
    ['no-operations', user_patch(), 200],
    ['filter-slips', sub { (GET => "/Users?filter=userName%20eq%20'u'") }, 200],
    ['urn-slip', sub { (GET => "/Users?filter=$ENTERPRISE.division%20pr") }, 200, 'invalidFilter'],
    ['dotted-key', sub { (PUT => "/Users/$_[0]{user}", { schemas => [$USER], userName => 'u', 'name.givenName' => 'G' }) }, 200],
    ['bare-extension', sub { (POST => '/Users', { schemas => [$USER, $ENTERPRISE], userName => 'bx', department => 'D' }) }, 201],
    ['no-schemas', sub { (PATCH => "/Users/$_[0]{user}", { schemas => [], Operations => [op(replace => 'title', 't')] }) }, 200],
    ['object-for-array', sub { (PATCH => "/Users/$_[0]{user}", { schemas => $PATCH, Operations => [op(replace => 'title', 't')] }) }, 200],
    ['object-for-array', sub { (POST => '/.search', { schemas => ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'], attributes => 'userName' }) }, 200],
    ['empty-string', sub { (POST => '/Users', { schemas => [$USER], userName => 'e', emails => '' }) }, 201],
);

for my $row (@rows) {
    my ($name, $request, $status, $place) = @$row;
    my $t = $tenant{lenient};
    my $log = qr{\[scim:info\].*tenant=\Q$t->{tenant}\E token=test request=\S+ \S+ \S+: leniency: $name$};
    my $before = () = log_lines('error_log', $log);
    my $res = $t->request($request->($t));
    is($res->{status}, $status, "$name: accepted") or diag $res->{body};
    is(scalar(my @lines = log_lines('error_log', $log)), $before + 1, "$name: one line of the log tells");
    for my $profile (qw(rfc interop)) {
        my $stored = stored($tenant{$profile});
        is_reply($tenant{$profile}->request($request->($tenant{$profile})), 400, refused($name, $profile, $place), "$name: $profile");
        is(stored($tenant{$profile}), $stored, "$name: nothing changed");
    }
}

# What the RFCs allow.
my @allowed = (
    ['unknown-attribute', sub { (POST => '/Users', { schemas => [$USER], userName => "unknown-$_[0]{tenant}", shoeSize => 44 }) },
        201],
    ['unknown-attribute', sub { (PUT => "/Users/$_[0]{user}", { schemas => [$USER, $ENTERPRISE], userName => 'u',
        $ENTERPRISE => { badge => 1 } }) }, 200],
    ['unknown-attribute', user_patch(op(add => 'emails', [{ value => 'z@x', colour => 'red' }])), 200],
    ['no-path', user_patch(op(replace => undef, { active => true })), 200],
);
for my $row (@allowed) {
    my ($name, $request, $status) = @$row;
    for my $profile (qw(lenient rfc)) {
        is($tenant{$profile}->request($request->($tenant{$profile}))->{status}, $status, "$name: $profile accepts it");
    }
    my $stored = stored($tenant{interop});
    is_reply($tenant{interop}->request($request->($tenant{interop})), 400, refused($name, 'interop'), "$name: interop");
    is(stored($tenant{interop}), $stored, "$name: nothing changed");
}
is(scalar(log_lines('error_log', qr/leniency: .*(?:unknown-attribute|no-path)/)), 0, 'which is no leniency');

# A correct request is accepted by every profile: a PATCH that reads, and one that does not.
for my $profile (sort keys %tenant) {
    my $t = $tenant{$profile};
    is($t->request(POST => '/Users', { schemas => [$USER, $ENTERPRISE], userName => 'right', active => false,
        $ENTERPRISE => { employeeNumber => '8', manager => { value => 'm' } } })->{status}, 201, "$profile: POST");
    is($t->patch("/Users/$t->{user}", [op(replace => 'active', false), op(replace => 'name.givenName', 'G'),
        op(add => 'phoneNumbers', [{ type => 'work', value => '2' }]),
        op(replace => "$ENTERPRISE:employeeNumber", '9')])->{status}, 200, "$profile: PATCH");
    is_empty($t->patch("/Groups/$t->{group}", [op(remove => "members[value eq \"$t->{user}\"]")]), 204, "$profile: members");
    is($t->request(GET => "/Users?filter=userName%20eq%20%22U%22")->{json}{totalResults}, 1, "$profile: filter");
    is($t->request(GET => "/Users?aadOptscim062020&filter=userName%20eq%20%22U%22")->{json}{totalResults}, 1,
        "$profile: the flag in the query");
}

# Bulk: each operation separately, and the message as a whole
my $BULK = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
for my $profile (sort keys %tenant) {
    my $t = $tenant{$profile};
    my @operations = (
        { method => 'POST', path => '/Users', bulkId => 'a', data => { schemas => [$USER], userName => 'bulk-a' } },
        { method => 'POST', path => '/Users', bulkId => 'b', data => { schemas => [$USER], userName => 'bulk-b', active => 'True' } },
        { method => 'PATCH', path => "/Users/$t->{user}", data => { schemas => [$PATCH],
            Operations => [op(replace => 'ims[type eq "aim"].value', '1')] } },
        { method => 'PATCH', path => "/Users/$t->{user}", data => { schemas => [$PATCH],
            Operations => [op(replace => 'title', 'bulk')] } },
    );
    my $res = $t->request(POST => '/Bulk', { schemas => [$BULK], Operations => \@operations });
    is($res->{status}, 200, "Bulk, $profile");
    my @answers = @{ $res->{json}{Operations} };
    is(join(' ', map { $_->{status} } @answers), $profile eq 'lenient' ? '201 201 200 200' : '201 400 400 200',
        "Bulk, $profile: each by itself") or diag $res->{body};
    is_json([map { $_->{response} } @answers[1, 2]], [map { refused($_, $profile) } 'boolean-string', 'value-path-creates'],
        "Bulk, $profile: the refusals") if $profile ne 'lenient';
    is($t->row($t->{user})->{doc}{title}, 'bulk', "Bulk, $profile: stored");
    is(sql("select count(*) from scim.resource where tenant = '$t->{tenant}' and doc ->> 'userName' = 'bulk-b'"),
        $profile eq 'lenient' ? 1 : 0, "Bulk, $profile: and not stored");
    $res = $t->request(POST => '/Bulk', { Operations => \@operations });
    $profile eq 'lenient' ? is($res->{status}, 200, 'Bulk without schemas')
        : is_reply($res, 400, refused('no-schemas', $profile), "Bulk without schemas, $profile");
}
ok((log_lines('error_log', qr{tenant=\Q$tenant{lenient}{tenant}\E .* POST \S+/Bulk: leniency: boolean-string,value-path-creates$}))[0],
    'Bulk: the log tells');

# A stranger learns nothing of the profile.
my $t = $tenant{rfc};
is_error($t->request(POST => '/Users', { userName => 'n' }, Authorization => "Bearer $tenant{lenient}{token}"), 401, undef,
    undef, 'a stranger');

# A new profile is effective from the next request.
is($t->request(POST => '/Users', { userName => 'now' })->{status}, 400, 'refused');
scimctl(qw(tenant set), $t->tenant, qw(--profile lenient));
is($t->request(POST => '/Users', { userName => 'now' })->{status}, 201, 'and accepted, once the profile is lenient');

# ServiceProviderConfig, which needs no authentication
sub config {
    my ($tenant, $token, $base) = @_;
    my $res = $t->request(GET => '/ServiceProviderConfig', undef, Authorization => $token && "Bearer $token", ':base' => ($base // '/scim/v2/') . $tenant);
    is($res->{status}, 200, "ServiceProviderConfig of $tenant");
    return $res;
}
sub claim { config(@_)->{json}{interopProfileConformant} }
my $interop = $tenant{interop}->tenant;
is_json(claim($interop, $tenant{interop}{token}), true, 'interop claims to conform');
is(claim($tenant{$_}->tenant, $tenant{$_}{token}), undef, "$_ does not") for qw(lenient rfc);
is(claim($interop, $tenant{interop}{token}, '/small/v2/'), undef, 'nor does a Location whose pages are too small');
my $revoked = $tenant{interop}->new_token('revoked');
scimctl(qw(token revoke --tenant), $interop, 'revoked');
# For strangers a tenant looks like one that does not exist.
my $nobody = config('no-such-tenant')->{body};
for my $token (undef, 'scim_nonsense', $tenant{rfc}{token}, $revoked) {
    is(config($interop, $token)->{body} =~ s/\Q$interop\E/no-such-tenant/gr, $nobody, 'to strangers: as no tenant') or diag $token;
}

done_testing;
