# Nested groups: the depth is limited for every kind of request, and the cost of one user's access does not grow with
# the number of nested groups.
use strict;
use warnings;
use Test::More;
use ScimTest;

my $t   = ScimTest->new('nesting');
my $own = $t->tenant;
(my $role = "app_$own") =~ tr/-/_/;
my $BULK = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';

sub group { my ($name, @members) = @_; return { schemas => [$GROUP], displayName => $name, members => [map { { value => $_ } } @members] } }
sub in_it { return sql("select count(*) from scim.membership where tenant = '$own' and group_id = '$_[0]'") }

# Makes nested groups, from the lowest, and returns their ids: the last one contains all.
sub chain {
    my ($name, $n) = @_;
    my @ids;
    push @ids, $t->make(Groups => displayName => "$name $_", members => [map { { value => $_ } } @ids ? $ids[-1] : ()]) for 1 .. $n;
    return @ids;
}

# The longest path, up to 50 steps, without a repeated group.
sub longest { return sql("with recursive w (id, n) as (select group_id, 1 from scim.membership where tenant = '$own' and member_type = 'Group'
    union select m.member_id, n + 1 from w join scim.membership m on m.tenant = '$own' and m.group_id = w.id and m.member_type = 'Group' where n < 50)
    select max(n) from w") }

# --- each kind of request, at the limit and one beyond -------------------------------------------------------------------------

is($t->admin(GET => "//tenants/$own")->{json}{groupDepth}, 10, 'ten, if nobody says otherwise');
my @chain = chain('Level', 10);
is(longest(), 10, 'ten groups in one another');
my $refusal = sub { qq{members: the group "$_[0]" cannot be a member of "$_[1]": groups would be nested deeper than 10, and this tenant does not allow that. Make its users members of "$_[1]" themselves, or let an administrator raise groupDepth.} };

is_error($t->request(POST => '/Groups', group('Eleven', $chain[9])), 400, 'invalidValue', $refusal->('Level 10', 'Eleven'), 'POST');
is(sql("select count(*) from scim.resource where tenant = '$own' and doc ->> 'displayName' = 'Eleven'"), 0, 'makes nothing');
my $top = $t->make(Groups => displayName => 'Top');
is_error($t->patch("/Groups/$top", [{ op => 'add', path => 'members', value => [{ value => $chain[9] }] }]), 400, 'invalidValue',
    $refusal->('Level 10', 'Top'), 'PATCH that adds');
is_error($t->patch("/Groups/$top", [{ op => 'replace', path => 'members', value => [{ value => $chain[9] }] }]), 400, 'invalidValue',
    $refusal->('Level 10', 'Top'), 'PATCH that replaces');
is_error($t->request(PUT => "/Groups/$top", group('Top', $chain[9])), 400, 'invalidValue', $refusal->('Level 10', 'Top'), 'PUT');
my $res = $t->request(POST => '/Bulk', { schemas => [$BULK], Operations => [{ method => 'PATCH', path => "/Groups/$top",
    data => { schemas => [$PATCH], Operations => [{ op => 'add', path => 'members', value => [{ value => $chain[9] }] }] } }] });
is($res->{json}{Operations}[0]{status}, '400', 'Bulk');
is($res->{json}{Operations}[0]{response}{detail}, $refusal->('Level 10', 'Top'), 'with the same words');
my $desk = $t->admin(POST => '/groups', { displayName => 'Desk' })->{json}{id};
is_problem($t->admin(POST => "/groups/$desk/members", { members => [$chain[9]] }), 400, $refusal->('Level 10', 'Desk'), undef, 'the admin API');
is(in_it($_), 0, 'and nothing was added by any of them') for $top, $desk;
# In the middle of a chain, and at its lower end.
my $other = $t->make(Groups => displayName => 'Other', members => [{ value => $top }]);
is_error($t->patch("/Groups/$chain[0]", [{ op => 'add', path => 'members', value => [{ value => $other }] }]), 400, 'invalidValue',
    $refusal->('Other', 'Level 1'), 'below the lowest');
is_empty($t->patch("/Groups/$chain[2]", [{ op => 'add', path => 'members', value => [{ value => $other }] }]), 204, 'two below the third are as deep as before');
is_error($t->patch("/Groups/$top", [{ op => 'add', path => 'members', value => [{ value => $t->make(Groups => displayName => 'Leaf') }] }]), 400, 'invalidValue',
    $refusal->('Leaf', 'Top'), 'one more there is not');
is(longest(), 10, 'it is still ten');

# A Bulk request with a long chain, whose groups refer to each other.
my @operations = map { { method => 'POST', path => '/Groups', bulkId => "b$_", data => group("Bulk $_", $_ < 40 ? 'bulkId:b' . ($_ + 1) : ()) } } 1 .. 40;
$res = $t->request(POST => '/Bulk', { schemas => [$BULK], Operations => \@operations });
my %seen;
$seen{ $_->{status} }++ for @{ $res->{json}{Operations} };
is($res->{status}, 200, 'a Bulk of a chain of 40');
cmp_ok($seen{400}, '>=', 1, 'some are refused');
cmp_ok(longest(), '<=', 10, 'none is deeper than ten');

# The setting.
is($t->admin(PATCH => "//tenants/$own", { groupDepth => 11 })->{status}, 200, 'eleven are allowed');
is_empty($t->patch("/Groups/$top", [{ op => 'add', path => 'members', value => [{ value => $t->make(Groups => displayName => 'Twig') }] }]), 204, 'and there are');
is_problem($t->admin(PATCH => "//tenants/$own", { groupDepth => $_ }), 400, $ANY, { groupDepth => $ANY }, "not $_") for 0, 101;
is($t->admin(PATCH => "//tenants/$own", { groupDepth => 1 })->{status}, 200, 'one: no group in a group');
is_error($t->request(POST => '/Groups', group('Pair', $top)), 400, 'invalidValue', qr/nested deeper than 1,/, 'is refused');
is($t->admin(PATCH => "//tenants/$own", { groupDepth => 10 })->{status}, 200, 'ten again');

# The depth of a circle is the number of its groups.
my @ring = chain('Ring', 10);
is_empty($t->patch("/Groups/$ring[0]", [{ op => 'add', path => 'members', value => [{ value => $ring[9] }] }]), 204, 'a circle of ten');
is_error($t->patch("/Groups/$ring[4]", [{ op => 'add', path => 'members', value => [{ value => $t->make(Groups => displayName => 'Tail') }] }]), 400, 'invalidValue',
    $refusal->('Tail', 'Ring 5'), 'with one more');

# Two requests at once: each alone is allowed, but not both.
for my $round (1 .. 5) {
    my ($high, $mid, $low) = map { [chain("$_ $round", 4)] } qw(High Mid Low);
    my @pids = map {
        my ($group, $member) = @$_;
        my $pid = fork // die;
        if (!$pid) {
            $t->{agent}->conn_cache({ total_capacity => 1 });    # not the parent's connection
            my $status = $t->patch("/Groups/$group", [{ op => 'add', path => 'members', value => [{ value => $member }] }])->{status};
            require POSIX;
            POSIX::_exit($status == 204 ? 0 : $status == 400 ? 1 : 2);
        }
        $pid;
    } [$high->[0], $mid->[3]], [$mid->[0], $low->[3]];
    my @codes = sort map { waitpid $_, 0; $? >> 8 } @pids;
    is("@codes", '0 1', "two at once, $round: one is made, one is refused");
}

# --- the cost of one user ----------------------------------------------------------------------------------------------------------

# In a separate database, where only this test makes statistics: without statistics a plan costs as much as the tables
# contain.
my $database = "nesting_$$";
run_ok("$ENV{SCIM_TEST_PGBIN}/createdb", $database);
scimctl('--db', "dbname=$database", @$_) for [qw(db init)], [qw(tenant add), $own, qw(--sync-policy groups)],
    [qw(subscription add Web --tenant), $own], [qw(user add deep --tenant), $own];
local $ENV{PGDATABASE} = $database;
sql(q{do $$ declare t regclass; begin
    for t in select oid from pg_class where relnamespace = 'scim'::regnamespace and relkind = 'r' loop
        execute format('alter table %s set (autovacuum_enabled = off)', t);
    end loop;
end $$});
sql("create role $role login in role scim_app; alter role $role in database $database set scim.tenant = '$own'");
my $user = sql("select id from scim.resource where tenant = '$own' and user_name_key = 'deep'");
sql("update scim.tenant set nests = true where tenant = '$own'");

# 500 chains of ten nested groups, each of which gives the subscription; the user is in the lowest group of one chain.
sub load {
    sql("set session_replication_role = replica;
        insert into scim.resource (tenant, id, type, doc, display_name_key, group_name_key)
        select '$own', (lpad(to_hex(c * 100 + l), 8, '0') || '-0000-7000-8000-000000000000')::uuid, 'Group',
               jsonb_build_object('displayName', format('c %s %s', c, l)), format('c %s %s', c, l), format('c %s %s', c, l)
          from generate_series(1, 500) c, generate_series(1, 10) l;
        insert into scim.membership (tenant, group_id, member_id, member_type)
        select '$own', (lpad(to_hex(c * 100 + l), 8, '0') || '-0000-7000-8000-000000000000')::uuid, (lpad(to_hex(c * 100 + l + 1), 8, '0') || '-0000-7000-8000-000000000000')::uuid, 'Group'
          from generate_series(1, 500) c, generate_series(1, 9) l;
        insert into scim.membership (tenant, group_id, member_id, member_type)
        select '$own', (lpad(to_hex(250 * 100 + 10), 8, '0') || '-0000-7000-8000-000000000000')::uuid, '$user', 'User';
        insert into scim.mapping (tenant, id, group_id, subscription_id, created_by)
        select '$own', gen_random_uuid(), g.id, s.id, 'test' from scim.resource g, scim.subscription s
         where g.tenant = '$own' and g.type = 'Group' and g.doc ->> 'displayName' like 'c %' and s.tenant = '$own'");
    return;
}

sub app {
    my ($text) = run_ok("$ENV{SCIM_TEST_PGBIN}/psql", qw(-X -q -A -t -U), $role, '-c', $_[0]);
    return $text;
}
# The blocks that a query reads, including its functions.
sub blocks {
    my $plan = app("explain (analyze, buffers, timing off, summary off) $_[0]");
    my ($hit, $read) = $plan =~ /^\s*Buffers: shared(?: hit=(\d+))?(?: read=(\d+))?/m or diag $plan;
    return ($hit // 0) + ($read // 0);
}
load();
is(app(q{select array_length(groups, 1), entitlements from scim_app.facts where user_name_key = 'deep'}), "10|{Web}\n", 'a user in ten groups, by one');
my %query = (
    facts            => q{select * from scim_app.facts where user_name_key = 'deep'},
    memberships      => "select * from scim_app.memberships where user_id = '$user'",
    effective_access => "select * from scim_app.effective_access where user_id = '$user'",
);
# Without statistics, or with those from a time when there were no groups, PostgreSQL may search a row by an index of
# the whole tenant. Nested groups must not add to that.
sub forget { sql("delete from pg_statistic where starelid::regclass::text like 'scim.%'"); return }
sub load_after_analyze {
    sql("set session_replication_role = replica; delete from scim.mapping; delete from scim.membership; delete from scim.resource where type = 'Group'");
    sql('vacuum analyze');
    load();
    return;
}
my @states = (['as they come', sub { }, 12_000], ['without any', \&forget, 60_000], ['after ANALYZE', sub { sql('analyze') }, 6000],
    ['of the tenant before the groups', \&load_after_analyze, 60_000]);
for my $state (@states) {
    my ($which, $make, $most) = @$state;
    $make->();
    for my $view (sort keys %query) {
        my $blocks = blocks($query{$view});
        cmp_ok($blocks, '<', $most, "$view of one user among 5,000 nested groups, statistics $which: $blocks blocks");
    }
}

sql("drop owned by $role; drop role $role");
$ENV{PGDATABASE} = 'postgres';
sql("drop database $database with (force)");
done_testing;
