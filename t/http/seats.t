# Seats: the accounts that were granted first have them, the others wait in a stable order, and a free seat is given at
# once.
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

# The accounts that have it, in order; waiting ones in brackets. The list, each account's own answer, and the
# applications' view must agree.
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
is_problem($t->admin(GET => '/subscriptions/web/users?after=x'), 400, $ANY, { after => 'is not a valid page token; use the `next` value of a previous page.' }, 'no such place');
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

# Policy all: accounts that had it before keep it; then in the order of the accounts' creation.
$t->admin(PATCH => '/subscriptions/web', { seats => 2 });
is($t->admin(PATCH => "//tenants/$own", { syncPolicy => 'all' })->{status}, 200, 'policy all');
standing('d a (c)', 'the oldest accounts have what is left');
$user{e} = $t->make(Users => userName => 'e');
standing('d a (c) (e)', 'a new one is the last');

# An account that becomes protected keeps its seat.
sql("set scim.tenant = '$own'; update scim.resource set protected = 'break-glass' where tenant = '$own' and id = '$user{c}'");
is($t->admin(PATCH => "//tenants/$own", { syncPolicy => 'manual' })->{status}, 200, 'policy manual');
standing('d c', 'it stays with the grant');

# --- a later source takes no seat --------------------------------------------------------------------------------------------------

# One seat, which one account has by group A. The other accounts have been in other groups for years, which become
# sources only now.
my $n = 0;
my $years = "now() - interval '3 years'";
sub early { my ($name) = @_; my $id = $t->make(Users => userName => $name);
    sql("update scim.membership set added = $years where tenant = '$own' and member_id = '$id'"); return $id }
