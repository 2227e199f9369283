# Previews compared with their definition: who has what before and after, in the view scim.access, and EXCEPT between
# the two. With random tenants that have seats, waiting people, protected, local and inactive accounts, and nested
# groups.
use strict;
use warnings;
use Test::More;
use ScimTest;

my $t   = ScimTest->new('policy-random');
my $own = $t->tenant;
srand(my $seed = $ENV{SCIM_TEST_SEED} || 20);
note("seed $seed");
sub pick { return $_[rand @_] }

my %user = map { $_ => $t->make(Users => userName => $_, active => rand() < .15 ? \0 : \1) } map {"u$_"} 1 .. 30;
my @users = sort keys %user;
$t->admin(POST => '/subscriptions', { name => "S$_", automatic => rand() < .5 ? \1 : \0, $_ < 3 ? (seats => int rand 12) : () }) for 0 .. 4;
my %group = map { $_ => $t->make(Groups => displayName => "G$_", members => [map { { value => $user{$_} } } grep { rand() < .25 } @users]) } 0 .. 7;
sql("set scim.tenant = '$own'; update scim.tenant set nests = true where tenant = '$own'");
for (1 .. 6) {
    my ($in, $what) = map { $group{int rand 8} } 1, 2;
    sql("insert into scim.membership (tenant, group_id, member_id, member_type) values ('$own', '$in', '$what', 'Group') on conflict do nothing") if $in ne $what;
}
sql("update scim.membership set added = now() - (random() * 5)::int * interval '1 day' where tenant = '$own'");
$t->admin(POST => '/mappings', { group => 'G' . int rand 8, rand() < .25 ? (role => 'administrator') : (subscription => 'S' . int rand 5) }) for 1 .. 12;
$t->admin(POST => '/grants', { user => pick(@users), subscription => 'S' . int rand 5 }) for 1 .. 12;
sql("insert into scim.access_grant (tenant, user_id, subscription_id, source) select '$own', r.id, s.id, 'login' from scim.resource r, scim.subscription s
    where r.tenant = '$own' and r.type = 'User' and s.tenant = '$own' and random() < 0.15 on conflict do nothing");
sql("set scim.tenant = '$own'; update scim.resource set source = 'local' where tenant = '$own' and id = '$user{$_}'") for @users[3, 9, 20];
sql("set scim.tenant = '$own'; update scim.resource set protected = 'break-glass' where tenant = '$own' and id = '$user{$_}'") for @users[5, 11];

my $holdings = "select a.user_id, a.id, case when a.kind = 'role' then a.name end as role from scim.access a
    where a.tenant = '$own' and a.seated and (a.kind = 'subscription' or a.sources @> '[{\"source\": \"group\"}]')";
sub beyond {
    my ($one, $other) = @_;
    return "(select coalesce(string_agg(concat_ws(':', u.doc ->> 'userName', s.name, d.role), ' ' order by d.user_id, d.id, d.role), '')
        from (select * from $one except select * from $other) d join scim.resource u on u.tenant = '$own' and u.id = d.user_id
        left join scim.subscription s on s.tenant = '$own' and s.id = d.id)";
}
sub told { my ($side) = @_; return join ' ', map { join ':', grep {defined} @$_{qw(userName subscription role)} } @{ $side->{items} } }

my $changed = 0;
# What a change of the policy gives is given from that time on.
for my $round (1 .. 40) {
    sql("update scim.tenant set sync_policy = '" . pick(qw(manual all groups groups)) . "' where tenant = '$own'");
    my (%change, @sql);
    my $policy = sql("select sync_policy from scim.tenant where tenant = '$own'");
    if (rand() < .4) {
        $change{syncPolicy} = pick(qw(manual all groups));
        push @sql, "update scim.mapping set since = now() where tenant = '$own' and '$change{syncPolicy}' = 'groups' and '$policy' <> 'groups'",
            "update scim.subscription set automatic_since = now() where tenant = '$own' and '$change{syncPolicy}' = 'all' and '$policy' <> 'all'",
            "update scim.tenant set sync_policy = '$change{syncPolicy}' where tenant = '$own'";
    }
    if (rand() < .3) {
        $change{automatic} = [grep { rand() < .5 } map {"S$_"} 0 .. 4];
        my $names = join ',', map {"'$_'"} @{ $change{automatic} }, '';
        unshift @sql, "update scim.subscription set automatic = name in ($names), automatic_since = case when automatic then automatic_since else now() end where tenant = '$own'";
    }
    if (rand() < .6) {
        for (1 .. 3) {
            my ($g, $s) = (int rand 8, int rand 6);
            push @{ $change{map} }, "G$g=" . ($s == 5 ? 'role:administrator' : "S$s");
            push @sql, "insert into scim.mapping (tenant, id, group_id, subscription_id, role, created_by) values ('$own', gen_random_uuid(), '$group{$g}', "
                . ($s == 5 ? "null, 'administrator'" : "(select id from scim.subscription where tenant = '$own' and name = 'S$s'), null") . ", 'test') on conflict do nothing";
        }
    }
    if (rand() < .4) {
        $change{unmap} = [sql("select id from scim.mapping where tenant = '$own' order by random() limit 1")];
        push @sql, "delete from scim.mapping where tenant = '$own' and id = '$change{unmap}[0]'";
    }
    if (rand() < .4) {
        my ($s, $n) = (int rand 5, pick('none', 0 .. 12));
        $change{seats} = ["S$s=$n"];
        push @sql, "update scim.subscription set seats = " . ($n eq 'none' ? 'null' : $n) . " where tenant = '$own' and name = 'S$s'";
    }
    my $expected = sql("begin; set local scim.tenant = '$own'; create temp table was on commit drop as $holdings; " . join('', map {"$_;"} @sql)
        . "create temp table will on commit drop as $holdings; select " . beyond('will', 'was') . " || '|' || " . beyond('was', 'will') . '; rollback');
    my $answer = $t->admin(POST => '/preview', { %change, limit => 500 })->{json};
    is(told($answer->{granted}) . '|' . told($answer->{withdrawn}), $expected, "round $round: " . json(\%change));
    is($answer->{$_}{count}, scalar @{ $answer->{$_}{items} }, "$_: counted") for qw(granted withdrawn);
    $changed++ if $expected ne '|';
}
cmp_ok($changed, '>', 15, 'many of them change something');

done_testing;
