# Previews, which change nothing, and what the first login gives.
use strict;
use warnings;
use Test::More;
use ScimTest;

my $t   = ScimTest->new('policy');
my $own = $t->tenant;

$t->admin(POST => '/subscriptions', { name => 'Web', automatic => true });
$t->admin(POST => '/subscriptions', { name => 'Mail' });
my %user  = map { $_ => $t->make(Users => userName => $_) } qw(a b c);
my $staff = $t->make(Groups => displayName => 'Staff', members => [map { { value => $user{$_} } } qw(a b)]);
my $mapping = $t->admin(POST => '/mappings', { group => 'Staff', subscription => 'Mail' })->{json}{id};
$t->admin(POST => '/grants', { user => 'b', subscription => 'Mail' });

sub stored { return sql("select md5(string_agg(x, '' order by x)) from (
    select t::text from scim.tenant t where tenant = '$own' union all select s::text from scim.subscription s where tenant = '$own'
    union all select m::text from scim.mapping m where tenant = '$own' union all select g::text from scim.access_grant g where tenant = '$own'
    union all select r::text from scim.resource r where tenant = '$own' union all select count(*)::text from scim.audit where tenant = '$own') x (x)") }

sub of { my ($what, @names) = @_; return map { my ($user, $thing, $role) = split /:/; { userId => $user{$user}, userName => $user, displayName => $user,
    subscription => $thing || undef, role => $role } } @names }
sub preview {
    my ($change, $granted, $withdrawn, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $before = stored();
    is_admin($t->admin(POST => '/preview', $change), 200, { granted => { count => 0 + @$granted, items => [of(1, @$granted)] },
        withdrawn => { count => 0 + @$withdrawn, items => [of(1, @$withdrawn)] }, next => undef }, $name);
    is(stored(), $before, "$name: nothing has changed");
}

preview({}, [], [], 'no change');
preview({ syncPolicy => 'manual' }, [], [], 'what it is already');
preview({ syncPolicy => 'all' }, ['a:Web', 'b:Web', 'c:Web'], [], 'policy all');
preview({ syncPolicy => 'groups' }, ['a:Mail'], [], 'policy groups; who has it by hand gets nothing new');
preview({ syncPolicy => 'all', automatic => ['mail'] }, ['a:Mail', 'c:Mail'], [], 'policy all with another subscription');
is($t->admin(PATCH => "//tenants/$own", { syncPolicy => 'groups' })->{status}, 200, 'policy groups');
preview({ syncPolicy => 'manual' }, [], ['a:Mail'], 'back to manual');
preview({ syncPolicy => 'all' }, ['a:Web', 'b:Web', 'c:Web'], ['a:Mail'], 'to all');
preview({ unmap => [$mapping] }, [], ['a:Mail'], 'a mapping less');
preview({ map => ['STAFF=web'] }, ['a:Web', 'b:Web'], [], 'a mapping more');
preview({ map => ['staff=role:Administrator'] }, ['a::administrator', 'b::administrator'], [], 'to a role');
preview({ map => ['Staff=Mail'] }, [], [], 'a mapping that is there');
preview({ seats => ['mail=1'] }, [], ['a:Mail'], 'seats: the last one loses, which has it since the policy was chosen');
preview({ seats => ['mail=0'] }, [], ['a:Mail', 'b:Mail'], 'no seats');
$t->admin(PATCH => '/subscriptions/mail', { seats => 1 });
preview({ seats => ['mail=none'] }, ['a:Mail'], [], 'no limit');
preview({ syncPolicy => 'manual' }, [], [], 'who has the seat by hand keeps it');
my $few = $t->admin(POST => '/preview', { syncPolicy => 'all', limit => 1 });
is_json($few->{json}{granted}, { count => 3, items => [of(1, 'a:Web')] }, 'counts are of all, lists of the first');

for (
    [{ map => ['Staff'] }, 400, 'map: each of the list must be an object with group and either subscription or role, or a text GROUP=SUBSCRIPTION or GROUP=role:ROLE.', 'map'],
    [{ map => ['Crew=Web'] }, 404, 'There is no group "Crew"; make it first, or correct the name.', 'map'],
    [{ map => ['Staff=Fax'] }, 404, 'There is no subscription "Fax"; make it first, or correct the name. The subscriptions here are: Mail, Web.', 'map'],
    [{ map => ['Staff=role:king'] }, 404, 'There is no role "king"; make it first, or correct the name. The roles here are: administrator, office-admin, user, read-only, summary-only.', 'map'],
    [{ unmap => ['x'] }, 404, 'There is no mapping "x"; the list of mappings shows their ids.', 'unmap'],
    [{ seats => ['Web=many'] }, 400, '"many" is not a number of seats; write a whole number, or "none" for no limit.', 'seats'],
    [{ automatic => ['Fax'] }, 404, 'There is no subscription "Fax"; make it first, or correct the name. The subscriptions here are: Mail, Web.', 'automatic'],
    [{ syncPolicy => 'none' }, 400, $ANY, 'syncPolicy'],
    [{ syncPolicy => 'all', map => ['Crew=Web'] }, 404, 'There is no group "Crew"; make it first, or correct the name.', 'map'],
) {
    my ($change, $status, $detail, $field) = @$_;
    my $before = stored();
    is_problem($t->admin(POST => '/preview', $change), $status, $detail, { $field => $ANY }, json($change));
    is(stored(), $before, 'nothing has changed');
}
is_json(unjson(scimctl(qw(policy preview --map Staff=Web --seats mail=0 --json --tenant), $own)), { granted => { count => 2, items => [of(1, 'a:Web', 'b:Web')] },
    withdrawn => { count => 1, items => [of(1, 'b:Mail')] }, next => undef }, 'scimctl policy preview');
is(scimctl(qw(policy preview --map Staff=Web --seats mail=0 --tenant), $own), "Granted    2: a Web, b Web\nWithdrawn  1: b Mail\n", 'in words');

# --- the first login ------------------------------------------------------------------------------------------------------

sub has { my ($user) = @_; return join '; ', grep { !/^role/ } @{ $t->admin(GET => "/users/$user/access")->{json}{summary} } }
sub setting { is($t->admin(PATCH => "//tenants/$own", {@_})->{status}, 200, "@_") }
sub login { my ($user) = @_; return $t->admin(POST => "/users/$user/login", {}) }

setting(syncPolicy => 'manual');
is(login('c')->{status}, 200, 'a login is told');
is(has('c'), '', 'it gives nothing while login_policy is manual');
setting(loginPolicy => 'first-login');
my $first = login('C');
is($first->{status}, 200, 'the first login from then on');
is_json([grep { $_->{kind} eq 'subscription' } @{ $first->{json}{access} }], [{ kind => 'subscription', id => $ID, name => 'Web', seated => true,
    since => $TIME, sources => [{ source => 'login', id => $ID, name => 'admin', since => $TIME, text => 'first login' }] }], 'gives what is automatic');
setting(syncPolicy => 'groups');
is(has('c'), '', 'the policy of synchronisation overrides it');
is_json($t->admin(GET => '/users/c/access')->{json}{notes}, ['The account is in no group; the sync policy "groups" gives what groups are mapped to.',
    'What the first login granted does not count here.'], 'and says so');
setting(syncPolicy => 'all');
is(has('c'), 'Web: policy all', 'also where it gives the same');
sql("update scim.resource set source = 'local' where tenant = '$own' and id = '$user{c}'");
is(has('c'), 'Web: first login', 'not for a local account');
sql("update scim.resource set source = 'scim' where tenant = '$own' and id = '$user{c}'");
setting(syncPolicy => 'manual');
my $grant = $t->admin(GET => '/grants?user=c&source=login')->{json}{items}[0]{id};
is_empty($t->admin(DELETE => "/grants/$grant"), 204, 'an administrator takes it back');
is(login('c')->{status}, 200, 'the second login');
is(has('c'), '', 'gives nothing');
is_problem(login('nobody'), 404, 'There is no user "nobody"; make it first, or correct the name.', { user => $ANY }, 'nobody logs in');
is($t->patch("/Users/$user{a}", [{ op => 'replace', path => 'active', value => false }])->{status}, 200, 'deactivate');
is_problem(login('a'), 409, 'The user "a" is deactivated, so it may not log in; activate it first; the identity provider does that if it manages the user.', { user => $ANY }, 'a deactivated account');
is($t->patch("/Users/$user{a}", [{ op => 'replace', path => 'active', value => true }])->{status}, 200, 'activate');
like(scimctl(qw(access login a --tenant), $own), qr/^Access +Web: first login, /m, 'scimctl access login');

# --- warnings -------------------------------------------------------------------------------------------------------------

my $empty = ScimTest->new('policy-empty');
sub warned { my ($change) = @_; return $empty->admin(PATCH => '', $change)->{json}{warnings} }
is_json(warned({ syncPolicy => 'all' }), ['The sync policy "all" gives nobody anything: no subscription is marked as automatic. Mark the one that everybody is to get.'],
    'policy all with nothing automatic');
is_json(warned({ syncPolicy => 'groups', loginPolicy => 'first-login' }),
    ['The sync policy "groups" gives nobody anything: no group is mapped to a subscription or a role. Map one.',
     'A first login gives nothing: no subscription is marked as automatic. Mark the one that it is to give.'], 'groups and first-login');
is_json(warned({ displayName => 'Empty' }), [], 'nobody is warned of what is not set');
$empty->admin(POST => '/subscriptions', { name => 'Web', automatic => true });
is_json(warned({ syncPolicy => 'all', loginPolicy => 'first-login' }), [], 'with something automatic');
like(scimctl(qw(tenant set), $empty->tenant, qw(--sync-policy groups)), qr/^Warnings +The sync policy "groups" gives nobody anything/m, 'scimctl tenant set');

# --- simultaneous requests --------------------------------------------------------------------------------------------------

# Of many requests that make the same subscription, mapping or grant at the same time, one succeeds.
sub at_once {
    my ($path, $body) = @_;
    my @pids;
    for (1 .. 6) {
        my $pid = fork // die "fork: $!";
        if (!$pid) { $t->{agent} = LWP::UserAgent->new(timeout => 30); POSIX::_exit($t->admin(POST => $path, $body)->{status} == 201 ? 1 : 0) }
        push @pids, $pid;
    }
    my $made = 0;
    for (@pids) { waitpid $_, 0; $made += $? >> 8 }
    return $made;
}
require POSIX;
ScimTest::administrator('admin');
is(at_once('/subscriptions', { name => 'Race' }), 1, 'one subscription');
is(at_once('/mappings', { group => 'Staff', subscription => 'Race' }), 1, 'one mapping');
is(at_once('/grants', { user => 'a', subscription => 'Race' }), 1, 'one grant');
is(sql("select count(*) from scim.resource where tenant = '$own' and type = 'Entitlement' and deleted_at is null"), 3, 'one entitlement');

# --- ten thousand mappings ----------------------------------------------------------------------------------------------------

sql(<<"SQL");
insert into scim.resource (tenant, type, id, doc)
select '$own', 'Group', ('00000002-0000-7000-8000-' || lpad(i::text, 12, '0'))::uuid, jsonb_build_object('displayName', 'G' || i) from generate_series(1, 10000) i;
insert into scim.mapping (tenant, id, group_id, subscription_id, created_by)
select '$own', ('00000004-0000-7000-8000-' || lpad(i::text, 12, '0'))::uuid, ('00000002-0000-7000-8000-' || lpad(i::text, 12, '0'))::uuid,
       (select id from scim.subscription where tenant = '$own' and name = 'Web'), 'test'
  from generate_series(1, 10000) i;
insert into scim.membership (tenant, group_id, member_id, member_type) values ('$own', '00000002-0000-7000-8000-000000007777', '$user{c}', 'User');
SQL
# Autovacuum may have seen the tables in the middle of this transaction, and counted pages without rows; it would look again in a minute.
sql("analyze scim.$_") for qw(resource mapping membership);
setting(syncPolicy => 'groups');
my ($after, $n) = ('', 0);
while (defined $after) {
    my $page = $t->admin(GET => '/mappings?limit=500' . ($after ? "&after=$after" : ''))->{json};
    $n += @{ $page->{items} };
    $after = $page->{next};
}
is($n, 10002, 'ten thousand mappings, by pages');
is(has('c'), 'Web: group G7777', 'one of them gives access');
is_json([map { $_->{userName} } @{ $t->admin(GET => '/subscriptions/web/users')->{json}{items} }], ['c'], 'and is found from the other side');
is_json($t->admin(GET => '/mappings?q=g7777')->{json}{items}[0]{group}, 'G7777', 'and by its name');
preview({ seats => ['web=0'] }, [], ['c:Web'], 'a preview');

done_testing;
