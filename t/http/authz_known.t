# The cache of subscriptions and mappings for decisions (store/facts_known.h): each change of what gives access has an
# effect on the next request, on each connection that has cached the former state.
use strict;
use warnings;
use List::Util 'min';
use Test::More;
use ScimAuthz;
use ScimFront;
use ScimTest;

my $t = ScimTest->new('known');
my $tenant = $t->tenant;
my %user = map { $_ => $t->make(Users => userName => $_, emails => [{ value => "$_\@mail.example", primary => true }]) } qw(kim lee);
my %group = map { $_ => $t->make(Groups => displayName => $_, members => [{ value => $user{kim} }]) } qw(Staff Guests);
$t->admin(PATCH => "//tenants/$tenant", { syncPolicy => 'groups' });
$t->admin(POST => '/subscriptions', { name => $_ }) for qw(Web Desk);
my $site = ScimAuthz->new($t, <<'CONF', 'headers');
Header always set X-Reason "expr=%{note:scim-reason}"
<Location "/web">
    AUTH
    TENANT
    Require scim-entitlement "Web"
</Location>
<Location "/both">
    AUTH
    TENANT
    Require scim-entitlement "web" "Desk"
</Location>
<Location "/metrics">
    SetHandler scim-metrics
    Require local
</Location>
CONF

# The number of round trips to PostgreSQL for eight decisions, after each connection has filled its cache: one each. An
# outdated entry takes two. Of three attempts the one with the fewest, because a new connection takes more.
sub trips { return $site->metric('scim_database_round_trips_total') }

sub eight {
    my ($login) = @_;
    $site->ask('/web', $login) for 1 .. 30;
    return min map {
        my $before = trips();
        $site->ask('/web', $login) for 1 .. 8;
        trips() - $before;
    } 1 .. 3;
}

sub decided {
    my ($expected, $why, $login) = @_;
    $login //= 'kim';
    my @got = map { my $res = $site->ask('/web', $login); "$res->{status} " . ($res->{headers}->header('X-Reason') // '') } 1 .. 4;
    is_deeply(\@got, [($expected) x 4], $why);
}

sub changed {
    my ($res, $status) = @_;
    is($res->{status}, $status, "the change: $status") or diag $res->{body};
    return $res->{json};
}

sub mapped { return changed($t->admin(POST => '/mappings', { group => $_[0], subscription => $_[1] // 'Web' }), 201)->{id} }
sub unmapped { changed($t->admin(DELETE => "/mappings/$_[0]"), 204) }
sub members { my ($op, $name) = @_; $t->patch("/Groups/$group{$name}", [{ op => $op, path => $op eq 'remove' ? qq(members[value eq "$user{kim}"]) : 'members', ($op eq 'add' ? (value => [{ value => $user{kim} }]) : ()) }]) }

my ($ok, $no) = ('200 ', '403 no entitlement Web');
decided($no, 'nothing gives it');
my $staff = mapped('Staff');
decided($ok, 'the group is mapped');
is(eight('kim'), 8, 'in one round trip, by what is remembered');
unmapped($staff);
decided($no, 'the mapping is gone');

changed($t->admin(POST => '/mappings/many', { groups => ['Staff', 'Guests'], subscriptions => ['Web'] }), 200);
decided($ok, 'two groups are mapped at once');
members('remove', 'Staff');
decided($ok, 'one of them is enough');
members('remove', 'Guests');
decided($no, 'no group is left');
members('add', 'Guests');
decided($ok, 'and is again');
changed($t->request(DELETE => "/Groups/$group{Guests}"), 204);
decided($no, 'the group is deleted');
members('add', 'Staff');
decided($ok, 'the other one');

changed($t->admin(PATCH => "//tenants/$tenant", { restoreMappings => 'displayName' }), 200);
changed($t->request(DELETE => "/Groups/$group{Staff}"), 204);
decided($no, 'that one is deleted, too');
$group{Staff} = $t->make(Groups => displayName => 'Staff', members => [{ value => $user{kim} }]);
decided($ok, 'and made again: it finds its mappings');

changed($t->admin(PATCH => '/subscriptions/Web', { name => 'Page' }), 200);
decided($no, 'the subscription is called otherwise');
is($site->ask('/both', 'kim')->{status}, 403, 'where another one is asked for too');
my $desk = mapped('Staff', 'Desk');
is($site->ask('/both', 'kim')->{status}, 200, 'the other one of two is mapped');
unmapped($desk);
is($site->ask('/both', 'kim')->{status}, 403, 'and is not');
changed($t->admin(PATCH => '/subscriptions/Page', { name => 'Web' }), 200);
decided($ok, 'it is called so again');

changed($t->admin(PATCH => "//tenants/$tenant", { loginAttribute => 'email' }), 200);
decided('403 no account', 'people log in by e-mail address');
decided($ok, 'the address', 'kim@mail.example');
is(eight('kim@mail.example'), 8, 'in one round trip, too');
changed($t->admin(PATCH => "//tenants/$tenant", { loginAttribute => 'userName' }), 200);
decided($ok, 'by userName');

changed($t->admin(POST => '/grants', { user => 'lee', subscription => 'Web' }), 201);
decided($ok, 'who was granted it', 'lee');
sql("update scim.access_grant set granted = '2020-01-01', joined = '2020-01-01' where tenant = '$tenant'");
changed($t->admin(PATCH => '/subscriptions/Web', { seats => 1 }), 200);
decided('403 waiting for a seat of Web', 'the one seat is taken');
decided($ok, 'who has the seat', 'lee');
changed($t->admin(PATCH => '/subscriptions/Web', { seats => undef }), 200);
decided($ok, 'there are seats for all');
my ($grant) = map { $_->{id} } @{ $t->admin(GET => '/grants')->{json}{items} };
changed($t->admin(DELETE => "/grants/$grant"), 204);
decided($no, 'the grant is gone', 'lee');

changed($t->admin(PATCH => "//tenants/$tenant", { syncPolicy => 'manual' }), 200);
decided($no, 'groups do not decide');
changed($t->admin(PATCH => "//tenants/$tenant", { syncPolicy => 'groups' }), 200);
decided($ok, 'they do');
changed($t->admin(POST => '/users/kim/protect', { kind => 'break-glass' }), 200);
decided($ok, 'a protected account keeps what it had');
changed($t->admin(POST => '/users/kim/unprotect', {}), 200);
decided($ok, 'an account like others');
$t->patch("/Users/$user{kim}", [{ op => 'replace', path => 'active', value => false }]);
decided('403 inactive', 'the account is inactive');
$t->patch("/Users/$user{kim}", [{ op => 'replace', path => 'active', value => true }]);
decided($ok, 'and active');

my $inner = $t->make(Groups => displayName => 'Inner', members => [{ value => $user{lee} }]);
decided($no, 'a group beside it', 'lee');
$t->patch("/Groups/$group{Staff}", [{ op => 'add', path => 'members', value => [{ value => $inner, type => 'Group' }] }]);
decided($ok, 'the group is in the mapped one', 'lee');
decided($ok, 'a member of its own');
done_testing;
