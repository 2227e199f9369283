# Why an account does not have a subscription: for each subscription of the tenant yes or no, and the reason with the
# operation that would change it.
use strict;
use warnings;
use utf8;
use Test::More;
use ScimTest;

my $t   = ScimTest->new('why-not');
my $own = $t->tenant;

my $kim   = $t->make(Users => userName => 'Kim');
my $sales = $t->make(Groups => displayName => 'Sales');
my $web   = $t->admin(POST => '/subscriptions', { name => 'Web' })->{json}{id};

sub access { my $res = $t->admin(GET => "/users/$_[0]/access"); is($res->{status}, 200, 'asked') or diag $res->{body}; return $res->{json} }
# The standing of a subscription, and the reasons why the account does not have it.
sub why { my ($user, $name) = @_; my ($s) = grep { $_->{name} eq ($name // 'Web') } @{ access($user)->{subscriptions} };
    return [$s->{standing}, map { [@$_{qw(code operation arguments)}] } @{ $s->{reasons} }] }
sub policy { is($t->admin(PATCH => '', { syncPolicy => $_[0] })->{status}, 200, "policy $_[0]") }
sub join_group { is($t->patch("/Groups/$_[0]", [{ op => 'add', path => 'members', value => [{ value => $_[1] }] }])->{status}, 204, 'joins') }

my $grant = ['grant-add', { user => $kim, subscription => $web }];
is_json(why('kim'), ['none', ['manual', @$grant]], 'manual: only grants count');
is_json(access('kim')->{whyNot}, ['Web: The sync policy is "manual": only what was granted counts, and it was not granted to this account.'], 'in words');
like(scimctl(qw(access show kim --tenant), $own), qr/^Why not +Web: The sync policy is "manual"/m, 'scimctl access show');
policy('all');
is_json(why('kim'), ['none', ['not-automatic', 'subscription-set', { subscription => $web, automatic => true }]], 'all: it is not automatic');
policy('groups');
is_json(why('kim'), ['none', ['not-mapped', 'mapping-add', { subscription => $web }]], 'groups: no group is mapped to it');
$t->admin(POST => '/mappings', { group => 'Sales', subscription => 'Web' });
is_json(why('kim'), ['none', ['not-member', undef, {}]], 'groups: it is in none of those');
is(access('kim')->{whyNot}[0], 'Web: The account is in no group that is mapped to it ("Sales"). Assign it to one of them at the identity provider.', 'which are named');
for my $n (1 .. 6) {
    $t->make(Groups => displayName => "More $n");
    $t->admin(POST => '/mappings', { group => "More $n", subscription => 'Web' });
}
like(access('kim')->{whyNot}[0], qr/ \("More 1", "More 2", "More 3", "More 4", "Sales", \.\.\.\)\. Assign/, 'some of them, where there are many');
join_group($sales, $kim);
my $shown = access('kim')->{subscriptions}[0];
is_json({ map { $_ => $shown->{$_} } qw(id name has standing reasons) }, { id => $web, name => 'Web', has => true, standing => 'seated', reasons => [] }, 'a yes');
is_json($shown->{sources}, [{ source => 'group', id => $sales, name => 'Sales', since => $shown->{since}, text => 'group Sales' }], 'from where, since when');

# In a group in a mapped group: groups above count, too.
my $lee = $t->make(Users => userName => 'Lee');
my $low = $t->make(Groups => displayName => 'Low', members => [{ value => $lee }]);
join_group($sales, $low);
is_json(why('lee'), ['seated'], 'through a group in a group');
is($t->admin(PATCH => '/subscriptions/web', { seats => 1 })->{status}, 200, 'one seat');
is_json(why('lee'), ['waiting', ['seat', 'subscription-set', { subscription => $web }]], 'waits for it');
is(access('lee')->{whyNot}[0], 'Web: It waits for a seat: the only one is taken by somebody who has had it longer.', 'in words');
is($t->admin(PATCH => '/subscriptions/web', { seats => undef })->{status}, 200, 'no limit');

is($t->request(DELETE => "/Groups/$sales")->{status}, 204, 'the mapped group is archived');
is_json(why('kim'), ['none', ['archived-mapping', 'group-restore', { group => 'Sales' }]], 'and so gives nothing');
$t->admin(POST => '/groups', { displayName => 'Desk' });
$t->admin(POST => '/groups/Desk/members', { members => ['Kim'] });
$t->admin(POST => '/mappings', { group => 'Desk', subscription => 'Web' });
is_json(why('kim'), ['seated'], 'in a local group');

is($t->patch("/Users/$kim", [{ op => 'replace', path => 'active', value => false }])->{status}, 200, 'deactivate');
is_json(why('kim'), ['none', ['inactive', undef, { user => $kim, active => true }]], 'inactive: the identity provider has to activate it');
is($t->patch("/Users/$kim", [{ op => 'replace', path => 'active', value => true }])->{status}, 200, 'activate');

policy('all');
$t->admin(PATCH => '/subscriptions/web', { automatic => true });
$t->admin(POST => '/users', { userName => 'local' });
my ($local) = map { $_->{id} } $t->admin(GET => '/users/local')->{json};
is_json(why('local'), ['none', ['local', 'grant-add', { user => $local, subscription => $web }]], 'a local account');
$t->admin(PATCH => '', { loginPolicy => 'first-login' });
is_json(why('local'), ['none', ['local', 'grant-add', { user => $local, subscription => $web }], ['first-login', undef, {}]], 'which gets it at its first login');
$t->admin(POST => '/users/local/login', {});
is_json(why('local'), ['seated'], 'from then on');
policy('manual');
$t->admin(POST => '/users/Kim/protect', { kind => 'main-contact' });
is_json(why('kim'), ['none', ['protected', @$grant]], 'a protected account');
$t->admin(POST => '/grants', { user => 'Kim', subscription => 'Web' });
is_json(why('kim'), ['seated'], 'granted by hand');
is_problem($t->admin(GET => '/users/nobody/access'), 404, $ANY, { user => $ANY }, 'nobody');

done_testing;
