# Decisions of administrators about held requests: a release lets one request pass, and a rejection stays when others
# are released.
use strict;
use warnings;
use utf8;
use Test::More;
use ScimTest;

my $t = ScimTest->new('guard-decisions');
my $own = $t->tenant;
my $n = 0;
my $refused = qr/^An administrator has rejected this request, .* Nothing was changed\./;

# A new group with so many new users.
sub crew { my ($size) = @_; $n++; my @ids = map { $t->make(Users => userName => "crew$n-$_") } 1 .. $size; return $t->make(Groups => displayName => "Crew $n", members => [map { { value => $_ } } @ids]) }
sub empty { my ($group, %headers) = @_; return $t->patch("/Groups/$group", [{ op => 'remove', path => 'members' }], %headers) }
sub size { return scalar @{ $t->stored_members($_[0]) } }
sub hold_of { my ($group) = @_; my ($hold) = grep { $_->{path} eq "/Groups/$group" } @{ $t->admin(GET => '/holds?limit=100')->{json}{items} }; return $hold }
sub decide { my ($group, $what, %args) = @_; return $t->admin(POST => '/holds/' . hold_of($group)->{id} . "/$what", {%args}) }
sub is_held { my ($res, $name) = @_; local $Test::Builder::Level = $Test::Builder::Level + 1; return is_error($res, 429, undef, qr/^Held by the guard against mass changes/, $name) }
sub is_refused { my ($res, $name) = @_; local $Test::Builder::Level = $Test::Builder::Level + 1; return is_error($res, 403, undef, $refused, $name) }
sub later { my ($minutes) = @_;
    sql("update scim.hold set decided = decided - interval '$minutes minutes', until = until - interval '$minutes minutes' where tenant = '$own';
         update scim.loss set at = at - interval '$minutes minutes' where tenant = '$own';
         update scim.tenant set guard_until = guard_until - interval '$minutes minutes' where tenant = '$own'") }

$t->admin(PATCH => '', { guardLimit => 2 });
my ($one, $two, $three) = map { crew(6) } 1 .. 3;
is_held(empty($_), 'held') for $one, $two, $three;

# --- one rejected, another one released ---------------------------------------------------------------------------------------------------------

is(decide($one, 'reject')->{status}, 200, 'one is rejected');
my $res = decide($two, 'release', minutes => 30);
is_json([@{ $res->{json} }{qw(state weight decidedBy until)}], ['released', 6, 'admin', $TIME], 'another one released');
is_json([map { hold_of($_)->{state} } $one, $two, $three], [qw(rejected released held)], 'each hold by itself');
is(sql("select guard_until is null from scim.tenant where tenant = '$own'"), 't', 'the guard stays');
is_refused(empty($one), 'what was rejected');
is_held(empty($three), 'what was not decided');
is($t->patch("/Groups/$two", [{ op => 'replace', path => 'members', value => [] }])->{status}, 429, 'the same by other words is another request');
is($t->request(DELETE => "/Groups/$two")->{status}, 429, 'and so is another method');
my $second = $t->new_token('second');
is_held(empty($two, Authorization => "Bearer $second"), 'and that of another token');
is_empty(empty($two), 204, 'what was released passes');
is_json([map { size($_) } $one, $two, $three], [6, 0, 6], 'and is done alone');
is(sql("select coalesce(sum(weight), 0) from scim.loss where tenant = '$own'"), 0, 'what an administrator has let pass does not count against others');
is_empty($t->patch("/Groups/$two", [{ op => 'add', path => 'members', value => [map { { value => $t->make(Users => userName => "again$_") } } 1 .. 6] }]), 204, 'members come back');
is_empty(empty($two), 204, 'within its time it passes again');

# A release is for the number of people at that time.
is_empty($t->patch("/Groups/$two", [{ op => 'add', path => 'members', value => [map { { value => $t->make(Users => userName => "more$_") } } 1 .. 7] }]), 204, 'more come');
is_held(empty($two), 'which is more than was released');
is(hold_of($two)->{weight}, 7, 'a hold of its own');
is(decide($two, 'release')->{status}, 200, 'released');
is_empty(empty($two), 204, 'it passes');

# --- windows of time ----------------------------------------------------------------------------------------------------------------------------

is(decide($three, 'release', minutes => 5)->{status}, 200, 'released for five minutes');
later(6);
is_held(empty($three), 'after six it is held');
is_refused(empty($one), 'and what was rejected stays so');
is(decide($three, 'reject')->{status}, 200, 'the newer one is rejected');
is_refused(empty($three), 'and refused');
my ($older) = grep { $_->{path} eq "/Groups/$three" && $_->{state} eq 'released' } @{ $t->admin(GET => '/holds?limit=100')->{json}{items} };
is_problem($t->admin(POST => "/holds/$older->{id}/release", {}), 409, 'The request was released already; it may be sent again.', { hold => $ANY }, 'the older one cannot be released again');
is(decide($three, 'release')->{status}, 200, 'the newer one can');
is_empty(empty($three), 204, 'and passes');
later(23 * 60);
is_refused(empty($one), 'nearly a day later');
later(60);
is_held(empty($one), 'after its day it is held anew');
is(decide($one, 'reject')->{status}, 200, 'and rejected anew');

# --- everything at once -------------------------------------------------------------------------------------------------------------------------

my ($four, $five) = map { crew(6) } 1 .. 2;
is_held(empty($_), 'held') for $four, $five;
is(unjson(scimctl(qw(hold release), hold_of($four)->{id}, qw(--everything --minutes 10 --json --tenant), $own))->{state}, 'released', 'everything is released, by scimctl');
is_json([map { hold_of($_)->{state} } $one, $four, $five], [qw(rejected released released)], 'but what was rejected');
is_refused(empty($one), 'which is refused');
is_refused(empty($one, Authorization => "Bearer $second"), 'by another token as well');
is_refused($t->request(PATCH => "/Groups/$one?attributes=id", { schemas => [$PATCH], Operations => [{ op => 'remove', path => 'members' }] }), 'and with another query');
is_refused($t->request(PATCH => $_, { schemas => [$PATCH], Operations => [{ op => 'remove', path => 'members' }] }), "and with another spelling of the path: $_")
    for "/Groups/$one/", "//Groups/$one", '/Groups/' . uc($one), '/Groups/%30' . substr($one, 1);
is_empty(empty($_), 204, 'all else passes') for $four, $five;
my $six = crew(6);
is_empty(empty($six), 204, 'also what was not held');
my $seven = crew(6);
is($t->admin(PATCH => '', { guardLimit => 1 })->{status}, 200, 'another threshold');
is_empty(empty($seven), 204, 'ends nothing');
later(11);
my $eight = crew(6);
is_held(empty($eight), 'after its time the guard is back');
is_json([map { size($_) } $one, $eight], [6, 6], 'nothing else was done');

# --- changed limits, and no limit ---------------------------------------------------------------------------------------------------------------

is($t->admin(PATCH => '', { guardLimit => 1000 })->{status}, 200, 'a threshold that is never reached');
is_refused(empty($one), 'does not undo a rejection');
is($t->admin(PATCH => '', { guardLimit => undef })->{status}, 200, 'nor does no guard at all');
is_refused(empty($one), 'it is refused');
is($t->new_token('third') && empty($one, Authorization => 'Bearer ' . $t->new_token('fourth'))->{status}, 403, 'by a token that is newer');
is_empty(empty($eight), 204, 'all else passes');
is($t->admin(PATCH => '', { guardShare => 100 })->{status}, 200, 'a guard again');
is_refused(empty($one), 'it is refused');
is(decide($one, 'release')->{status}, 200, 'until an administrator releases it');
is_empty(empty($one), 204, 'then it passes');

# --- a Bulk request is one request --------------------------------------------------------------------------------------------------------------

my $BULK = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
$t->admin(PATCH => '', { guardLimit => 2, guardShare => undef });
later(61);
my @gone = map { $t->make(Users => userName => "gone$_") } 1 .. 6;
sub bulk { return $t->request(POST => '/Bulk', { schemas => [$BULK], Operations => [map { { method => 'DELETE', path => "/Users/$_" } } @_] }) }
sub bulk_hold { my ($weight) = @_; my ($hold) = grep { $_->{path} eq '/Bulk' && $_->{weight} == $weight } @{ $t->admin(GET => '/holds?limit=100')->{json}{items} }; return $hold->{id} }
is_held(bulk(@gone[0 .. 2]), 'one Bulk request');
is_held(bulk(@gone), 'and another one');
is($t->admin(POST => '/holds/' . bulk_hold(6) . '/reject', {})->{status}, 200, 'one is rejected');
is($t->admin(POST => '/holds/' . bulk_hold(3) . '/release', {})->{status}, 200, 'the other one released');
is_refused(bulk(@gone), 'one is refused');
is_json([map { $_->{status} } @{ bulk(@gone[0 .. 2])->{json}{Operations} }], [qw(204 204 204)], 'the other one passes');
is(sql("select count(*) from scim.resource where tenant = '$own' and user_name_key ~ '^gone'"), 3, 'the others are there');

# --- the guard is switched off before the decision --------------------------------------------------------------------------------------------------

for my $way ('reject', 'reject-all') {
    my $off = ScimTest->new("guard-$way");
    my @ids = map { $off->make(Users => userName => "off$_") } 1 .. 6;
    my $group = $off->make(Groups => displayName => 'Off', members => [map { { value => $_ } } @ids]);
    my $send = sub { return $off->patch("/Groups/$group", [{ op => 'remove', path => 'members' }]) };
    $off->admin(PATCH => '', { guardLimit => 2 });
    is_held($send->(), "$way: held");
    $off->admin(PATCH => '', { guardLimit => undef });
    my ($hold) = map { $_->{id} } @{ $off->admin(GET => '/holds')->{json}{items} };
    my $decided = $way eq 'reject' ? $off->admin(POST => "/holds/$hold/reject", {}) : $off->admin(POST => '/holds/reject', { holds => [$hold, $hold] });
    is($decided->{status}, 200, "$way: rejected, where there is no guard any more") or diag $decided->{body};
    is_refused($send->(), "$way: it is refused all the same");
    is(sql("select count(*) from scim.audit where tenant = '@{[$off->tenant]}' and object_type = 'Hold' and action = 'rejected'"), 1, "$way: and told once");
}

done_testing;
