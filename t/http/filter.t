# Filters and pages: RFC 7644 3.4.2.
use strict;
use warnings;
use utf8;
use Test::More;
use URI::Escape 'uri_escape_utf8';
use ScimTest;

my $t = ScimTest->new('filter');
scimctl(qw(role add admin --tenant), $t->tenant);
my @people = (
    { userName => 'Ann', externalId => 'A-1', displayName => 'Ann A', active => true, title => 'Chief',
        name => { familyName => 'Aa', givenName => 'Ann' },
        emails => [{ value => 'ann@work.example', type => 'work', primary => true },
            { value => 'ann@home.example', type => 'home' }],
        $ENTERPRISE => { employeeNumber => '1', department => 'Sales' } },
    { userName => 'bob', externalId => 'B-1', displayName => 'Bob B', active => false,
        name => { familyName => 'Bb', givenName => 'Bob' }, emails => [{ value => 'bob@work.example', type => 'work' }],
        roles => [{ value => 'admin', primary => true }], $ENTERPRISE => { employeeNumber => '2', department => 'Law' } },
    { userName => 'cyd', displayName => 'Cyd "C" \\', active => true, title => 'chief', userType => 'Employee',
        phoneNumbers => [{ value => '+41 1', type => 'mobile' }] },
    { userName => "d\x{e9}d\x{e9}", displayName => "D\x{e9}d\x{e9}", active => true, emails => [{ value => 'dd@x.example' }] },
);
my @id = map { $t->make(Users => %$_) } @people;
my %name; @name{@id} = map { $_->{userName} } @people;
my $created = $t->request(GET => "/Users/$id[1]")->{json}{meta};