sub scene {
    my ($policy) = @_;
    my $tag = 's' . ++$n;
    $t->admin(POST => '/subscriptions', { name => $tag, seats => 1 });
    $t->admin(PATCH => '', { syncPolicy => $policy });
    my %who = map { $_ => $t->make(Users => userName => "$tag-$_") } qw(old new);
    my %in = map { $_ => $t->make(Groups => displayName => "$tag-$_", members => [{ value => $who{ $_ eq 'a' ? 'new' : 'old' } }]) } qw(a b);
    $t->admin(POST => '/mappings', { group => "$tag-a", subscription => $tag }) if $policy eq 'groups';
    $t->admin(POST => '/grants', { user => "$tag-new", subscription => $tag }) if $policy ne 'groups';
    sql("update scim.membership set added = $years where tenant = '$own' and group_id = '$in{b}'");
    sql("update scim.resource set created = $years where tenant = '$own' and id = '$who{old}'");
    return ($tag, \%in, \%who);
}
sub ranks {
    my ($tag) = @_;
    my $list = join ' ', map { my $user = $_->{userName} =~ s/^$tag-//r; $_->{seated} ? $user : "($user)" } grep { $_->{userName} =~ /^$tag-/ }
        @{ $t->admin(GET => "/subscriptions/$tag/users?limit=500")->{json}{items} };
    # Each account's own answer, httpd's decision, and the applications' view.
    for my $user (qw(old new)) {
        my ($has) = grep { $_->{name} eq $tag } @{ $t->admin(GET => "/users/$tag-$user/access")->{json}{access} };
        my $expected = $list =~ /\($user\)/ ? 'waits' : $list =~ /\b$user\b/ ? 'has' : 'nothing';
        is(!$has ? 'nothing' : $has->{seated} ? 'has' : 'waits', $expected, "$tag: $user by itself");
        is(sql("set scim.tenant = '$own'; select case when '$tag' = any (entitlements) then 'has' else 'not' end from scim_app.facts where user_name = '$tag-$user'"),
            $expected eq 'has' ? 'has' : 'not', "$tag: $user as applications see it");
    }
    return $list;
}
sub previewed { my ($change) = @_; my $it = $t->admin(POST => '/preview', $change)->{json};
    return [grep { $_->{userName} =~ /^s$n-/ } map { @{ $it->{$_}{items} } } qw(granted withdrawn)] }

my ($tag, $in, $who) = scene('groups');
is(ranks($tag), 'new', 'the seat is taken through group A');
is_json(previewed({ map => ["$tag-b=$tag"] }), [], 'a mapping of B would grant and withdraw nothing');
$t->admin(POST => '/mappings', { group => "$tag-b", subscription => $tag });
is(ranks($tag), 'new (old)', 'a mapping of group B, whose members joined years ago, takes no seat');
my ($since) = map { $_->{since} } grep { $_->{userName} eq "$tag-old" } @{ $t->admin(GET => "/subscriptions/$tag/users")->{json}{items} };
my ($mapped) = map { $_->{created} } grep { $_->{group} eq "$tag-b" } @{ $t->admin(GET => "/mappings?q=$tag-b")->{json}{items} };
is($since, $mapped, 'they have it since the mapping was made');

$t->admin(PATCH => '', { syncPolicy => 'manual' });
$t->admin(PATCH => '', { syncPolicy => 'groups' });
is(ranks($tag), 'old (new)', 'all of them by one policy that was chosen at once: who joined first');

($tag, $in, $who) = scene('groups');
$t->admin(POST => '/mappings', { group => "$tag-b", subscription => $tag });
$t->request(DELETE => "/Groups/$in->{a}");
is(ranks($tag), 'old', 'the group is archived: its seat is free');
is($t->admin(POST => "/groups/$in->{a}/restore", {})->{status}, 200, 'restored');
is(ranks($tag), 'old (new)', 'it takes no seat');

($tag, $in, $who) = scene('manual');
is_json(previewed({ syncPolicy => 'groups', map => ["$tag-b=$tag"] }), [], 'a policy would withdraw nothing');
$t->admin(POST => '/mappings', { group => "$tag-b", subscription => $tag });
sql("update scim.mapping set created = $years, since = $years where tenant = '$own' and group_id = '$in->{b}'");
is(ranks($tag), 'new', 'a mapping gives nothing yet');
$t->admin(PATCH => '', { syncPolicy => 'groups' });
is(ranks($tag), 'new (old)', 'the policy groups takes no seat');

($tag, $in, $who) = scene('all');
is(ranks($tag), 'new', 'a grant');
is_json(previewed({ automatic => [$tag] }), [], 'a mark as automatic would withdraw nothing');
$t->admin(PATCH => "/subscriptions/$tag", { automatic => true });
is(ranks($tag), 'new (old)', 'an automatic subscription takes no seat');
$t->admin(PATCH => "/subscriptions/$tag", { automatic => false });

($tag, $in, $who) = scene('manual');
sql("update scim.subscription set automatic = true, automatic_since = $years where tenant = '$own' and name = '$tag'");
$t->admin(PATCH => '', { syncPolicy => 'all' });
is(ranks($tag), 'new (old)', 'the policy all takes no seat');
sql("update scim.subscription set automatic = false where tenant = '$own'");

# A group that is added to a mapped group.
($tag, $in, $who) = scene('groups');
my $whole = $t->make(Groups => displayName => "$tag-whole");
$t->admin(POST => '/mappings', { group => "$tag-whole", subscription => $tag });
is($t->patch("/Groups/$whole", [{ op => 'add', path => 'members', value => [{ value => $in->{b} }] }])->{status} =~ /^20/ ? 1 : 0, 1, 'a group in a group');
is(ranks($tag), 'new (old)', 'takes no seat for those who were in it before');

# Protected: keeps its place among the accounts that have it since the same time.
($tag, $in, $who) = scene('groups');
my $third = $t->make(Users => userName => "$tag-third");
$t->admin(POST => '/mappings', { group => "$tag-b", subscription => $tag });
$t->patch("/Groups/$in->{b}", [{ op => 'add', path => 'members', value => [{ value => $third }] }]);
sql("update scim.membership set added = now() - interval '1 year' where tenant = '$own' and member_id = '$third'; update scim.mapping set since = now() where tenant = '$own'");
is(ranks($tag), 'old (third) (new)', 'by joining, where all have it since the same moment');
is($t->admin(POST => "/users/$third/protect", { kind => 'break-glass' })->{status}, 200, 'protect one');
is(ranks($tag), 'old (third) (new)', 'it stays where it is');

# An account with several grants takes one seat.
($tag, $in, $who) = scene('manual');
sql("insert into scim.access_grant (tenant, user_id, subscription_id, source, granted) select '$own', '$who->{new}', s.id, k, now() - interval '1 day'
    from scim.subscription s, unnest(array['login', 'template', 'protected']) k where s.tenant = '$own' and s.name = '$tag'");
$t->admin(PATCH => "/subscriptions/$tag", { seats => 2 });
$t->admin(POST => '/grants', { user => "$tag-$_", subscription => $tag }) for 'old';
$third = $t->make(Users => userName => "$tag-third");
$t->admin(POST => '/grants', { user => $third, subscription => $tag });
is(ranks($tag), 'new old (third)', 'and nobody has one too many');

# Roles: the one that a group has given for longest is effective.
($tag, $in, $who) = scene('groups');
$t->patch("/Groups/$in->{b}", [{ op => 'add', path => 'members', value => [{ value => $who->{new} }] }]);
sql("update scim.membership set added = $years where tenant = '$own' and group_id = '$in->{b}'");
$t->admin(POST => '/mappings', { group => "$tag-a", role => 'read-only' });
is($t->admin(GET => "/users/$tag-new")->{json}{role}, 'read-only', 'a role by group A');
$t->admin(POST => '/mappings', { group => "$tag-b", role => 'administrator' });
is($t->admin(GET => "/users/$tag-new")->{json}{role}, 'read-only', 'is not another one by a mapping of a group that it joined before');
is(sql("set scim.tenant = '$own'; select role from scim_app.facts where user_name = '$tag-new'"), 'read-only', 'for applications too');


# One group is the only source: its members are counted by an index, without those to which groups do not apply, with
# the same result as in any other way.
my %sole = map { $_ => $t->make(Users => userName => "sole-$_") } 1 .. 7;
my $crowd = $t->make(Groups => displayName => 'Crowd');
my $inner = $t->make(Groups => displayName => 'Inner');
$t->admin(POST => '/subscriptions', { name => 'Sole', seats => 3 });
$t->admin(POST => '/mappings', { group => 'Crowd', subscription => 'Sole' });
$t->patch("/Groups/$crowd", [{ op => 'add', path => 'members', value => [{ value => $_ }] }]) for @sole{1 .. 4}, $inner, @sole{5, 6, 7};
$t->admin(POST => "/users/$sole{2}/protect", { kind => 'break-glass' });
$t->admin(DELETE => '/grants/' . $_->{id}) for grep { $_->{source} eq 'protected' } @{ $t->admin(GET => "/grants?user=$sole{2}")->{json}{items} };
$t->patch("/Users/$sole{3}", [{ op => 'replace', path => 'active', value => false }]);
sub sole {
    my ($seated, $waiting, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my %names = map { $_ => [map { $_->{userName} =~ /(\d)/ ? 0 + $1 : () } @{ $t->admin(GET => "/subscriptions/sole/users?standing=$_")->{json}{items} }] } qw(seated waiting);
    is_json([@names{qw(seated waiting)}], [$seated, $waiting], $name);
    is_json([@{ $t->admin(GET => '/subscriptions/sole/usage')->{json} }{qw(entitled seated waiting)}], [@$seated + @$waiting, scalar @$seated, scalar @$waiting], "$name: counted");
    is_json([map { my $n = $_; map { $_->{seated} ? $n : () } grep { $_->{name} eq 'Sole' } @{ $t->admin(GET => "/users/$sole{$n}/access")->{json}{access} } } 1 .. 7], $seated, "$name: as each has it");
}
sub lost { my ($body) = @_; my $answer = $t->admin(POST => '/preview', $body)->{json}; return [map { my $side = $_; [$answer->{$side}{count}, map { $_->{userName} =~ /(\d)/ ? 0 + $1 : () } @{ $answer->{$side}{items} }] } qw(granted withdrawn)] }
my ($map) = grep { ($_->{subscription} // '') eq 'Sole' } @{ $t->admin(GET => '/mappings')->{json}{items} };
sole([1, 4, 5], [6, 7], 'one group');
is_json(lost({ seats => ['Sole=4'] }), [[1, 6], [0]], 'a preview of more seats');
is_json(lost({ seats => ['Sole=1'] }), [[0], [2, 4, 5]], 'of fewer');
is_json(lost({ seats => ['Sole=none'] }), [[2, 6, 7], [0]], 'of no limit');
is_json(lost({ unmap => [$map->{id}] }), [[0], [3, 1, 4, 5]], 'of none');
$t->admin(POST => '/grants', { user => $sole{3}, subscription => 'Sole' });
$t->admin(POST => '/grants', { user => $sole{7}, subscription => 'Sole' });
$t->patch("/Users/$sole{3}", [{ op => 'replace', path => 'active', value => true }]);
sole([1, 3, 4], [5, 6, 7], 'with grants');
is_json(lost({ seats => ['Sole=4'] }), [[1, 5], [0]], 'a preview with grants');
$t->admin(PATCH => '/subscriptions/sole', { seats => 6 });
sole([1, 3, 4, 5, 6, 7], [], 'seats are left');

# A large group is the only source: its size is cached for one version of the group, and the last seat is found from the
# nearer end.
my $many = ScimTest->new('seats-large');
my $of   = $many->tenant;
my $large = $many->make(Groups => displayName => 'Large');
my %who = map { $_ => sprintf '00000009-0000-7000-8000-%012d', $_ } 1 .. 150;
sql("insert into scim.resource (tenant, type, id, doc) select '$of', 'User', ('00000009-0000-7000-8000-' || lpad(i::text, 12, '0'))::uuid,
    jsonb_build_object('schemas', array ['$USER'], 'userName', 'many' || i) from generate_series(1, 150) i");
is($many->patch("/Groups/$large", [{ op => 'add', path => 'members', value => [map { { value => $who{$_} } } 1 .. 150] }])->{status}, 204, '150 members');
sql("update scim.membership set added = now() - (200 - right(member_id::text, 3)::int * 7 % 151) * interval '1 hour' where tenant = '$of'");
$many->admin(PATCH => '', { syncPolicy => 'groups' });
$many->admin(POST => '/subscriptions', { name => 'Large', seats => 120 });
$many->admin(POST => '/mappings', { group => 'Large', subscription => 'Large' });
# Everybody has it since the mapping and the policy exist; the account that joined first comes first.
sub places { return split /\n/, sql("select m.member_id from scim.membership m join scim.resource r on r.tenant = m.tenant and r.id = m.member_id
    where m.tenant = '$of' and r.active and r.protected is null order by m.added, m.member_id") }
sub large {
    my ($seats, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    is($many->admin(PATCH => '/subscriptions/large', { seats => $seats })->{status}, 200, "$name: $seats seats");
    my @all = places();
    my @seated = splice @all, 0, $seats;
    for my $again ('counted', 'remembered') {
        is_json([@{ $many->admin(GET => '/subscriptions/large/usage')->{json} }{qw(entitled seated waiting)}], [@seated + @all, scalar @seated, scalar @all], "$name: $again");
        is_json([map { $_->{userId} } @{ $many->admin(GET => '/subscriptions/large/users?standing=waiting&limit=500')->{json}{items} }], \@all, "$name: who waits, $again");
        for ([$seated[-1], true], @all ? [$all[0], false] : ()) {
            my ($user, $expected) = @$_;
            is_json([map { $_->{kind} eq 'subscription' ? $_->{seated} : () } @{ $many->admin(GET => "/users/$user/access")->{json}{access} }], [$expected], "$name: on either side, $again");
        }
        my $loss = $many->admin(POST => '/preview', { syncPolicy => 'manual', limit => 7 })->{json}{withdrawn};
        is_json([$loss->{count}, map { $_->{userId} } @{ $loss->{items} }], [scalar @seated, (sort @seated)[0 .. 6]], "$name: a loss of all, $again");
    }
    is(sql("select count(*) from scim.group_size z join scim.resource g on g.tenant = z.tenant and g.id = z.group_id and g.version = z.version
        where z.tenant = '$of' and z.n = (select count(*) from scim.membership m where m.tenant = z.tenant and m.group_id = z.group_id)"), 1, "$name: the size is remembered");
}
large(120, 'more than half have a seat');
large(20, 'fewer than half');
is($many->patch("/Groups/$large", [{ op => 'remove', path => qq(members[value eq "$who{77}"]) }])->{status}, 204, 'one leaves');
large(120, 'a version later');
is($many->patch("/Users/$who{$_}", [{ op => 'replace', path => 'active', value => false }])->{status}, 200, 'deactivated') for 5, 6, 7;
large(120, 'without those who are not active');
$many->admin(POST => "/users/$who{9}/protect", { kind => 'break-glass' });
$many->admin(DELETE => '/grants/' . $_->{id}) for grep { $_->{source} eq 'protected' } @{ $many->admin(GET => "/grants?user=$who{9}")->{json}{items} };
is($many->request(DELETE => "/Users/$who{10}")->{status}, 204, 'one is deleted');
large(100, 'and those who are protected or deleted');
large($_, 'about half') for 72 .. 75;
large(144, 'all have a seat');
is($many->patch("/Groups/$large", [{ op => 'add', path => 'members', value => [{ value => $who{77} }] }])->{status}, 204, 'one comes back');
large(120, 'as the last');

done_testing;
