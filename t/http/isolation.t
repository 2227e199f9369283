# An id of another tenant is answered like an id that does not exist, wherever a request can name one: in every byte of
# the answer except the id itself. t/guards/35-isolation compares the table with the module's places and methods.
use strict;
use warnings;
use Test::More;
use URI::Escape 'uri_escape';
use ScimTest;

my $t     = ScimTest->new('isolation');
my $them  = ScimTest->new('isolation-them');
my $none  = '018f0000-0000-7000-8000-000000000000';
my $types = $t->request(GET => '/ResourceTypes')->{json}{Resources};
my $BULK  = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
my $SEARCH = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest';

# The other tenant's data: a user who is a manager, a group with members, and deleted ones.
my %theirs = (user => $them->make(Users => userName => 'theirs', emails => [{ value => 'theirs@x.org' }], externalId => 'theirs'));
$theirs{group} = $them->make(Groups => displayName => 'Theirs', members => [{ value => $theirs{user} }]);
$them->make(Users => userName => 'report', $ENTERPRISE => { manager => { value => $theirs{user} } });
$theirs{'deleted user'} = $them->make(Users => userName => 'deleted', externalId => 'deleted');
$them->request(DELETE => "/Users/$theirs{'deleted user'}");

# Activity, and the use of their token, are written a moment later.
sleep 2;