sub find {
    my ($filter, $more, $endpoint) = @_;
    return $t->request(GET => '/' . ($endpoint // 'Users') . '?filter=' . uri_escape_utf8($filter) . ($more // ''));
}
sub finds {
    my ($filter, @names) = @_;
    my $res = find($filter);
    is($res->{status}, 200, $filter) or diag $res->{body};
    is_json([map { $_->{userName} } @{ $res->{json}{Resources} // [] }], \@names, "$filter: finds");
    is($res->{json}{totalResults}, scalar @names, "$filter: totalResults");
}
my ($ann, $bob, $cyd, $dede) = map { $_->{userName} } @people;

# Filters of identity providers
finds('userName eq "ann"', $ann);
finds('userName eq "ANN"', $ann);
finds('username EQ "Ann"', $ann);
finds("userName eq \"D\x{c9}de\x{301}\"", $dede);
finds('userName eq "nobody"');
finds('externalId eq "A-1"', $ann);
finds('externalId eq "a-1"');
finds("id eq \"$id[1]\"", $bob);
finds('id eq "none"');
finds('displayName eq "ann a"', $ann);
finds('displayName eq "Cyd \\"C\\" \\\\"', $cyd);
finds('emails.value eq "ANN@home.example"', $ann);
finds('emails eq "bob@work.example"', $bob);
finds('emails[type eq "work"].value eq "bob@work.example"', $bob);
finds('emails[type eq "work" and value eq "ann@work.example"]', $ann);
finds('emails[type eq "home" and value eq "ann@work.example"]');
finds('emails[type eq "home"]', $ann);
finds('active eq false', $bob);
finds('active eq true', $ann, $cyd, $dede);
finds('active eq "False"', $bob);
finds('name.familyName eq "aa"', $ann);
finds("$ENTERPRISE:employeeNumber eq \"2\"", $bob);
finds("$ENTERPRISE:department eq \"sales\"", $ann);
finds("$USER:userName eq \"bob\"", $bob);
finds('roles[primary eq true].value eq "admin"', $bob);
finds('phoneNumbers[type eq "mobile"].value eq "+41 1"', $cyd);
finds('userName eq "ann" and active eq true', $ann);
finds('userName eq "ann" and active eq false');
finds('userName eq"ann"', $ann);
finds('userName eq ann', $ann);
finds("id eq \"$id[0]\" and manager eq \"$id[1]\"");
finds('title eq "CHIEF" and userType eq "employee"', $cyd);
finds("meta.resourceType eq \"User\" and userName eq \"bob\"", $bob);

# The rest of the grammar
finds('userName ne "ann"', $bob, $cyd, $dede);
finds('userName co "n"', $ann);
finds('userName sw "B"', $bob);
finds('userName ew "D"', $cyd);
finds('userName sw "%"');
finds('userName co "_"');
finds('emails co "home.example"', $ann);
finds('title pr', $ann, $cyd);
finds('not (title pr)', $bob, $dede);
finds('emails pr', $ann, $bob, $dede);
finds('title eq null', $bob, $dede);
finds('userName gt "b"', $bob, $cyd, $dede);
finds('userName eq "ann" or userName eq "bob"', $ann, $bob);
finds('userName eq "ann" or userName eq "bob" and active eq true', $ann);
finds('(userName eq "ann" or userName eq "bob") and active eq false', $bob);
finds('not (userName eq "ann") and active eq true', $cyd, $dede);
finds("meta.created ge \"$created->{created}\"", $bob, $cyd, $dede);
finds("meta.lastModified gt \"$created->{lastModified}\"", $cyd, $dede);
finds('emails[type eq "work" and value co "bob"]', $bob);
finds('emails[not (type eq "work")]', $ann, $dede);
finds("schemas eq \"$ENTERPRISE\"", $ann, $bob);

finds("groups.value eq \"$id[0]\"");
finds('groups pr');
finds('schemas pr', $ann, $bob, $cyd, $dede);
finds("not (schemas eq \"$ENTERPRISE\")", $cyd, $dede);
finds('id pr', $ann, $bob, $cyd, $dede);
finds('not (id pr)');
finds('active ne true', $bob);
finds('emails.type ne "work"', $ann, $cyd, $dede);
finds('not (emails.type eq "work")', $cyd, $dede);
finds('emails[type pr]', $ann, $bob);
finds('emails[type eq "work" or value ew "X.EXAMPLE"]', $ann, $bob, $dede);
finds('emails.primary eq true', $ann);
finds('phoneNumbers.value sw "+41"', $cyd);
finds('name pr', $ann, $bob);
finds('name.middleName pr');
finds("$ENTERPRISE:department co \"A\"", $ann, $bob);
finds("$ENTERPRISE:department pr", $ann, $bob);
finds('externalId sw "A"', $ann);
finds('externalId sw "a"');
finds('displayName gt "bob b"', $cyd, $dede);
finds('displayName le "Ann A"', $ann);
finds("meta.lastModified le \"$created->{lastModified}\"", $ann, $bob);
(my $shifted = $created->{created}) =~ s/(\d\d)(:\d\d:[\d.]+)Z$/sprintf '%02d%s+00:00', $1, $2/e;
finds("meta.created eq \"$shifted\"", $bob);

# Every combination of and, or, not finds the set that follows from its parts, with and without parentheses.
my %leaf = ('userName sw "a"' => [$ann], 'active eq true' => [$ann, $cyd, $dede], 'title pr' => [$ann, $cyd],
    'emails co "work"' => [$ann, $bob], 'emails[type eq "home"]' => [$ann], 'name.familyName ne "aa"' => [$bob, $cyd, $dede],
    'roles.value eq "admin"' => [$bob], 'externalId eq null' => [$cyd, $dede], 'userType eq "none"' => [],
    'meta.created pr' => [$ann, $bob, $cyd, $dede], "$ENTERPRISE:department gt \"m\"" => [$ann]);
my @leaves = sort keys %leaf;
srand 20;
# A random filter's text, and the set that it finds. The text binds at least as strongly as `$level`: or, and, not.
sub random_filter {
    my ($depth, $level) = @_;
    my $kind = $depth ? int rand 4 : 0;
    if ($kind == 0) {
        my $text = $leaves[rand @leaves];
        return ($text, { map { $_ => 1 } @{ $leaf{$text} } });
    }
    if ($kind == 1) {
        my ($text, $set) = random_filter($depth - 1, 0);
        return ("not ($text)", { map { $_ => 1 } grep { !$set->{$_} } $ann, $bob, $cyd, $dede });
    }
    my $or = $kind == 2;
    my ($left, $l) = random_filter($depth - 1, $or ? 0 : 1);
    my ($right, $r) = random_filter($depth - 1, $or ? 0 : 1);
    my $text = $left . ($or ? ' or ' : ' AND ') . $right;
    my %set = $or ? (%$l, %$r) : map { $_ => 1 } grep { $r->{$_} } keys %$l;
    return ($or && $level || rand() < 0.2 ? "($text)" : $text, \%set);
}
for (1 .. 150) {
    my ($text, $set) = random_filter(3, 0);
    finds($text, grep { $set->{$_} } $ann, $bob, $cyd, $dede);
}

# Injection and special characters find nothing and break nothing.
finds("userName eq \"$_\"") for q{'}, q{' or 1=1 --}, q{x'; drop table scim.resource; --}, '\\u0041nn x', '%', '$1', '{}',
    "\x{1F600}";
finds('userName eq "\\u0041nn"', $ann);
finds('userName eq "' . 'x' x 7000 . '"');

# A wrong filter is 400 invalidFilter, with a text.
for my $wrong ('', ' ', 'userName', 'userName eq', 'eq "x"', 'userName is "x"', 'userName eq "x', 'userName eq "x" and',
    'and userName eq "x"', '(userName eq "x"', 'userName eq "x")', 'userName eq "x" userName eq "y"', 'not userName eq "x"',
    'emails[type eq "work"', 'emails[]', 'emails[type eq "work"]]', 'nothing eq "x"', 'name.nothing eq "x"',
    'urn:none:x eq "x"', 'name eq "x"', 'active gt true', 'active eq 5', 'userName eq "\\x"',
    'userName eq "\\ud800"', 'userName eq "\\u0000"', 'meta.created gt "yesterday"', 'userName pr "x"',
    'emails[emails[type eq "x"]]', ('(' x 100) . 'userName pr' . (')' x 100), join(' and ', ('active eq true') x 200),
    'x509Certificates.value gt "AA=="', "userName eq 'ann", "userName eq 'ann\"", 'password eq "x"')
{
    my $name = length $wrong > 60 ? substr($wrong, 0, 57) . '...' : $wrong;
    is_error(find($wrong), 400, 'invalidFilter', qr/\w/, "wrong: $name") unless $wrong eq '' || $wrong eq 'password eq "x"';
}
isnt(find('password eq "x"')->{status}, 500, 'password');
is_error(find('userName eq "x"', '&filter=userName%20pr'), 400, 'invalidValue', qr/filter/, 'two filters');
is_error($t->request(GET => '/Users?filter=userName%20eq%20%22%ff%22'), 400, qr/^invalid/, undef, 'invalid UTF-8');
is_error($t->request(GET => '/Users?filter=userName%20eq%20%22%00%22'), 400, qr/^invalid/, undef, 'NUL');
is($t->request(GET => '/Users?filter=userName+eq+%22ann%22&')->{json}{totalResults}, 1, '+ is a space; a trailing &');
is($t->request(GET => '/Users?aadOptscim062020&filter=userName%20eq%20%22ann%22')->{json}{totalResults}, 1,
    'an unknown parameter');

# Pages: a stable order, by creation.
for my $n (1 .. 8) { push @id, $t->make(Users => userName => "page$n") }
my $total = @id;
sub page {
    my ($query, $start, @expected) = @_;
    my $res = $t->request(GET => "/Users?$query");
    is($res->{status}, 200, "page $query") or diag $res->{body};
    is($res->{type}, $TYPE, "page $query: type");
    my $list = $res->{json};
    is_json([@$list{qw(schemas totalResults startIndex itemsPerPage)}],
        [['urn:ietf:params:scim:api:messages:2.0:ListResponse'], 0 + $total, 0 + $start, 0 + @expected],
        "page $query: the list");
    is_json([map { $_->{id} } @{ $list->{Resources} // [] }], \@expected, "page $query: Resources");
}
page('', 1, @id);
page('startIndex=1&count=5', 1, @id[0 .. 4]);
page('startIndex=6&count=5', 6, @id[5 .. 9]);
page('startIndex=11&count=5', 11, @id[10, 11]);
page('startIndex=12', 12, $id[11]);
page('startIndex=13&count=5', 13);
page('startIndex=1000000', 1000000);
page('startIndex=0&count=2', 1, @id[0, 1]);
page('startIndex=-5&count=2', 1, @id[0, 1]);
page('count=0', 1);
page('count=-1', 1);
page('count=100000', 1, @id);
page('count=99999999999999999999', 1, @id);
page('startIndex=99999999999999999999&count=1', '9223372036854775807');
page('STARTINDEX=2&COUNT=1', 2, $id[1]);
for my $n (0 .. $#id) {
    is($t->request(GET => '/Users?count=1&startIndex=' . ($n + 1))->{json}{Resources}[0]{id}, $id[$n],
        "one by one: $n") if $n % 3 == 0;
}
for my $wrong ('startIndex=x', 'count=x', 'count=1.5', 'startIndex=', 'count=1&count=2') {
    my $res = $t->request(GET => "/Users?$wrong");
    is_error($res, 400, 'invalidValue', qr/startIndex|count/, "wrong: $wrong");
}
is($t->request(GET => '/Users?count=2&filter=' . uri_escape_utf8('active eq true'))->{json}{totalResults}, $total - 1,
    'totalResults of a filter is exact');

# The page sizes of the directive: 2 by default, 3 at most.
my $small = sub { $t->request(GET => "/Users?$_[0]", undef, ':base' => '/small/v2/' . $t->tenant)->{json} };
is_json([map { $small->($_)->{itemsPerPage} } '', 'count=3', 'count=4', 'count=1'], [2, 3, 3, 1], 'ScimPageSize 2 3');

# Look-ups by an index give the same results as without one
my $long = 'L' x 1000;
my @more = (
    { userName => 'look1', name => { familyName => "${long}a", givenName => "\x{c9}va", formatted => 'Dr. Eva One', middleName => 'M',
            honorificPrefix => 'Dr.', honorificSuffix => 'III' },
        phoneNumbers => [{ value => '+41 44 1', type => 'work' }, { value => '+41 44 1', type => 'home' }],
        emails => [{ value => "stra\x{df}e\@x.example" }], $ENTERPRISE => { employeeNumber => 'E-701' } },
    { userName => 'look2', name => { familyName => "${long}b", givenName => 'Evan' }, phoneNumbers => [{ value => '+41 44 2', type => 'work' }],
        $ENTERPRISE => { employeeNumber => 'e-702' }, displayName => "Look\x{10FFFF}two" },
);
my @look = map { $t->make(Users => %$_) } @more;
finds('name.familyName eq "' . lc($long) . 'A"', 'look1');
finds("name.familyName eq \"$long\"");
finds("name.familyName sw \"$long\"", 'look1', 'look2');
finds("name.familyName sw \"${long}b\"", 'look2');
finds("name.givenName eq \"e\x{301}VA\"", 'look1');
finds('name.givenName sw "ev"', 'look2');
finds("name.givenName sw \"\x{e9}va\"", 'look1');
finds('name.formatted eq "dr. eva one"', 'look1');
finds('name[middleName eq "m" and honorificPrefix eq "DR."]', 'look1');
finds('name.honorificSuffix eq "iii"', 'look1');
finds('name.familyName eq "Aa" or name.givenName eq "bob"', $ann, $bob);
finds('employeeNumber eq "E-702"', 'look2');
finds("$ENTERPRISE:employeeNumber sw \"e-70\"", 'look1', 'look2');
finds('phoneNumbers.value eq "+41 44 1"', 'look1');
finds('phoneNumbers.value sw "+41 44"', 'look1', 'look2');
finds('phoneNumbers[type eq "work" and value eq "+41 44 2"]', 'look2');
finds('phoneNumbers[type eq "home"].value eq "+41 44 2"');
finds('emails.value eq "STRASSE@x.example"', 'look1');
finds("emails.value sw \"stra\x{df}e\"", 'look1');
finds('emails.value sw "ann@" or userName sw "loo"', $ann, 'look1', 'look2');
finds('userName sw "look"', 'look1', 'look2');
finds('userName sw "LOOK2"', 'look2');
finds('userName sw "look22"');
finds("displayName sw \"look\x{10FFFF}\"", 'look2');
finds('userName eq "bob" or emails.value eq "ann@work.example" or phoneNumbers.value eq "+41 44 2"', $ann, $bob, 'look2');
finds('userName sw "look" and not (phoneNumbers.value eq "+41 44 1")', 'look2');
finds('userName eq "look1" or title eq "none"', 'look1');
sql("update scim.resource set last_modified = '2031-05-06T07:08:09.123456Z' where id = '$look[0]'");
finds('meta.lastModified eq "2031-05-06T07:08:09.123456Z"', 'look1');
finds('meta.lastModified eq "2031-05-06T07:08:09.123455Z"');
finds('meta.lastModified ge "2031-05-06T09:08:09.123456+02:00"', 'look1');
finds('meta.lastModified gt "2031-05-06T07:08:09.123456Z"');
finds('meta.lastModified gt "2031-05-06T07:08:09.123455Z"', 'look1');
finds('meta.lastModified lt "2031-05-06T07:08:09.123456Z" and userName sw "look"', 'look2');
finds('meta.lastModified le "2031-05-06T07:08:09.123456Z" and userName sw "look"', 'look1', 'look2');
sql("update scim.resource set last_modified = '2001-05-06T07:08:09Z' where id = '$look[1]'");
finds('meta.lastModified lt "2001-05-06T07:08:09.000001Z"', 'look2');
finds('meta.lastModified le "2001-05-06T07:08:09Z"', 'look2');
finds('meta.lastModified lt "2001-05-06T07:08:09Z"');
finds('not (meta.lastModified gt "2001-05-06T07:08:09Z")', 'look2');

# They follow every change
$t->patch("/Users/$look[1]", [{ op => 'replace', path => 'name.familyName', value => 'Nu' },
    { op => 'replace', path => "$ENTERPRISE:employeeNumber", value => 'E-800' },
    { op => 'replace', path => 'phoneNumbers[type eq "work"].value', value => '+41 44 3' }]);
finds("name.familyName eq \"${long}b\"");
finds('name.familyName eq "nu"', 'look2');
finds('employeeNumber eq "e-800"', 'look2');
finds('phoneNumbers eq "+41 44 2"');
finds('phoneNumbers eq "+41 44 3"', 'look2');
$t->request(PUT => "/Users/$look[1]", { schemas => [$USER], userName => 'look2' });
finds('name.familyName eq "nu" or employeeNumber eq "e-800" or phoneNumbers eq "+41 44 3"');
is($t->request(DELETE => "/Users/$look[0]")->{status}, 204, 'DELETE');
finds('phoneNumbers.value eq "+41 44 1" or emails.value sw "stra" or name.givenName sw "va" or employeeNumber eq "E-701"');
is(sql("select count(*) from scim.lookup where resource_id in ('$look[0]', '$look[1]')"), 0, 'and leaves no row to look up by');
is($t->request(DELETE => "/Users/$look[1]")->{status}, 204, 'DELETE');

# The limits of filters
my $by_message = sub { $t->request(POST => '/Users/.search',
    { schemas => ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'], filter => $_[0] }) };
is($by_message->('title eq "' . 'x' x 8192 . '"')->{status}, 200, 'a value of 8192 bytes');
is_error($by_message->('title eq "' . 'x' x 8193 . '"'), 400, 'invalidFilter', 'The value at character 10 of the filter has 8193 bytes; at most 8192 are compared.',
    'one of 8193');
is(find('(' x 32 . 'title pr' . ')' x 32)->{status}, 200, '32 levels');
is_error(find('(' x 33 . 'title pr' . ')' x 33), 400, 'invalidFilter',
    qr/^The filter nests parentheses and brackets deeper than 32\.$/, '33 levels');
is(find(join ' or ', ('title pr') x 128)->{status}, 200, '128 comparisons');
is_error(find(join ' or ', ('title pr') x 129), 400, 'invalidFilter', qr/^The filter has more than 128 comparisons\.$/, '129 comparisons');

# An empty list
is_reply(find('userName eq "nobody"'), 200, { %{ listing(0, 1) } }, 'an empty list');
is_reply($t->request(GET => '/Groups'), 200, listing(0, 1), 'no groups');
is_reply(find('displayName eq "x"', '&startIndex=1&count=100', 'Groups'), 200, listing(0, 1), 'no group of a name');

# Members of groups
my $group = $t->make(Groups => displayName => 'G', externalId => 'GX', members => [{ value => $id[0] }]);
for my $filter ('displayName eq "g"', 'externalId eq "GX"', "id eq \"$group\"", "members.value eq \"$id[0]\"",
    "members[value eq \"$id[0]\"]", "id eq \"$group\" and members eq \"$id[0]\"")
{
    is_json([map { $_->{id} } @{ find($filter, '', 'Groups')->{json}{Resources} // [] }], [$group], "groups: $filter");
}
is(find("id eq \"$group\" and members eq \"$id[1]\"", '', 'Groups')->{json}{totalResults}, 0, 'no member');

# An empty value counts as absent
is($t->request(PATCH => "/Users/$id[1]", { schemas => [$PATCH], Operations => [{ op => 'add', path => 'title', value => '' }] })->{status},
    200, 'an empty title');
finds('title pr', $ann, $cyd);
finds('title eq null and not (title pr) and userName eq "bob"', $bob);

done_testing;
