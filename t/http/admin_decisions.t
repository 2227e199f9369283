# Decisions of administrators about several objects at once: mappings, held requests with the affected people, and
# duplicates that are different people; and previews with any characters in names.
use strict;
use warnings;
use utf8;
use Test::More;
use ScimTest;

my $t   = ScimTest->new('decisions');
my $own = $t->tenant;

sub names { return [map { $_->{userName} } @{ $_[0] }] }

# --- many mappings -----------------------------------------------------------------------------------------------------------

my @users = map { $t->make(Users => userName => "u$_") } 1 .. 6;
my $odd = 'Web, Pro = 1/2 "x"';
$t->make(Groups => displayName => $_, members => [map { { value => $_ } } @users[0 .. 2]]) for 'Sales', $odd;
$t->make(Groups => displayName => 'Empty');
$t->admin(POST => '/subscriptions', { name => $_ }) for 'Mail', $odd;
my $many = { groups => ['Sales', 'empty', $odd], subscriptions => ['mail', $odd], roles => ['office-admin'] };
is_admin($t->admin(POST => '/mappings/many', $many), 200, { added => 9, existing => 0 }, 'three groups to three things');
is_admin($t->admin(POST => '/mappings/many', { %$many, groups => ['Sales'] }), 200, { added => 0, existing => 3 }, 'once more changes nothing');
is(sql("select count(*) from scim.mapping where tenant = '$own'"), 9, 'as many are there');
is_problem($t->admin(POST => '/mappings/many', { groups => ['Sales'] }), 400, 'Name subscriptions or roles.', { subscriptions => $ANY }, 'to nothing');
is_problem($t->admin(POST => '/mappings/many', { groups => ['Sales', 'nobody'], subscriptions => ['Mail'] }), 404, qr/^There is no group "nobody"/, { groups => $ANY }, 'no such group');
is_problem($t->admin(POST => '/mappings/many', { groups => ['Sales'], subscriptions => ['none'] }), 404, qr/^There is no subscription "none"/, { subscriptions => $ANY }, 'no such subscription');
is_problem($t->admin(POST => '/mappings/many', { groups => ['Sales'], roles => ['king'] }), 404, qr/^There is no role "king"/, { roles => $ANY }, 'no such role');
is_json(unjson(scimctl(qw(mapping add-many --groups), 'Sales,Empty', qw(--roles read-only --json --tenant), $own)), { added => 2, existing => 0 }, 'scimctl mapping add-many');
is(sql("select count(*) from scim.audit where tenant = '$own' and action = 'map'"), 11, 'the audit log has each');

# --- previews with any name -----------------------------------------------------------------------------------------------------

$t->admin(DELETE => "/mappings/$_->{id}") for @{ $t->admin(GET => '/mappings?limit=500')->{json}{items} };
$t->admin(PATCH => '', { syncPolicy => 'groups' });
my $seen = $t->admin(POST => '/preview', { group => $odd, subscription => $odd });
is($seen->{status}, 200, 'a mapping by its two sides') or diag $seen->{body};
is_json([$seen->{json}{granted}{count}, $seen->{json}{granted}{items}[0]{subscription}], [3, $odd], 'whatever signs the names have');
is_json(unjson(scimctl(qw(policy preview --json --tenant), $own, '--group', $odd, '--role', 'administrator'))->{granted}{count}, 3, 'scimctl, two options');
is_problem($t->admin(POST => '/preview', { group => 'Sales' }), 400, $ANY, { group => $ANY }, 'a group without the other side');
is($t->admin(POST => '/preview', { group => 'Sales', role => 'user' })->{json}{granted}{count}, 0, 'the default role is nothing new');
is(sql("select count(*) from scim.mapping where tenant = '$own'"), 0, 'nothing was saved');

# --- held requests -----------------------------------------------------------------------------------------------------------------

