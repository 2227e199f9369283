# Seats: the first granted have them, the others wait in a stable order, and whoever leaves makes room at once.
use strict;
use warnings;
use Test::More;
use ScimTest;

my $t   = ScimTest->new('seats');
my $own = $t->tenant;

$t->admin(POST => '/subscriptions', { name => 'Web', seats => 2, automatic => true });
is($t->admin(PATCH => "//tenants/$own", { syncPolicy => 'groups' })->{status}, 200, 'policy groups');
my %group = map { $_ => $t->make(Groups => displayName => $_) } qw(One Two);
$t->admin(POST => '/mappings', { group => $_, subscription => 'Web' }) for qw(One Two);
my %user = map { $_ => $t->make(Users => userName => $_) } qw(a b c d);

sub add    { my ($group, @users) = @_; $t->patch("/Groups/$group{$group}", [{ op => 'add', path => 'members', value => [map { { value => $user{$_} } } @users] }]) }
sub remove { my ($group, $user) = @_; $t->patch("/Groups/$group{$group}", [{ op => 'remove', path => qq(members[value eq "$user{$user}"]) }]) }

# Who has it, in order; those who wait in brackets. The list, each account's own, and the view of applications must agree.
sub standing {
    my ($expected, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $items = $t->admin(GET => '/subscriptions/web/users')->{json}{items};
    is(join(' ', map { $_->{seated} ? $_->{userName} : "($_->{userName})" } @$items), $expected, $name);
    is(join(' ', map { $_->{seated} ? $_->{userName} : "($_->{userName})" } map { @{ pages($_) } } 1), $expected, "$name: by pages of one");
    my $one = sub { my ($user) = @_; my ($web) = grep { $_->{kind} eq 'subscription' } @{ $t->admin(GET => "/users/$user/access")->{json}{access} };
        return !$web ? () : $web->{seated} ? $user : "($user)" };
    my %all = map { $_ => 1 } map { s/[()]//gr } split / /, $expected;
    is(join(' ', map { $one->(s/[()]//gr) } split / /, $expected), $expected, "$name: as each account has it");
    is(sql("set scim.tenant = '$own'; select string_agg(case when e.seated then a.user_name else '(' || a.user_name || ')' end, ' ' order by e.since, e.user_id)
        from scim_app.effective_access e join scim_app.accounts a on a.id = e.user_id where e.kind = 'subscription'"), $expected, "$name: as applications see it");
    my ($waiting, $all) = (scalar(grep {/\(/} split / /, $expected), scalar split / /, $expected);
    is_json($t->admin(GET => '/subscriptions/web/usage')->{json}, { id => $ID, name => 'Web', seats => $items ? seats() : undef,
        entitled => $all, seated => $all - $waiting, waiting => $waiting }, "$name: counted");
}
sub seats { return $t->admin(GET => '/subscriptions/web')->{json}{seats} }
sub pages {
    my ($limit) = @_;
    my ($after, @all) = ('');
    while (defined $after) {
        my $page = $t->admin(GET => "/subscriptions/web/users?limit=$limit" . ($after ? "&after=$after" : ''))->{json};
        push @all, @{ $page->{items} };
        $after = $page->{next};
    }
    return \@all;
}

add(One => 'c');
add(Two => 'a');
standing('c a', 'as many seats as people');
add(One => 'b');
standing('c a (b)', 'who comes last waits');
add(Two => 'c');
standing('c a (b)', 'who is in two groups is one, where it was first');
$t->admin(POST => '/grants', { user => 'd', subscription => 'Web' });
standing('c a (b) (d)', 'a grant waits as well');
like(join(' | ', @{ $t->admin(GET => '/users/d/access')->{json}{summary} }), qr/^Web \(waiting for a seat\): granted by admin/, 'and it is said');
is_json([map { $_->{userName} } @{ $t->admin(GET => '/subscriptions/web/users?standing=waiting')->{json}{items} }], ['b', 'd'], 'those who wait');
is_json([map { $_->{userName} } @{ $t->admin(GET => '/subscriptions/web/users?standing=seated')->{json}{items} }], ['c', 'a'], 'and those who do not');
is_json([map { $_->{userName} } @{ $t->admin(GET => '/subscriptions/web/users?standing=waiting&limit=1')->{json}{items} }], ['b'], 'a page of them');
is_problem($t->admin(GET => '/subscriptions/web/users?standing=lying'), 400, $ANY, { standing => 'must be one of: seated|waiting.' }, 'no such standing');
is_problem($t->admin(GET => '/subscriptions/web/users?after=x'), 400, $ANY, { after => 'is no place of this list; take what a page of it calls next.' }, 'no such place');
is_problem($t->admin(GET => '/subscriptions/none/users'), 404, $ANY, { subscription => $ANY }, 'no such subscription');

remove(One => 'c');
standing('a b (c) (d)', 'who leaves the group that came first stands where the other one puts it');
add(One => 'c');
remove(Two => 'c');
standing('a b (d) (c)', 'and comes back as the last');
is($t->patch("/Users/$user{a}", [{ op => 'replace', path => 'active', value => false }])->{status}, 200, 'deactivate');
standing('b d (c)', 'an inactive account makes room');
is($t->patch("/Users/$user{a}", [{ op => 'replace', path => 'active', value => true }])->{status}, 200, 'activate');
standing('a b (d) (c)', 'and has its place again');
is($t->request(DELETE => "/Users/$user{b}")->{status}, 204, 'delete');
standing('a d (c)', 'a deleted one has none');
$t->admin(PATCH => '/subscriptions/web', { seats => 0 });
standing('(a) (d) (c)', 'no seats at all');
$t->admin(PATCH => '/subscriptions/web', { seats => 3 });
standing('a d c', 'more seats');
$t->admin(PATCH => '/subscriptions/web', { seats => undef });
standing('a d c', 'no limit');

# Policy all: in the order in which accounts were made.
$t->admin(PATCH => '/subscriptions/web', { seats => 2 });
is($t->admin(PATCH => "//tenants/$own", { syncPolicy => 'all' })->{status}, 200, 'policy all');
standing('a c (d)', 'the oldest accounts have them');
$user{e} = $t->make(Users => userName => 'e');
standing('a c (d) (e)', 'a new one is the last');

# What makes a protected account one keeps its seat.
sql("set scim.tenant = '$own'; update scim.resource set protected = 'break-glass' where tenant = '$own' and id = '$user{c}'");
is($t->admin(PATCH => "//tenants/$own", { syncPolicy => 'manual' })->{status}, 200, 'policy manual');
standing('c d', 'it stays with the grant');

done_testing;
