# POST to /.search (RFC 7644 3.4.3), and queries of the server's root (3.4.2.1).
use strict;
use warnings;
use utf8;
use Test::More;
use URI::Escape 'uri_escape_utf8';
use ScimTest;

my $SEARCH = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest';
my $t      = ScimTest->new('search');
my $other  = ScimTest->new('search-other');
$other->make(Users => userName => 'stranger', displayName => 'A stranger');

my %id = map { $_->[1] => $t->make($_->[0] => %{ $_->[2] }) }
    [Users => ann => { userName => 'ann', displayName => 'M', title => 'Chief', $ENTERPRISE => { department => 'Law' } }],
    [Groups => g1 => { displayName => 'K', externalId => 'x' }],
    [Users => bob => { userName => 'Bob', displayName => 'a', externalId => 'y', emails => [{ value => 'b@x.example' }] }],
    [Users => cyd => { userName => 'cyd', displayName => 'Z' }];
$id{g2} = $t->make(Groups => displayName => 'b', members => [{ value => $id{ann} }, { value => $id{g1} }]);
my %name = reverse %id;

sub names { [map { $name{ $_->{id} } // $_->{id} } @{ $_[0]{json}{Resources} // [] }] }
sub search {
    my ($endpoint, $message, @headers) = @_;
    return $t->request(POST => "$endpoint/.search", ref $message eq 'HASH' ? { schemas => [$SEARCH], %$message } : $message, @headers);
}
sub finds {
    my ($filter, $names, $more) = @_;
    my $res = search('', { filter => $filter, %{ $more // {} } });
    is($res->{status}, 200, $filter) or diag $res->{body};
    is_json(names($res), [split ' ', $names], "$filter: finds");
    is_json($res->{json}{totalResults}, scalar split(' ', $names), "$filter: totalResults") unless $more && exists $more->{count};
    my %by = (%{ $more // {} }, filter => $filter);
    is_json($t->request(GET => '?' . join '&', map { "$_=" . uri_escape_utf8($by{$_}) } sort keys %by)->{json},
        $res->{json}, "$filter: GET answers the same");
}

# --- one type: the same answers as GET -------------------------------------------------------------------------------

for my $case (
    [{}, ''],
    [{ filter => 'userName eq "BOB"' }, 'filter=' . uri_escape_utf8('userName eq "BOB"')],
    [{ startIndex => 2, count => 1 }, 'startIndex=2&count=1'],
    [{ startIndex => -3, count => 2 }, 'startIndex=-3&count=2'],
    [{ count => 0 }, 'count=0'],
    [{ count => -1 }, 'count=-1'],
    [{ count => 1_000_000_000_000 }, 'count=1000000000000'],
    [{ sortBy => 'displayName', sortOrder => 'descending' }, 'sortBy=displayName&sortOrder=descending'],
    [{ attributes => ['userName', 'emails.value'] }, 'attributes=userName,emails.value'],
    [{ attributes => [] }, ''],
    [{ attributes => 'userName,emails' }, 'attributes=userName,emails'],
    [{ excludedAttributes => 'displayName, meta' }, 'excludedAttributes=displayName,meta'],
    [{ schemas => [], count => 1 }, 'count=1'], [{ schemas => 'x', count => 1 }, 'count=1'], [{ schemas => [$USER], count => 1 }, 'count=1'],
    [{ excludedAttributes => ['displayName', 'meta'] }, 'excludedAttributes=displayName,meta'],
    [{ filter => undef, attributes => undef, count => undef, sortBy => undef }, ''],
    [{ FILTER => 'userName sw "a"', COUNT => 1, unknown => [1] }, 'count=1&filter=' . uri_escape_utf8('userName sw "a"')],
) {
    my ($message, $query) = @$case;
    my $res = search('/Users', $message);
    is($res->{status}, 200, '/Users/.search ' . json($message)) or diag $res->{body};
    is($res->{type}, $TYPE, 'type');
    is_json($res->{json}, $t->request(GET => "/Users?$query")->{json}, json($message) . ': as GET');
}
is_json(names(search('/Groups', { filter => "members.value eq \"$id{ann}\"" })), ['g2'], '/Groups/.search');
is_json(search('/Groups', { filter => 'displayName eq "k"' })->{json}, listing(1, 1,
    $t->group({ displayName => 'K', externalId => 'x' }, $id{g1}, 1)), 'a whole answer');
is($t->request(POST => '/Users/.search', {})->{status}, 200, 'schemas may be missing, as in other bodies');
is_json(names($t->request(POST => '/Users/.search?filter=x&count=0', { count => 1 })), ['ann'], 'the URL says nothing');

for my $case (
    [filter => 1, qr/^"filter" must be a string\.$/], [filter => ['a'], qr/filter/], [sortBy => true, qr/sortBy/],
    [sortOrder => {}, qr/sortOrder/], [attributes => 7, qr/^"attributes" must be a list of strings\.$/],
    [attributes => [1], qr/"attributes"/], [attributes => [undef], qr/"attributes"/], [excludedAttributes => {}, qr/excludedAttributes/],
    [startIndex => '1', qr/^"startIndex" must be an integer\.$/], [startIndex => 1.5, qr/startIndex/], [count => '5', qr/count/],
    [count => false, qr/count/], [sortBy => 'none', qr/none/], [sortOrder => 'up', qr/up/],
) {
    my ($member, $value, $detail) = @$case;
    is_error(search('/Users', { $member => $value }), 400, 'invalidValue', $detail, "$member " . json($value));
}
is_error(search('/Users', { attributes => ['id'], excludedAttributes => ['name'] }), 400, 'invalidValue', qr/excludedAttributes/, 'both');
is_error(search('/Users', { filter => 'none eq 1' }), 400, 'invalidFilter', qr/none/, 'a wrong filter');
is_error(search('/Users', '{"count": 1, "Count": 2}'), 400, 'invalidValue', qr/count/, 'a member twice');
is_error(search('/Users', { schemas => $_ }), 400, 'invalidSyntax', qr/SearchRequest/, 'schemas ' . json($_)) for [5], 5, {};
is_error(search('/Users', '[]'), 400, 'invalidSyntax', undef, 'no object');
is_error(search('/Users', ''), 400, 'invalidSyntax', undef, 'no body');
is_error(search('/Users', {}, 'Content-Type' => 'text/plain'), 415, undef, undef, 'another type');
for my $path ('/.search', '/Users/.search') {
    is_error($t->request(POST => $path, { filter => 1 }, Authorization => undef), 401, undef, undef, "$path: no token");
    for my $method (qw(GET PUT PATCH DELETE)) {
        my $res = $t->request($method => $path, $method =~ /^P/ ? {} : undef);
        is_error($res, 405, undef, undef, "$method $path");
        is($res->{headers}->header('Allow'), 'POST, OPTIONS', "$method $path: Allow");
    }
}
is_error($t->request(POST => '/None/.search', {}), 404, undef, undef, 'no such endpoint');
is_error($t->request(POST => '/Users/.search/x', {}), 404, undef, undef, 'nothing below');
is_error($t->request(POST => "/Users/$id{ann}/.search", {}), 404, undef, undef, 'one resource is not searched');

# --- the root --------------------------------------------------------------------------------------------------------

my $all = $t->request(GET => '');
is($all->{status}, 200, 'GET of the root');
my ($g1, $g2) = map { $t->request(GET => "/Groups/$id{$_}")->{json} } qw(g1 g2);
is_json(delete $g1->{members}, [], 'only a GET by id tells of no members');
is_json($all->{json}, listing(5, 1, $g1, $g2, (map { $t->request(GET => "/Users/$id{$_}")->{json} } qw(ann bob cyd))),
    'all resources, as GET answers each, by type and creation');
is_json($t->request(GET => '/')->{json}, $all->{json}, 'with a slash');
is_json(search('', {})->{json}, $all->{json}, 'POST to /.search answers the same');
is_json([map { @{ names($t->request(GET => "/?count=2&startIndex=$_")) } } 1, 3, 5], [qw(g1 g2 ann bob cyd)], 'pages');
is_json($t->request(GET => '/?count=2&startIndex=2')->{json}{totalResults}, 5, 'pages: totalResults');
is_json($t->request(GET => '/?count=0')->{json}, listing(5, 1), 'the total alone');
is_json($t->request(GET => '/?startIndex=9')->{json}, listing(5, 9), 'behind the end');

finds('displayName eq "A"', 'bob');
finds('displayName sw "k" or displayName sw "m"', 'g1 ann');
finds('externalId pr', 'g1 bob');
finds('meta.resourceType eq "User"', 'ann bob cyd');
finds('(meta.resourceType eq User) or (meta.resourceType eq Group)', 'g1 g2 ann bob cyd');
finds('meta.resourceType ne "User"', 'g1 g2');
finds("id eq \"$id{g2}\"", 'g2');
finds("schemas eq \"$ENTERPRISE\"", 'ann');

# An attribute that a type does not have counts as absent there.
finds('userName eq "bob"', 'bob');
finds('userName pr', 'ann bob cyd');
finds('not (userName pr)', 'g1 g2');
finds('userName ne "bob"', 'g1 g2 ann cyd');
finds('not (userName eq "bob")', 'g1 g2 ann cyd');
finds('userName eq null', 'g1 g2');
finds('userName ne null', 'ann bob cyd');
finds('userName co "" or members pr', 'g2 ann bob cyd');
finds("members.value eq \"$id{ann}\"", 'g2');
finds("groups.value eq \"$id{g2}\"", 'ann');
finds("members[value eq \"$id{ann}\"] or emails[value eq \"b\@x.example\"]", 'g2 bob');
finds('not (emails[value co "x"])', 'g1 g2 ann cyd');
finds("$ENTERPRISE:department eq \"law\"", 'ann');
finds('department eq "law" or displayName eq "K"', 'g1 ann');
finds('title gt "a" and userName lt "b"', 'ann');
is_error(search('', { filter => 'none pr' }), 400, 'invalidFilter', qr/"none".*any resource type/, 'an attribute of no type');
is_error(search('', { filter => 'userName eq 1 and active eq 5' }), 400, 'invalidFilter', qr/active/, 'a wrong value for one type');

finds('meta.created pr', 'bob g2 g1 ann cyd', { sortBy => 'displayName' });
finds('meta.created pr', 'cyd ann g1 g2 bob', { sortBy => 'displayName', sortOrder => 'descending' });
finds('meta.created pr', 'ann g1 bob cyd g2', { sortBy => 'meta.created' });
finds('meta.created pr', 'ann bob cyd g1 g2', { sortBy => 'userName' });
finds('meta.created pr', 'g1 g2 cyd bob ann', { sortBy => 'userName', sortOrder => 'descending' });
finds('meta.created pr', 'g2 g1 ann bob cyd', { sortBy => 'members' });
finds('displayName ne "K"', 'bob g2', { sortBy => 'displayName', count => 2 });
is_error(search('', { sortBy => 'none' }), 400, 'invalidValue', qr/"none".*any resource type/, 'sorting by an attribute of no type');

# Projections, separately for each type.
is_json(search('', { attributes => ['userName', 'members.value'], filter => 'displayName eq "b" or displayName eq "a"' })->{json},
    listing(2, 1, { schemas => [$GROUP], id => $id{g2}, members => [map { { value => $_ } } sort @id{qw(ann g1)}] },
        { schemas => [$USER], id => $id{bob}, userName => 'Bob' }), 'attributes');
is_json(search('', { excludedAttributes => ['members', 'groups', 'meta', 'displayName'], filter => "members pr or groups pr" })->{json}{Resources},
    [{ schemas => [$GROUP], id => $id{g2} }, { schemas => [$USER, $ENTERPRISE], id => $id{ann}, userName => 'ann', active => true,
        title => 'Chief', $ENTERPRISE => { department => 'Law' } }], 'excludedAttributes');

# Refusals, and other tenants.
is_error($t->request(GET => '', undef, Authorization => undef), 401, undef, undef, 'the root without a token');
is_error($t->request(GET => '/', undef, Authorization => "Bearer $other->{token}"), 401, undef, undef, "another tenant's token");
is_error($t->request($_ => '/', {}), 405, undef, undef, "$_ of the root") for qw(POST PUT PATCH);
is_json($other->request(GET => '/')->{json}{totalResults}, 1, 'another tenant has its own');

done_testing;
