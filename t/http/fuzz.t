# Random requests from a fixed seed: each gets a well-formed answer and never a 500, and every accepted resource can be
# read, listed, written back and found. SCIM_TEST_FUZZ=N makes N requests, SCIM_TEST_SEED sets another seed.
use strict;
use warnings;
use utf8;
use Test::More;
use URI::Escape 'uri_escape_utf8';
use ScimTest;

my $t = ScimTest->new('fuzz');
srand($ENV{SCIM_TEST_SEED} // 7644);
my @users = map { $t->make(Users => userName => "seed$_") } 1 .. 4;
my @groups = map { $t->make(Groups => displayName => "seed$_") } 1 .. 2;

sub one { $_[rand @_] }
my @names = (qw(userName name givenName name.familyName emails value type primary display active title displayName members
    groups id meta schemas externalId roles addresses formatted manager $ref password x509Certificates nothing photos
    EMAILS.Value phoneNumbers version location resourceType urn:x ENTERPRISE ENTERPRISE:manager USER:title), '', '$', 'a b');
s/ENTERPRISE/$ENTERPRISE/, s/USER/$USER/ for @names;
my @scalars = (undef, true, false, 0, -1, 1.5, 1e300, '', ' ', 'x', 'True', 'work', 'a@b', "\x{1F600}", "\x{e9}", "e\x{301}",
    'x' x 300, '{"a":1}', "\n\t\x{1}", '2020-01-01T00:00:00Z', 'AAAA', '%s%n', "'; drop table scim.resource; --", '\\', '"');
sub value {
    my ($depth) = @_;
    my $kind = $depth > 3 ? 0 : int rand 10;
    return one(@scalars, @users, @groups) if $kind < 5;
    return [map { value($depth + 1) } 1 .. rand 4] if $kind < 7;
    return { map { one(@names) => value($depth + 1) } 1 .. rand 4 };
}
sub user_body {
    my %user = (schemas => [$USER, $ENTERPRISE], userName => 'fuzz' . int rand 60, name => { givenName => 'G', familyName => 'F' },
        emails => [{ value => 'a@b', type => 'work', primary => true }, { value => 'c@d', type => 'home' }], active => true,
        phoneNumbers => [{ value => '1', type => 'mobile' }], externalId => 'e' . int rand 20,
        $ENTERPRISE => { employeeNumber => '1', manager => { value => $users[0] } });
    $user{ one(@names, sort keys %user) } = value(0) for 1 .. rand 3;
    delete $user{ one(sort keys %user) } if rand() < 0.3;
    return \%user;
}
sub group_body {
    my %group = (schemas => [$GROUP], displayName => 'fuzz' . int rand 30, members => [map { { value => one(@users, @groups) } } 1 .. rand 4]);
    $group{ one(@names) } = value(0) if rand() < 0.4;
    return \%group;
}
my @pieces = (@names, 'and', 'or', 'not', 'eq', 'ne', 'co', 'sw', 'pr', 'gt', '(', ')', '[', ']', '"x"', '"work"', 'true',
    'null', '5', '"', '.', ':', ' ', '  ', "\x{e9}", 'emails[type eq "work"]', 'members[value eq "x"]', 'userName eq "seed1"',
    'meta.created gt "2020-01-01T00:00:00Z"', '\\u0041', '"\\ud800"');
sub soup {
    return one('emails[type eq "work"].value', 'emails[type eq "work"]', 'name.givenName', 'active', 'members', 'title',
        "members[value eq \"$users[0]\"]", 'roles[primary eq "True"].value', "$ENTERPRISE:manager", 'addresses[type eq "home"].country')
        if rand() < 0.5;
    return join one('', ' '), map { one(@pieces) } 1 .. 1 + rand 7;
}
sub patch_body {
    return { schemas => [$PATCH], Operations => [map {
        my %op = (op => one(qw(add replace remove Add Replace Remove)), path => soup(), value => value(0));
        $op{value} = one('x', true, [{ value => one(@users) }], { value => 'v' }) if rand() < 0.5;
        delete $op{path} if rand() < 0.2;
        delete $op{value} if rand() < 0.1;
        $op{ one(qw(op path value)) } = value(2) if rand() < 0.05;
        \%op } 1 .. 1 + rand 4] };
}
# Sometimes bytes instead of JSON.
sub spoil {
    my ($body) = @_;
    my $text = json($body);
    return $text if rand() > 0.15;
    for (1 .. 1 + rand 3) {
        my $at = int rand length $text;
        my $kind = int rand 4;
        $kind == 0 ? substr($text, $at, 1, chr rand 256)
            : $kind == 1 ? substr($text, $at, int rand 5, '')
            : $kind == 2 ? substr($text, $at, 0, substr $text, int rand length $text, int rand 30)
            : substr($text, $at, 0, one('\\u0000', '\\ud800', '{', '[', '"', ',', "\0", "\xff", '1e999', '/**/'));
    }
    return $text;
}
sub made {
    my ($list, $res) = @_;
    push @$list, $res->{json}{id} if $res->{status} == 201 && $res->{json}{id};
    return $res;
}
my @asks = (
    sub { made(\@users, $t->request(POST => '/Users', spoil(user_body()))) },
    sub { made(\@groups, $t->request(POST => '/Groups', spoil(group_body()))) },
    sub { $t->request(PUT => '/Users/' . one(@users), spoil(user_body())) },
    sub { $t->request(PUT => '/Groups/' . one(@groups), spoil(group_body())) },
    (sub { $t->request(PATCH => '/Users/' . one(@users), spoil(patch_body())) }) x 3,
    (sub { $t->request(PATCH => '/Groups/' . one(@groups), spoil(patch_body())) }) x 2,
    sub { $t->request(GET => '/' . one('Users', 'Groups') . '?filter=' . uri_escape_utf8(soup())) },
    sub { $t->request(GET => '/' . one('Users', 'Groups') . '?' . one('attributes', 'excludedAttributes') . '='
        . uri_escape_utf8(join ',', map { one(@names) } 1 .. rand 4)) },
    sub { $t->request(GET => '/' . join '/', map { one('Users', one(@users), 'Schemas', '..', '.', '%20', 'x', 'Groups') } 1 .. 1 + rand 3) },
    sub { $t->request(DELETE => '/' . one('Users/' . one(@users), 'Groups/' . one(@groups))) },
);

my (%seen, @wrong);
for (1 .. $ENV{SCIM_TEST_FUZZ} // 1500) {
    my $res = one(@asks)->();
    $seen{ $res->{status} }++;
    next if $res->{status} == 204 && $res->{body} eq '';
    push @wrong, "$res->{status} $res->{type} " . substr $res->{body}, 0, 300
        unless $res->{status} =~ /^(?:200|201|400|401|403|404|405|409|413|414)$/ && ($res->{type} // '') eq $TYPE
        && ref $res->{json} eq 'HASH' && ($res->{status} < 300 || $res->{json}{status} eq $res->{status} && length $res->{json}{detail});
}
is_json([@wrong[0 .. ($#wrong < 4 ? $#wrong : 4)]], [], 'every answer is well-formed');
ok($seen{$_}, "there were answers of $_: " . ($seen{$_} // 0)) for 200, 201, 204, 400, 404, 409;

# Stored resources are intact: they can be read, and written back unchanged.
my ($read, @odd) = (0);
for my $endpoint (qw(Users Groups)) {
    my $list = $t->request(GET => "/$endpoint?count=500")->{json};
    is($list->{totalResults}, $list->{itemsPerPage}, "all $endpoint are listed");
    for my $resource (@{ $list->{Resources} }) {
        my $got = $t->request(GET => "/$endpoint/$resource->{id}");
        my $put = $t->request(PUT => "/$endpoint/$resource->{id}", $got->{body});
        my ($before, $after) = map { my %r = %{ $_->{json} // {} }; delete $r{meta}; delete $r{members} if !@{ $r{members} // [1] }; json(\%r) } $got, $put;
        $read++;
        push @odd, "$got->{body}\n$put->{status} $put->{body}" if $put->{status} != 200 || $before ne $after || $got->{body} ne json_of($resource, $got);
        my $key = $endpoint eq 'Users' ? 'userName' : 'displayName';
        my $found = $t->request(GET => "/$endpoint?filter=" . uri_escape_utf8("$key eq " . JSON::PP->new->allow_nonref->encode($resource->{$key})));
        push @odd, "not found: $found->{status} $found->{body} for $got->{body}" if ($found->{json}{totalResults} // 0) != 1;
    }
}
# A list shows the same as GET by id, except that a group without members has an empty list only in GET by id.
sub json_of {
    my ($listed, $got) = @_;
    my %one = %{ $got->{json} };
    delete $one{members} if $one{members} && !@{ $one{members} };
    return json($listed) eq json(\%one) ? $got->{body} : '';
}
cmp_ok($read, '>', 20, "$read resources are left");
is_json([@odd[0 .. ($#odd < 2 ? $#odd : 2)]], [], 'each is listed as it is read, can be written back, and is found by name');

done_testing;