my ($one, $two) = map { $t->make(Groups => displayName => "Team $_", members => [map { { value => $_ } } @users]) } 1, 2;
$t->admin(PATCH => '', { guardLimit => 2 });
is($t->request(PUT => "/Groups/$one", { schemas => [$GROUP], displayName => 'Team 1', members => [map { { value => $_ } } @users[0, 1]] })->{status}, 429, 'four are taken out');
is($t->request(DELETE => "/Groups/$two")->{status}, 429, 'a group of six goes');
my %hold = map { $_->{method} => $_ } @{ $t->admin(GET => '/holds')->{json}{items} };
is_json(names($hold{PUT}{people}), [qw(u3 u4 u5 u6)], 'whom the first would touch');
is_json(names($hold{DELETE}{people}), [qw(u1 u2 u3 u4 u5 u6)], 'and the second');
is_json([@{ $hold{PUT}{people}[0] }{qw(id userName displayName)}], [$users[2], 'u3', 'u3'], 'by id and name');
like(scimctl(qw(hold show --tenant), $own, $hold{PUT}{id}), qr/^People +u3, u4, u5, u6$/m, 'scimctl hold show');
is_problem($t->admin(POST => '/holds/reject', { holds => ['77777'] }), 404, $ANY, $ANY, 'no such hold') if 0;
is_admin($t->admin(POST => '/holds/reject', {}), 200, { rejected => 2 }, 'both are rejected at once');
is_json([map { $_->{state} } @{ $t->admin(GET => '/holds')->{json}{items} }], ['rejected', 'rejected'], 'each is');
is_admin($t->admin(POST => '/holds/reject', {}), 200, { rejected => 0 }, 'nothing is left');
is($t->request(DELETE => "/Groups/$two")->{status}, 403, 'a rejected request is refused');
is($t->admin(POST => "/holds/$hold{PUT}{id}/release", {})->{status}, 200, 'one is released alone');
is($t->request(DELETE => "/Groups/$two")->{status}, 403, 'the other stays rejected');
is($t->request(PUT => "/Groups/$one", { schemas => [$GROUP], displayName => 'Team 1', members => [map { { value => $_ } } @users[0, 1]] })->{status}, 200, 'the released one passes');
$t->admin(PATCH => '', { guardLimit => undef });

# --- duplicates that are different people ---------------------------------------------------------------------------------------------

my @alike = map { $t->make(Users => userName => "kim$_", emails => [{ value => 'kim@x.example' }]) } 1 .. 3;
sub listed { return [map { [$_->{key}, map { $_->{userName} } @{ $_->{accounts} }] } @{ $t->admin(GET => '/duplicates')->{json}{items} }] }
is_json(listed(), [['kim@x.example', qw(kim1 kim2 kim3)]], 'three who may be one');
is_admin($t->admin(POST => '/duplicates/dismiss', { users => ['kim1', $alike[1]] }), 200, { pairs => 1 }, 'two are not');
is(scalar @{ listed() }, 1, 'the third may still be one of them');
is_admin($t->admin(POST => '/duplicates/dismiss', { users => \@alike }), 200, { pairs => 2 }, 'nor is the third');
is_json(listed(), [], 'nothing is left to look at');
is_admin($t->admin(POST => '/duplicates/dismiss', { users => \@alike }), 200, { pairs => 0 }, 'once more changes nothing');
is_problem($t->admin(POST => '/duplicates/dismiss', { users => ['kim1'] }), 400, 'A single account is not a duplicate; name at least two.', { users => $ANY }, 'one alone');
is_problem($t->admin(POST => '/duplicates/dismiss', { users => ['kim1', 'nobody'] }), 404, $ANY, { user => $ANY }, 'nobody');
$t->make(Users => userName => 'kim4', emails => [{ value => 'kim@x.example' }]);
is(scalar @{ listed() }, 1, 'a new one is looked at anew');
is(sql("select count(*) from scim.audit where tenant = '$own' and action = 'dismiss'"), 2, 'the audit log has what was decided');

done_testing;
