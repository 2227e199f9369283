# Sorting: RFC 7644 3.4.2.3.
use strict;
use warnings;
use utf8;
use Test::More;
use URI::Escape 'uri_escape_utf8';
use ScimTest;

my $t = ScimTest->new('sort');
my %people = (
    ann => { userName => 'Ann', externalId => 'b', displayName => 'zoe', active => true, title => 'Chief',
        name => { familyName => "\x{c9}mile", givenName => 'Ann' },
        emails => [{ value => 'z@x.example', type => 'home' }, { value => 'B@x.example', type => 'work', primary => true }],
        x509Certificates => [{ value => 'MTA=' }], addresses => [{ locality => 'Bern' }, { locality => 'Aarau' }],
        $ENTERPRISE => { employeeNumber => '10', manager => { value => 'Mo' } } },
    bob => { userName => 'bob', externalId => 'B', displayName => 'Al', active => false, title => 'chief',
        name => { familyName => 'Zed', givenName => 'bob' },
        emails => [{ value => 'c@x.example', type => 'work' }, { value => 'A@x.example', type => 'home' }],
        $ENTERPRISE => { employeeNumber => '9' } },
    cyd => { userName => 'cyd', displayName => 'bo', active => true, name => { givenName => '' },
        emails => [{ value => 'a@x.example' }] },
    dan => { userName => 'Dan', displayName => 'Bo', active => false, externalId => 'a', title => 'Boss',
        phoneNumbers => [{ value => '1' }] },
);
my @names = sort keys %people;
my %id = map { $_ => $t->make(Users => %{ $people{$_} }) } @names;
my %name = reverse %id;