# The stored rows of every table that has a tenant.
my @tables = split /\n/, sql("select c.oid::regclass from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant'
    where c.relnamespace = 'scim'::regnamespace and c.relkind in ('r', 'p') order by 1");
sub stored {
    return join "\n", map { "$_: " . sql("select count(*) || coalesce(md5(string_agg(x::text, ',' order by x::text)), '') from $_ x
        where tenant = '$them->{tenant}'") } @tables;
}

# Our own resources, new for each request, so that both requests of a row find the same state.
my $n = 0;
sub own { my ($endpoint) = @_; $n++;
    return $t->make($endpoint => $endpoint eq 'Groups' ? (displayName => "own$n") : (userName => "own$n")) }
sub query { my (%query) = @_; return '?' . join '&', map { "$_=" . uri_escape($query{$_}) } sort keys %query }
sub operations { return { schemas => [$PATCH], Operations => [@_] } }
sub bulk { return { schemas => [$BULK], Operations => [@_] } }
sub doc { my ($type, @more) = @_; $n++;
    return { schemas => [$type->{schema}], ($type->{name} eq 'User' ? 'userName' : 'displayName') => "own$n", @more } }

# Filters that compare with an id, by type.
my @ids = ('id eq "%s"', 'not (id ne "%s")', 'id sw "%s"', 'meta.location ew "%s"', 'id eq "%s" or id eq "x"');
my %filters = (
    User  => ['groups.value eq "%s"', 'groups[value eq "%s"]', 'groups eq "%s"', 'groups.$ref ew "%s"',
        "$ENTERPRISE:manager.value eq \"%s\"", "$ENTERPRISE:manager[value eq \"%s\"]", "$ENTERPRISE:manager.\$ref ew \"%s\""],
    Group => ['members.value eq "%s"', 'members[value eq "%s"]', 'members[value eq "%s" and type eq "User"]', 'members eq "%s"',
        'members.$ref ew "%s"'],
);

# place, method, name, and the request with an id: path, body, headers.
my @rows;
sub row { push @rows, [@_] }
for my $type (@$types) {
    my $at = $type->{endpoint};
    my $change = { op => 'add', path => 'externalId', value => 'x' };
    row(SCIM_AT_RESOURCE => GET => $at, sub { "$at/$_[0]" });
    row(SCIM_AT_RESOURCE => GET => "$at in capitals", sub { "$at/" . uc $_[0] });
    row(SCIM_AT_RESOURCE => GET => "$at, projected", sub { "$at/$_[0]?attributes=id" });
    row(SCIM_AT_RESOURCE => GET => "$at, If-None-Match", sub { ("$at/$_[0]", undef, 'If-None-Match' => '*') });
    row(SCIM_AT_RESOURCE => GET => "$at, If-Match", sub { ("$at/$_[0]", undef, 'If-Match' => 'W/"7"') });
    row(SCIM_AT_RESOURCE => $_->[0] => "$at$_->[1]", $_->[2]) for
        [PUT => '', sub { ("$at/$_[0]", doc($type)) }], [PUT => ', If-Match', sub { ("$at/$_[0]", doc($type), 'If-Match' => 'W/"7"') }],
        [PATCH => '', sub { ("$at/$_[0]", operations($change)) }],
        [PATCH => ', If-Match', sub { ("$at/$_[0]", operations($change), 'If-Match' => 'W/"7"') }],
        [DELETE => '', sub { "$at/$_[0]" }], [DELETE => ', If-Match', sub { ("$at/$_[0]", undef, 'If-Match' => 'W/"7"') }];
    row(SCIM_AT_COLLECTION => POST => "$at, as its id", sub { ($at, doc($type, id => $_[0], meta => { location => $_[0] })) });
    for my $filter (@ids, @{ $filters{ $type->{name} } // [] }) {
        row(SCIM_AT_COLLECTION => GET => "$at, $filter", sub { $at . query(filter => sprintf $filter, $_[0]) });
        row(SCIM_AT_SEARCH => POST => "$at, $filter", sub { ("$at/.search", { schemas => [$SEARCH], filter => sprintf $filter, $_[0] }) });
    }
}
for my $filter (@ids) {
    row(SCIM_AT_ROOT => GET => $filter, sub { '/' . query(filter => sprintf $filter, $_[0]) });
    row(SCIM_AT_SEARCH => POST => $filter, sub { ('/.search', { schemas => [$SEARCH], filter => sprintf $filter, $_[0] }) });
}

# References: members of a group, and a manager.
my ($user_type) = grep { $_->{name} eq 'User' } @$types;
my ($group_type) = grep { $_->{name} eq 'Group' } @$types;
sub member { return { value => $_[0] } }
row(SCIM_AT_COLLECTION => POST => 'a member', sub { ('/Groups', doc($group_type, members => [member($_[0])])) });
row(SCIM_AT_COLLECTION => POST => 'a member by $ref', sub { ('/Groups', doc($group_type, members => [{ value => $_[0],
    '$ref' => "$them->{base}/Users/$_[0]", type => 'User', display => 'x' }])) });
row(SCIM_AT_RESOURCE => PUT => 'a member', sub { ('/Groups/' . own('Groups'), doc($group_type, members => [member($_[0])])) });
row(SCIM_AT_RESOURCE => PATCH => $_->[0], $_->[1]) for
    ['add a member', sub { ('/Groups/' . own('Groups'), operations({ op => 'add', path => 'members', value => [member($_[0])] })) }],
    ['add one beside a good one', sub { ('/Groups/' . own('Groups'), operations({ op => 'add', path => 'members',
        value => [member(own('Users')), member($_[0])] })) }],
    ['replace members', sub { ('/Groups/' . own('Groups'), operations({ op => 'replace', value => { members => [member($_[0])] } })) }],
    ['remove a member by value', sub { ('/Groups/' . own('Groups'), operations({ op => 'remove', path => 'members', value => [member($_[0])] })) }],
    ['remove a member by value path', sub { ('/Groups/' . own('Groups'), operations({ op => 'remove', path => "members[value eq \"$_[0]\"]" })) }],
    ['replace by value path', sub { ('/Groups/' . own('Groups'), operations({ op => 'replace', path => "members[value eq \"$_[0]\"]",
        value => member(own('Users')) })) }],
    ['groups of a user', sub { ('/Users/' . own('Users'), operations({ op => 'add', path => 'groups', value => [member($_[0])] })) }],
    ['groups by value path', sub { ('/Users/' . own('Users'), operations({ op => 'remove', path => "groups[value eq \"$_[0]\"]" })) }],
    ['a manager', sub { ('/Users/' . own('Users'), operations({ op => 'add', path => "$ENTERPRISE:manager", value => member($_[0]) })) }],
    ['a manager by value', sub { ('/Users/' . own('Users'), operations({ op => 'add', path => "$ENTERPRISE:manager.value", value => $_[0] })) }];
row(SCIM_AT_COLLECTION => POST => 'a manager', sub { ('/Users', doc($user_type, $ENTERPRISE => { manager => member($_[0]) })) });
row(SCIM_AT_COLLECTION => POST => 'groups', sub { ('/Users', doc($user_type, groups => [member($_[0])])) });
row(SCIM_AT_RESOURCE => PUT => 'a manager', sub { ('/Users/' . own('Users'), doc($user_type, $ENTERPRISE => { manager => member($_[0]) })) });

# Bulk
row(SCIM_AT_BULK => POST => $_->[0], $_->[1]) for
    ['PUT', sub { ('/Bulk', bulk({ method => 'PUT', path => "/Users/$_[0]", data => doc($user_type) })) }],
    ['PATCH', sub { ('/Bulk', bulk({ method => 'PATCH', path => "/Users/$_[0]",
        data => operations({ op => 'add', path => 'title', value => 'x' }) })) }],
    ['PATCH of a group', sub { ('/Bulk', bulk({ method => 'PATCH', path => "/Groups/$_[0]",
        data => operations({ op => 'add', path => 'members', value => [member(own('Users'))] }) })) }],
    ['DELETE', sub { ('/Bulk', bulk(map { { method => 'DELETE', path => "$_/$_[0]" } } '/Users', '/Groups')) }],
    ['DELETE, with a version', sub { ('/Bulk', bulk({ method => 'DELETE', path => "/Users/$_[0]", version => 'W/"7"' })) }],
    ['POST with a member', sub { ('/Bulk', bulk({ method => 'POST', path => '/Groups', bulkId => 'a',
        data => doc($group_type, members => [member($_[0])]) })) }],
    ['POST with a member made beside', sub { my $id = $_[0]; ('/Bulk', bulk(
        { method => 'POST', path => '/Groups', bulkId => 'a', data => doc($group_type, members => [member('bulkId:b'), member($id)]) },
        { method => 'POST', path => '/Users', bulkId => 'b', data => doc($user_type) })) }],
    ['a member of ours', sub { ('/Bulk', bulk({ method => 'PATCH', path => '/Groups/' . own('Groups'),
        data => operations({ op => 'add', path => 'members', value => [member($_[0])] }) })) }],
    ['remove a member of ours', sub { ('/Bulk', bulk({ method => 'PATCH', path => '/Groups/' . own('Groups'),
        data => operations({ op => 'remove', path => "members[value eq \"$_[0]\"]" }) })) }],
    ['a manager', sub { ('/Bulk', bulk({ method => 'POST', path => '/Users', bulkId => 'a',
        data => doc($user_type, $ENTERPRISE => { manager => member($_[0]) }) })) }];

# /Me: no command binds a token to a user of another tenant (t/cli/scimctl.t), so the test does it in SQL.
my $bound = $t->new_token('bound');
sub me { my ($id, @more) = @_;
    sql("update scim.token set user_id = '$id' where tenant = '$t->{tenant}' and name = 'bound'");
    return ('/Me', @more ? @more : undef, Authorization => "Bearer $bound") }
row(SCIM_AT_ME => $_->[0] => '/Me', $_->[1]) for [GET => sub { me($_[0]) }], [PUT => sub { me($_[0], doc($user_type)) }],
    [PATCH => sub { me($_[0], operations({ op => 'add', path => 'title', value => 'x' })) }], [DELETE => sub { me($_[0]) }];

# An answer without the requested id, and without values that are always new.
sub answer {
    my ($row, $id) = @_;
    my ($place, $method, undef, $ask) = @$row;
    my ($path, $body, @headers) = $ask->($id);
    my $res = $t->request($method => $path, $body, @headers);
    my $text = join "\n", $res->{status}, (map { "$_: " . ($res->{headers}->header($_) // '-') }
        qw(Content-Type ETag Location Content-Location Allow Retry-After WWW-Authenticate)), $res->{body};
    $text =~ s/\Q$id\E/ID/gi;
    $text =~ s/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f-]{21}/UUID/g;
    $text =~ s/\d{4}-\d\d-\d\dT[\d:.]+Z/TIME/g;
    $text =~ s/own\d+/OWN/g;
    return ($res->{status}, $text);
}

my $before = stored();
like($before, qr/^scim\.$_: [1-9]/m, "they have a $_") for qw(resource membership lookup token);
my ($get) = grep { $_->[2] eq '/Users' } @rows;
isnt((answer($get, own('Users')))[1], (answer($get, $none))[1], 'an id of ours is answered otherwise');
for my $row (@rows) {
    my $name = join ' ', @$row[1, 2];
    my ($status, $expected) = answer($row, $none);
    cmp_ok($status, '<', 500, "$name: $status") or diag $expected;
    for my $kind (sort keys %theirs) {
        my (undef, $got) = answer($row, $theirs{$kind});
        is($got, $expected, "$name: their $kind");
    }
}
is(stored(), $before, 'they have what they had');
is($them->request(GET => "/Users/$theirs{user}")->{json}{meta}{version}, 'W/"1"', 'and know of nothing');

# Their token and their pages have no meaning here.
is($t->request(GET => '/Users', undef, Authorization => "Bearer $them->{token}")->{body},
    $t->request(GET => '/Users', undef, Authorization => 'Bearer ' . do { my $w = $them->new_token('gone');
        sql("delete from scim.token where tenant = '$them->{tenant}' and name = 'gone'"); $w })->{body}, 'their token is no token');
for my $path ('/', '/Users', '/.search', '/Users/.search') {
    my @ask = $path =~ /search/ ? (POST => $path) : (GET => $path);
    my $page = sub { my ($who, $cursor) = @_;
        return $who->request(POST => $path, { schemas => [$SEARCH], count => 1, cursor => $cursor }) if $ask[0] eq 'POST';
        return $who->request(GET => $path . query(count => 1, cursor => $cursor)) };
    my $next = $page->($them, '')->{json}{nextCursor};
    ok($next, "@ask: they have a second page");
    my $made_up = $next;
    substr $made_up, 10, 1, substr($made_up, 10, 1) eq 'A' ? 'B' : 'A';
    my ($got, $expected) = map { $page->($t, $_) } $next, $made_up;
    is_error($got, 400, 'invalidCursor', undef, "@ask: their cursor");
    is($got->{body}, $expected->{body}, 'as one that nobody has made');
}

# All policies of row-level security have the same form, which is the cheapest; and nobody else may call functions with
# the owner's rights.
is(sql("select string_agg(polrelid::regclass::text, ' ') from pg_policy
    where polname = 'web' and pg_get_expr(polqual, polrelid) not like 'COALESCE(%'"), '', 'all policies have one form');
is(sql("select string_agg(p.oid::regprocedure::text, ' ') from pg_proc p
    where p.prosecdef and p.prorettype <> 'trigger'::regtype and has_function_privilege('public', p.oid, 'execute')
    and p.pronamespace = 'scim'::regnamespace"), '', "nobody else runs a function with the owner's rights");

# Functions and views with the owner's rights read only the requested tenant.
my $theirs = $them->make(Users => userName => 'granted');
my $held = $them->admin(POST => '/subscriptions', { name => 'Walled' })->{json}{id};
is($them->admin(POST => '/grants', { user => 'granted', subscription => 'Walled' })->{status}, 201, 'a grant');
$them->admin(PATCH => '', { defaultRole => 'read-only' });
sub seen { my ($tenant) = @_;
    return run_ok("$ENV{SCIM_TEST_PGBIN}/psql", qw(-X -q -A -t -U scim_web -c), "set scim.tenant = '$tenant'",
        '-c', "select scim.exceeds('$them->{tenant}', '$held', 0), scim.effective_role('$them->{tenant}', '$theirs', null)") }
is(join('', map { s/\s+$//r } (seen($them->{tenant}))[0]), 't|read-only', 'of their own tenant');
is(join('', map { s/\s+$//r } (seen($t->{tenant}))[0]), 'f|', 'and of no other');

done_testing;
