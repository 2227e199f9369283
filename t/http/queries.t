# Requests as clients write them: queries with a plus, filters and paths with many ids, URLs of resources, single
# quotes, names with a dot instead of a colon, messages with missing members. Each is accepted in every method and
# endpoint; if it needs a leniency, `rfc` refuses it.
use strict;
use warnings;
use Test::More;
use ScimTest;

my $t      = ScimTest->new('queries');
my $rfc    = ScimTest->new('queries-rfc');
my $own    = $t->tenant;
my $BULK   = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
my $SEARCH = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest';
scimctl(qw(tenant set), $rfc->tenant, qw(--profile rfc));
sub patch_of { return { schemas => [$PATCH], Operations => [@_] } }
sub bulk { my ($of, @operations) = @_; return $of->request(POST => '/Bulk', { schemas => [$BULK], Operations => \@operations }) }
sub escaped { my ($text) = @_; $text =~ s/([^A-Za-z0-9.:])/sprintf '%%%02X', ord $1/ge; return $text }
sub reason { my ($of) = @_; return $of->last_activity->{reason} }
sub refused { my ($res, $leniency, $type, $name) = @_; return is_error($res, 400, $type, qr/\(\Q$leniency\E\), which the tenant's profile "rfc" does not accept/, $name) }

# --- plus and blank ---------------------------------------------------------------------------------------------------------------------------
my $plus  = $t->make(Users => userName => 'plus+tag@example.com', emails => [{ value => 'plus+tag@example.com', type => 'work' }]);
my $blank = $t->make(Users => userName => 'plus tag@example.com');
my $total = sub { $t->request(GET => $_[0])->{json}{Resources} };
for (['/Users?filter=userName%20eq%20%22plus+tag@example.com%22', $plus], ['/Users?filter=userName+eq+%22plus%2Btag@example.com%22', $plus],
    ['/Users?filter=userName%20eq%20%22plus%2Btag@example.com%22', $plus], ['/Users?filter=userName+eq+%22plus+tag@example.com%22', $blank],
    ['/Users?filter=userName%20eq%20%22plus%20tag@example.com%22', $blank], ['/Users?attributes=userName&filter=emails%20eq%20%22plus+tag@example.com%22', $plus],
    ['/Users?filter=emails[type%20eq%20%22work%22].value%20eq%20%22plus+tag@example.com%22&count=5', $plus], ['?filter=userName%20eq%20%22plus+tag@example.com%22', $plus],
    ['/Users?filter=userName+eq+%22plus+tag@example.com%22&', $blank]) {
    my ($path, $id) = @$_;
    is_json([map { $_->{id} } @{ $total->($path) }], [$id], $path);
}
is_json([map { $_->{id} } @{ $rfc->request(GET => '/Users?filter=userName%20eq%20%22a+b%22')->{json}{Resources} // [] }], [], 'rfc: the same reading');
is($t->request(POST => '/Users/.search', { schemas => [$SEARCH], filter => 'userName eq "plus+tag@example.com"' })->{json}{totalResults}, 1, 'a message has no such question');

# --- many ids -----------------------------------------------------------------------------------------------------------------------------------
my $res = bulk($t, map { { method => 'POST', path => '/Users', bulkId => "b$_", data => { schemas => [$USER], userName => "many$_" } } } 1 .. 300);
my @many = map { m{([^/]+)$} } map { $_->{location} } @{ $res->{json}{Operations} };
my $group = $t->make(Groups => displayName => 'Many', members => [map { { value => $_ } } @many]);
my $or = sub { my ($name, @ids) = @_; return join ' or ', map { "$name eq \"$_\"" } @ids };
my @nobody = map { sprintf '018f0000-0000-7000-8000-%012x', $_ } 1 .. 700;
is_empty($t->patch("/Groups/$group", [{ op => 'remove', path => 'members[' . $or->(value => @many[0 .. 199]) . ']' }]), 204, 'a path with 200 ids');
is_json($t->stored_members($group), [sort @many[200 .. 299]], '200 members are removed');
is_empty($t->patch("/Groups/$group", [{ op => 'remove', path => 'members[' . $or->(value => @nobody, @many[0 .. 249], @nobody[0 .. 49]) . ']' }]), 204, 'a path with 1,000 ids');
is_json($t->stored_members($group), [sort @many[250 .. 299]], '50 more are removed');
is(bulk($t, { method => 'PATCH', path => "/Groups/$group", data => patch_of({ op => 'remove', path => 'members[' . $or->(value => @many[0 .. 259]) . ']' }) })->{json}{Operations}[0]{status}, '204', 'Bulk');
is_json($t->stored_members($group), [sort @many[260 .. 299]], 'Bulk: removed');
is_error($t->patch("/Groups/$group", [{ op => 'remove', path => 'members[' . $or->(value => @nobody, @many, $many[0]) . ']' }]), 400, 'invalidFilter', 'The path has more than 1000 comparisons with ids.',
    'more than 1,000');
for my $place ('/Users/.search', '/.search') {
    $res = $t->request(POST => $place, { schemas => [$SEARCH], filter => $or->(id => @nobody, @many), count => 400 });
    is_json([0 + $res->{status}, $res->{json}{totalResults}], [200, 300], "$place: 1,000 ids") or diag $res->{body};
    is_json([sort map { $_->{id} } @{ $res->{json}{Resources} }], [sort @many], 'all of them');
    is($t->request(POST => $place, { schemas => [$SEARCH], filter => 'userName sw "many" and (' . $or->(id => @many[0 .. 9]) . ')' })->{json}{totalResults}, 10, 'beside something else');
    is($t->request(POST => $place, { schemas => [$SEARCH], filter => 'userName sw "many1" and not (' . $or->(id => @many) . ')' })->{json}{totalResults}, 0, 'negated');
    is_error($t->request(POST => $place, { schemas => [$SEARCH], filter => $or->(id => @nobody, @many, $many[0]) }), 400, 'invalidFilter', 'The filter has more than 1000 comparisons with ids.', 'too many');
}
is($t->request(GET => '/Users?filter=' . escaped($or->(id => 'x', $many[1], 'y', uc $many[2])))->{json}{totalResults}, 2, 'what is no id is nobody');
is_error($t->request(POST => '/Users/.search', { schemas => [$SEARCH], filter => $or->(title => 1 .. 129) }), 400, 'invalidFilter', qr/more than 128 comparisons/, 'other comparisons stay bounded');

# --- URLs of resources -----------------------------------------------------------------------------------------------------------------------------
my ($ann, $ben) = map { $t->make(Users => userName => $_) } qw(ann ben);
my $team = $t->make(Groups => displayName => 'Team', members => [{ value => $ann }]);
my $url = $t->url;
for (["meta.location eq \"$url/Users/$ann\"", [$ann]], ["meta.location eq \"https://other.example/x/Users/$ann\"", [$ann]], ["meta[location eq \"$url/Users/$ann\"]", [$ann]],
    ["meta.location eq \"$url/Groups/$ann\"", []], ["meta.location eq \"$ann\"", []], ["meta.location eq \"$url/Users/x\"", []], ["meta.location eq \"\"", []],
    ["meta.location eq \"$url/Users/$ann\" or meta.location eq \"$url/Users/$ben\"", [$ann, $ben]], ["id eq \"$ann\" and meta.location ne \"$url/Users/$ann\"", []],
    ["id eq \"$ann\" and meta.location ne \"$url/Users/$ben\"", [$ann]], ["groups.\$ref eq \"$url/Groups/$team\"", [$ann]], ["groups[\$ref eq \"$url/Groups/$team\"]", [$ann]],
    ["groups.\$ref eq \"$url/Groups/x\"", []]) {
    my ($filter, $ids) = @$_;
    is_json([map { $_->{id} } @{ $total->('/Users?filter=' . escaped($filter)) }], $ids, $filter);
}
is_json([map { $_->{id} } @{ $total->('?filter=' . escaped("meta.location eq \"$url/Groups/$team\"")) }], [$team], 'at the root');
is_json([map { $_->{id} } @{ $total->('/Groups?filter=' . escaped("members.\$ref eq \"$url/Users/$ann\"")) }], [$team], 'members.$ref');
is_empty($t->patch("/Groups/$team", [{ op => 'remove', path => "members[\$ref eq \"$url/Users/$ann\"]" }]), 204, 'a path by $ref');
is_json($t->stored_members($team), [], 'removes the member');
is_error($t->request(GET => '/Users?filter=' . escaped("meta.location co \"$ann\"")), 400, 'invalidFilter', qr/meta\.location/, 'a part of it is not looked for');

# --- single quotes ---------------------------------------------------------------------------------------------------------------------------------
for my $filter ("userName eq 'ann'", "userName eq'ann'", "userName eq 'ANN' and not (title eq 'x')", "userName eq 'a\\u006en'", "emails[type eq 'work'] or userName eq 'ann'") {
    is_json([map { $_->{id} } @{ $total->('/Users?filter=' . escaped($filter)) }], $filter =~ /emails/ ? [$plus, $ann] : [$ann], $filter);
    is($t->request(POST => '/.search', { schemas => [$SEARCH], filter => $filter })->{status}, 200, 'in a message');
    refused($rfc->request(GET => '/Users?filter=' . escaped($filter)), 'filter-slips', 'invalidFilter', "rfc: $filter");
}
is_json($t->patch("/Users/$ann", [{ op => 'add', path => "emails[type eq 'work'].value", value => "o'x" }])->{json}{emails}, [{ type => 'work', value => "o'x" }], 'in a path');
is_json($t->patch("/Users/$ann", [{ op => 'remove', path => "emails[value eq 'o\\'x']" }])->{json}{emails}, undef, 'a quote inside');
$t->patch("/Users/$ann", [{ op => 'replace', path => 'title', value => "'" }]);
is_json([map { $_->{id} } @{ $total->('/Users?filter=' . escaped(q{title eq "'"})) }], [$ann], 'and in double ones');
is_error($t->request(GET => '/Users?filter=' . escaped($_)), 400, 'invalidFilter', undef, "wrong: $_") for "userName eq 'ann", "userName eq 'ann\"", "userName eq ''ann''";

# --- names: a dot after the URN, the core's URN, keys that are paths --------------------------------------------------------------------------------
my $cat = $t->make(Users => userName => 'cat', name => { givenName => 'C' }, $ENTERPRISE => { employeeNumber => '7', department => 'D' });
is_json([map { $_->{id} } @{ $total->('/Users?filter=' . escaped("$ENTERPRISE.employeeNumber eq \"7\"")) }], [$cat], 'a dot in a filter');
is_json([map { $_->{id} } @{ $total->('/Users?filter=' . escaped("$USER.userName eq \"cat\"")) }], [$cat], "of the core's URN, too");
is_json([map { $_->{id} } @{ $total->("/Users?sortBy=$ENTERPRISE.employeeNumber&filter=" . escaped("userName eq \"cat\"")) }], [$cat], 'in sortBy');
is_json($t->request(GET => "/Users/$cat?attributes=$ENTERPRISE.employeeNumber")->{json}{$ENTERPRISE}, { employeeNumber => '7' }, 'in attributes');
is_json($t->request(GET => "/Users/$cat?excludedAttributes=$ENTERPRISE.employeeNumber")->{json}{$ENTERPRISE}, { department => 'D' }, 'in excludedAttributes');
is_json($t->patch("/Users/$cat", [{ op => 'replace', path => "$ENTERPRISE.employeeNumber", value => '8' }])->{json}{$ENTERPRISE}{employeeNumber}, '8', 'in a path');
is_json($t->patch("/Users/$cat", [{ op => 'replace', value => { "$ENTERPRISE.employeeNumber" => '9' } }])->{json}{$ENTERPRISE}{employeeNumber}, '9', 'in a key');
is_json($t->patch("/Users/$cat", [{ op => 'replace', path => "$ENTERPRISE.manager.value", value => 'm' }])->{json}{$ENTERPRISE}{manager}, { value => 'm' }, 'with a sub-attribute');
is_json($t->request(PUT => "/Users/$cat", { schemas => [$USER, $ENTERPRISE], userName => 'cat', "$ENTERPRISE.employeeNumber" => '10' })->{json}{$ENTERPRISE}, { employeeNumber => '10' }, 'in PUT');
refused($rfc->request(GET => '/Users?filter=' . escaped("$ENTERPRISE.employeeNumber eq \"7\"")), 'urn-slip', 'invalidFilter', 'rfc: a filter');
refused($rfc->request(POST => '/Users', { schemas => [$USER, $ENTERPRISE], userName => 'x', "$ENTERPRISE.employeeNumber" => '10' }), 'urn-key', 'invalidSyntax', 'rfc: a key');
for my $op (qw(add replace)) {
    is_json($t->patch("/Users/$cat", [{ op => $op, path => $USER, value => { title => $op, 'name.familyName' => 'F' } }])->{json}{title}, $op, "$op with the core's URN as its path");
}
is_error($t->patch("/Users/$cat", [{ op => 'remove', path => $USER }]), 400, 'noTarget', qr/cannot be removed/, 'which cannot be removed');

my %plain = (schemas => [$USER, $ENTERPRISE], userName => 'dan', displayName => 'Dan', name => { givenName => 'D', familyName => 'N' },
    emails => [{ type => 'work', value => 'd@x' }], $ENTERPRISE => { department => 'Sales', manager => { value => 'm' } });
my %slips = (
    'dotted keys' => [{ schemas => [$USER, $ENTERPRISE], userName => 'dan', displayName => 'Dan', 'name.givenName' => 'D', 'name.familyName' => 'N',
        'emails[type eq "work"].value' => 'd@x', "$ENTERPRISE:department" => 'Sales', "$ENTERPRISE:manager.value" => 'm' }, 'dotted-key', 'invalidPath'],
    'names without URN' => [{ schemas => [$USER, $ENTERPRISE], userName => 'dan', displayName => 'Dan', name => { givenName => 'D', familyName => 'N' },
        emails => [{ type => 'work', value => 'd@x' }], department => 'Sales', manager => 'm' }, 'bare-complex', 'invalidValue'],
    'a manager that is null beside' => [{ %plain, manager => undef, department => undef }, 'bare-extension', 'invalidPath'],
    "the core's object" => [{ schemas => [$USER, $ENTERPRISE], $USER => { userName => 'dan', displayName => 'Dan', 'name.givenName' => 'D', name => { familyName => 'N' },
        emails => [{ type => 'work', value => 'd@x' }] }, $ENTERPRISE => { 'manager.value' => 'm', department => 'Sales' } }, 'dotted-key', 'invalidPath'],
    'dotted ones without URN' => [{ %plain, $ENTERPRISE => { department => 'Sales' }, 'manager.value' => 'm' }, 'dotted-key', 'invalidPath'],
);
my $put = $t->make(Users => userName => 'put');
for my $name (sort keys %slips) {
    my ($body, $leniency, $type) = @{ $slips{$name} };
    my $doc = sub { my $doc = $t->row($_[0])->{doc}; return { map { $_ => $doc->{$_} } keys %plain } };
    $res = $t->request(POST => '/Users', $body);
    is($res->{status}, 201, "POST, $name") or diag $res->{body};
    is_json($doc->($res->{json}{id}), \%plain, 'understood as in PATCH');
    $t->request(DELETE => "/Users/$res->{json}{id}");
    is($t->request(PUT => "/Users/$put", $body)->{status}, 200, "PUT, $name");
    is_json($doc->($put), \%plain, 'understood');
    is(bulk($t, { method => 'PUT', path => "/Users/$put", data => $body })->{json}{Operations}[0]{status}, '200', "Bulk PUT, $name");
    is_json($doc->($put), \%plain, 'understood');
    $t->request(PUT => "/Users/$put", { schemas => [$USER], userName => 'put' });
    my ($m, $u) = map { $rfc->request($_->[0] => $_->[1], $body) } ['POST', '/Users'];
    refused($m, $leniency, $type, "rfc: $name") if $m->{status} == 400;
    is($m->{status}, 400, "rfc: $name");
}
is_error($t->request(POST => '/Users', { schemas => [$USER], userName => 'x', 'name.givenName' => 7 }), 400, 'invalidValue', 'name.givenName must be a string, not a number.', 'a wrong value');
is_error($t->request(POST => '/Groups', { schemas => [$GROUP], displayName => 'x', 'members[value eq "x"].value' => 'x' }), 400, qr/./, qr/members/, 'members have no such names');

# --- messages ----------------------------------------------------------------------------------------------------------------------------------------
my $eve = $t->make(Users => userName => 'eve');
my $eva = $rfc->request(POST => '/Users', { schemas => [$USER], userName => 'eva', displayName => 'E', active => true })->{json}{id};
my $crew = $t->make(Groups => displayName => 'Crew');
my $op = { op => 'replace', path => 'title', value => 'T' };
is_reply($t->request(PATCH => "/Users/$eve", patch_of()), 200, $t->user({ userName => 'eve', displayName => 'eve', active => true }, $eve, 1), 'no operations: nothing is changed');
is(reason($t), 'Accepted beyond the standard: no-operations.', 'activity tells');
is_empty($t->request(PATCH => "/Groups/$crew", patch_of()), 204, 'of a group');
is_json([map { $_->{status} } @{ bulk($t, map { { method => 'PATCH', path => $_, data => patch_of() } } "/Users/$eve", "/Groups/$crew")->{json}{Operations} }], ['200', '204'], 'Bulk');
is_error($t->request(PATCH => '/Users/018f0000-0000-7000-8000-000000000000', patch_of()), 404, undef, undef, 'of nobody');
is($t->row($eve)->{version}, 1, 'nothing has changed');
refused($rfc->request(PATCH => "/Users/$eva", patch_of()), 'no-operations', 'invalidSyntax', 'rfc: no operations');
is(bulk($t)->{status}, 200, 'a Bulk request without operations');
for my $schemas ([], undef, 'x', $PATCH, $BULK, $SEARCH, [$USER], ['x', $PATCH]) {
    my $text = json($schemas);
    is($t->request(PATCH => "/Users/$eve", { schemas => $schemas, Operations => [$op] })->{status}, 200, "PATCH, schemas $text");
    is($t->request(POST => '/Bulk', { schemas => $schemas, Operations => [{ method => 'PATCH', path => "/Users/$eve", data => { schemas => $schemas, Operations => [$op] } }] })->{json}{Operations}[0]{status}, '200', 'Bulk');
    is($t->request(POST => '/Users/.search', { schemas => $schemas, count => 0 })->{status}, 200, '.search');
    next if ref $schemas && @$schemas == 2;
    is($rfc->request(PATCH => "/Users/$eva", { schemas => $schemas, Operations => [$op] })->{status}, 400, "rfc: $text");
    is($rfc->request(POST => '/Bulk', { schemas => $schemas, Operations => [] })->{status}, 400, 'rfc: Bulk');
    is($rfc->request(POST => '/Users/.search', { schemas => $schemas, count => 0 })->{status}, 400, 'rfc: .search');
}
is($t->request(POST => '/Users', { schemas => $USER, userName => 'texts' })->{status}, 201, 'a resource, too');
is($t->request(PATCH => "/Users/$eve", { schemas => [$PATCH], Operations => $op })->{status}, 200, 'one operation for a list');
is($t->request(POST => '/Bulk', { schemas => [$BULK], failOnErrors => $_, Operations => [map { { method => 'DELETE', path => "/Users/$_" } } @nobody[0 .. 2]] })->{status}, 200, 'failOnErrors ' . json($_)) for 0, undef;
is(scalar @{ $t->request(POST => '/Bulk', { schemas => [$BULK], failOnErrors => 0, Operations => [map { { method => 'DELETE', path => "/Users/$_" } } @nobody[0 .. 2]] })->{json}{Operations} }, 3, '0 is no limit');
is_error($t->request(POST => '/Bulk', { schemas => [$BULK], failOnErrors => $_, Operations => [] }), 400, 'invalidValue', qr/failOnErrors/, 'failOnErrors ' . json($_)) for -1, 1.5, '1', [];
$res = bulk($t, { method => 'PATCH', path => "/Users/$eve", data => [{ op => 'replace', path => 'title', value => 'list' }] });
is_json([$res->{json}{Operations}[0]{status}, $t->row($eve)->{doc}{title}], ['200', 'list'], 'data that is a list of operations') or diag $res->{body};
$res = bulk($t, { method => 'POST', path => '/Users', bulkId => 'm', data => { schemas => [$USER], userName => 'later' } },
    { method => 'PATCH', path => "/Groups/$crew", data => [{ op => 'add', path => 'members', value => [{ value => 'bulkId:m' }] }] });
is_json([map { $_->{status} } @{ $res->{json}{Operations} }], ['201', '204'], 'which may refer to others');
is(scalar @{ $t->stored_members($crew) }, 1, 'a member');
is(bulk($t, { method => $_, path => '/Users', bulkId => 'x', data => [] })->{json}{Operations}[0]{status}, '400', "not of $_") for qw(POST);
$res = bulk($rfc, { method => 'PATCH', path => "/Users/$eva", data => [$op] })->{json}{Operations}[0];
is_json([$res->{status}, $res->{response}{scimType}], ['400', 'invalidSyntax'], 'rfc: a list');

done_testing;