sub ask {
    my ($by, $order, $more, $endpoint) = @_;
    return $t->request(GET => '/' . ($endpoint // 'Users') . '?sortBy=' . uri_escape_utf8($by) .
        (defined $order ? "&sortOrder=$order" : '') . ($more // ''));
}
sub names { [map { $name{ $_->{id} } // $_->{id} } @{ $_[0]{json}{Resources} // [] }] }
sub sorts {
    my ($by, $ascending, $descending) = @_;
    is_json(names(ask($by)), [split ' ', $ascending], "$by: ascending is the default");
    is_json(names(ask($by, 'ascending')), [split ' ', $ascending], "$by: ascending");
    is_json(names(ask($by, 'descending')), [split ' ', $descending], "$by: descending");
}

# By the attribute's type and caseExact. Resources without a value come last; in descending order first; equal values
# are in the order of creation.
sorts('userName', 'ann bob cyd dan', 'dan cyd bob ann');
sorts('USERNAME', 'ann bob cyd dan', 'dan cyd bob ann');
sorts("$USER:userName", 'ann bob cyd dan', 'dan cyd bob ann');
sorts('displayName', 'bob cyd dan ann', 'ann cyd dan bob');
sorts('externalId', 'bob dan ann cyd', 'cyd ann dan bob');
sorts('title', 'dan ann bob cyd', 'cyd ann bob dan');
sorts('active', 'bob dan ann cyd', 'ann cyd bob dan');
sorts('id', 'ann bob cyd dan', 'dan cyd bob ann');
sorts('meta.created', 'ann bob cyd dan', 'dan cyd bob ann');
sorts('meta.resourceType', 'ann bob cyd dan', 'ann bob cyd dan');
sorts('name.familyName', "bob ann cyd dan", "cyd dan ann bob");
sorts('name.givenName', 'cyd ann bob dan', 'dan bob ann cyd');
sorts("$ENTERPRISE:employeeNumber", 'ann bob cyd dan', 'cyd dan bob ann');
sorts('employeeNumber', 'ann bob cyd dan', 'cyd dan bob ann');
sorts("$ENTERPRISE:manager", 'ann bob cyd dan', 'bob cyd dan ann');

# Of several values the primary one counts, else the first.
sorts('emails.value', 'cyd ann bob dan', 'dan bob ann cyd');
sorts('emails', 'cyd ann bob dan', 'dan bob ann cyd');
sorts('emails.type', 'ann bob cyd dan', 'cyd dan ann bob');
sorts('addresses.locality', 'ann bob cyd dan', 'bob cyd dan ann');
sorts('x509Certificates', 'ann bob cyd dan', 'bob cyd dan ann');
sorts('phoneNumbers.value', 'dan ann bob cyd', 'ann bob cyd dan');

# Attributes of the server.
is($t->patch("/Users/$id{bob}", [{ op => 'replace', path => 'nickName', value => 'B' }])->{status}, 200, 'a change');
sorts('meta.lastModified', 'ann cyd dan bob', 'bob dan cyd ann');
sorts('meta.version', 'ann cyd dan bob', 'bob ann cyd dan');
my %group = map { $_->[0] => $t->make(Groups => displayName => $_->[0], members => [map { { value => $id{$_} } } @{ $_->[1] }]) }
    ['g2', ['bob']], ['G1', ['ann', 'dan']], ['g3', []];
%name = (%name, reverse %group);
is_json(names(ask('displayName', undef, '', 'Groups')), [qw(G1 g2 g3)], 'groups by displayName');
is_json(names(ask('members', undef, '', 'Groups')), [qw(G1 g2 g3)], 'groups by their first member');
is_json(names(ask('members.display', 'descending', '', 'Groups')), [qw(g3 G1 g2)], 'groups by its name, descending');
sorts('groups.display', 'ann dan bob cyd', 'cyd bob ann dan');
sorts('groups', 'bob ann dan cyd', 'cyd ann dan bob');

# With filters, pages and projections.
is_json(names(ask('title', 'descending', '&filter=' . uri_escape_utf8('title pr and userName ne "x"'))),
    [qw(ann bob dan)], 'with a filter');
is_json([map { @{ names(ask('active', undef, "&count=1&startIndex=$_")) } } 1 .. 5], [qw(bob dan ann cyd)],
    'pages of equal values are stable');
my $page = ask('userName', 'descending', '&count=2&startIndex=2&attributes=userName');
is_json($page->{json}, listing(4, 2, { schemas => [$USER], id => $id{cyd}, userName => 'cyd' },
    { schemas => [$USER, $ENTERPRISE], id => $id{bob}, userName => 'bob' }), 'a page with a projection');
is_json(ask('userName', undef, '&count=0')->{json}, listing(4, 1), 'the total alone');
is_json(names(ask('userName', 'descending', '&startIndex=5')), [], 'behind the end');

# Leniency, and refusals.
is_json(names(ask('userName', 'DESCENDING')), [qw(dan cyd bob ann)], 'sortOrder without case');
is_json(names(ask('', 'descending')), [@names], 'an empty sortBy is none');
is_json(names(ask('userName', '')), [@names], 'an empty sortOrder is ascending');
is_error(ask('none'), 400, 'invalidValue', 'sortBy "none" is not an attribute of User. /Schemas lists the existing ones.', 'an unknown attribute');
is_error(ask('name.none'), 400, 'invalidValue', qr/name\.none/, 'an unknown sub-attribute');
is_error(ask('userName.value'), 400, 'invalidValue', qr/userName\.value/, 'a sub-attribute of a simple one');
is_error(ask('emails[type eq "work"].value'), 400, 'invalidValue', qr/emails\[/, 'a value path');
is_error(ask('members', undef, '', 'Users'), 400, 'invalidValue', qr/members/, 'an attribute of another type');
is_error(ask($ENTERPRISE), 400, 'invalidValue', qr/enterprise/, 'an extension');
is_error(ask($_), 400, 'invalidValue', qr/"$_".*complex/, "$_ alone") for qw(name meta);
is_error(ask('password'), 400, 'invalidValue', qr/password/, 'password');
is_error(ask('members.$ref', undef, '', 'Groups'), 400, 'invalidValue', qr/members\.\$ref/, 'a reference that is computed');
is_error(ask($_, undef, '&count=0'), 400, 'invalidValue', qr/\Q$_\E/, "$_, for the total alone") for 'meta.location', 'password', 'none';
is_error(ask('userName', 'up'), 400, 'invalidValue', 'sortOrder must be "ascending" or "descending", not "up".', 'sortOrder');
is_error($t->request(GET => '/Users?sortOrder=up'), 400, 'invalidValue', qr/sortOrder/, 'sortOrder alone');
is_error(ask("x' desc; --"), 400, 'invalidValue', qr/desc/, 'SQL');
is_error($t->request(GET => '/Users?sortBy=none', undef, Authorization => undef), 401, undef, undef, 'a stranger learns nothing');
is($t->request(GET => "/Users/$id{ann}?sortBy=none")->{status}, 200, 'one resource is not sorted');
is_json($t->request(GET => '/ServiceProviderConfig')->{json}{sort}, { supported => true }, 'ServiceProviderConfig says so');

done_testing;
