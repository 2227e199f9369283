# What is counted user by user is counted in parts: the answer says where the next part begins. scimctl counts all parts.
use strict;
use warnings;
use utf8;
use Test::More;
use ScimTest;

my $PART    = 10_000;
my $MEMBERS = 5000;            # a part of a group, where roles are compared
my $USERS   = $PART + 20;
my $t       = ScimTest->new('counts');
my $own     = $t->tenant;
sub id { return sprintf '00000001-0000-7000-8000-%012d', $_[0] }

# The users of the first part of the group are administrators already; one in ten has a title.
my ($crowd, $half) = map { $t->make(Groups => displayName => $_) } qw(Crowd Half);
sql(<<"SQL");
set session_replication_role = replica;
insert into scim.resource (tenant, type, id, doc, user_name_key, role, modified_hour)
select '$own', 'User', ('00000001-0000-7000-8000-' || lpad(i::text, 12, '0'))::uuid,
       jsonb_build_object('schemas', array ['$USER'], 'userName', 'user' || i, 'title', case when i % 10 = 0 then 'Tenth' else 'Other' end),
       'user' || i, case when i <= $MEMBERS then 'administrator' end, scim.hour(now())
  from generate_series(1, $USERS) i;
insert into scim.membership (tenant, group_id, member_id, member_type)
select '$own', g.id, r.id, 'User'
  from scim.resource r, (values ('$crowd'::uuid, 1), ('$half'::uuid, 2)) g (id, every)
 where r.tenant = '$own' and r.type = 'User' and substr(r.doc ->> 'userName', 5)::int % g.every = 0;
insert into scim.tally (tenant, type, n) values ('$own', 'User', $USERS);
SQL
is($t->admin(PATCH => '', { syncPolicy => 'groups' })->{status}, 200, 'policy groups');
is($t->admin(POST => '/subscriptions', { name => 'Mail' })->{status}, 201, 'a subscription');

# --- the users that a condition is true of ----------------------------------------------------------------------------------

sub counted { return $t->admin(GET => "/template-preview/count?$_[0]") }

is_admin(counted(''), 200, { accounts => $PART, next => id($PART) }, 'everybody, the first part');
is_admin(counted('after=' . id($PART)), 200, { accounts => $USERS - $PART, next => undef }, 'the rest');
is_admin(counted('condition=title%20eq%20%22Tenth%22'), 200, { accounts => $PART / 10, next => id($PART) }, 'a condition, the first part');
is_admin(counted('condition=title%20eq%20%22Tenth%22&after=' . id($PART)), 200, { accounts => ($USERS - $PART) / 10, next => undef }, 'the rest');
is_admin(counted('condition=userName%20eq%20%22user' . $USERS . '%22'), 200, { accounts => 0, next => id($PART) }, 'nobody of the first part');
is_problem(counted('after=x'), 400, $ANY, { after => 'is not a valid page token; use the `next` value of a previous page.' }, 'not a place');
my @schemas = ('--schema-dir', "$ENV{SCIM_TEST_WORK}/schemas");
is(scimctl(qw(template count --tenant), $own, @schemas), sprintf("Accounts  %d\n", $USERS), 'scimctl counts all');
is(scimctl(qw(template count --tenant), $own, '--condition', 'title eq "Tenth"', @schemas), sprintf("Accounts  %d\n", $USERS / 10), 'of a condition, too');

# --- who would get a role ------------------------------------------------------------------------------------------------------

sub preview { return $t->admin(POST => '/preview', { limit => 2, @_ }) }
sub gains {
    my ($role, @numbers) = @_;
    return [map { { userId => id($_), userName => "user$_", displayName => undef, subscription => undef, role => $role } } @numbers];
}
my $nothing = { count => 0, items => [] };
my $admins  = [{ group => 'Crowd', role => 'administrator' }];

is_admin(preview(map => $admins), 200, { granted => $nothing, withdrawn => $nothing, next => id($MEMBERS) }, 'a role that the first part has already');
is_admin(preview(map => $admins, after => id($MEMBERS)), 200, { granted => { count => $MEMBERS, items => gains('administrator', $MEMBERS + 1, $MEMBERS + 2) },
    withdrawn => $nothing, next => id(2 * $MEMBERS) }, 'and the second has not');
is_admin(preview(map => $admins, after => id(2 * $MEMBERS)), 200, { granted => { count => 20, items => gains('administrator', $PART + 1, $PART + 2) },
    withdrawn => $nothing, next => undef }, 'nor has the rest');
is_admin(preview(map => [{ group => 'Crowd', role => 'read-only' }]), 200, { granted => { count => $MEMBERS, items => gains('read-only', 1, 2) },
    withdrawn => $nothing, next => id($MEMBERS) }, 'a role that nobody has');
is_admin(preview(map => [{ group => 'Crowd', role => 'user' }]), 200, { granted => { count => $MEMBERS, items => gains('user', 1, 2) },
    withdrawn => $nothing, next => id($MEMBERS) }, 'the default role, for those who have another one');
is_admin(preview(map => [{ group => 'Crowd', role => 'user' }], after => id($MEMBERS)), 200, { granted => $nothing, withdrawn => $nothing,
    next => id(2 * $MEMBERS) }, 'who has no role has the default one');
is_problem(preview(map => $admins, after => 'x'), 400, $ANY, { after => 'is not a valid page token; use the `next` value of a previous page.' }, 'not a place');

# Two groups share a part: none of their members is left out, or counted twice.
my ($counts, $after, @parts) = (0);
do {
    my $answer = preview(map => [map { { group => $_, role => 'read-only' } } qw(Half Crowd)], $after ? (after => $after) : ())->{json};
    $after = $answer->{next};
    push @parts, $answer->{granted}{count};
} while ($after && @parts < 10);
is_json(\@parts, [($MEMBERS / 2) x 4, $USERS - $PART], 'two groups, in parts');

# A subscription is counted as a whole, with the first part.
my $both = [@$admins, { group => 'Crowd', subscription => 'Mail' }];
is(preview(map => $both)->{json}{granted}{count}, $USERS, 'a role and a subscription: all who get the subscription');
is(preview(map => $both, after => id($MEMBERS))->{json}{granted}{count}, $MEMBERS, 'then who gets the role');
is_admin(preview(map => [$both->[1]]), 200, { granted => { count => $USERS,
    items => [map { { %$_, subscription => 'Mail' } } @{ gains(undef, 1, 2) }] }, withdrawn => $nothing, next => undef }, 'a subscription alone');

like(scimctl(qw(policy preview --map Crowd=role:administrator --limit 2 --tenant), $own),
    qr/^Granted +5020: user5001 role administrator, user5002 role administrator.*\nWithdrawn +0\n$/, 'scimctl compares all');

done_testing;
