# The guard against mass changes counts people who cannot log in any more: with a changed or removed userName, login
# e-mail address or externalId.
use strict;
use warnings;
use utf8;
use Test::More;
use ScimTest;

my $BULK = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
my $t = ScimTest->new('guard-login');
my $own = $t->tenant;
my @users = map { $t->make(Users => userName => "user$_", externalId => "e$_", emails => [{ value => "user$_\@x.example" }]) } 1 .. 12;

sub held { my ($res, $total, $most, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    return is_error($res, 429, undef, "Held by the guard against mass changes: with this request $total people would have lost access within an hour, "
        . "and this tenant allows $most. Nothing was changed. An administrator can release or reject the request; send it again after that.", $name) }
sub patch { my ($n, @ops) = @_; return $t->patch("/Users/$users[$n - 1]", \@ops) }
sub name_op { return { op => 'replace', path => 'userName', value => $_[0] } }
sub put { my ($n, %u) = @_; return $t->request(PUT => "/Users/$users[$n - 1]", { schemas => [$USER], userName => "user$n", externalId => "e$n",
    emails => [{ value => "user$n\@x.example" }], %u }) }
sub bulk { return $t->request(POST => '/Bulk', { schemas => [$BULK], Operations => [map { { method => 'PATCH', path => "/Users/$users[$_->[0] - 1]",
    data => { schemas => [$PATCH], Operations => [@$_[1 .. $#$_]] } } } @_] }) }
sub forget { sql("update scim.loss set at = at - interval '2 hours' where tenant = '$own'") }
sub passes { my ($res, $name) = @_; local $Test::Builder::Level = $Test::Builder::Level + 1; return is($res->{status}, 200, $name) || diag $res->{body} }

# --- before the guard is switched on ---------------------------------------------------------------------------------------------------------

is($t->admin(GET => '')->{json}{guardLogins}, true, 'logins count by default');
passes(patch(1, name_op('renamed1')), 'without a guard everybody may be renamed');
is_json([@{ $t->admin(PATCH => '', { guardLimit => 3 })->{json} }{qw(guardLimit guardLogins)}], [3, true], 'three people an hour');
is(sql("select sum(weight) || ' ' || sum(logins) || ' ' || sum(users) from scim.loss where tenant = '$own'"), '0 1 0', 'of which there was one already');

# --- within an hour, by several requests -------------------------------------------------------------------------------------------------------

passes(patch(2, name_op('USER2')), 'another case is the same login');
passes(patch(2, { op => 'replace', path => 'externalId', value => 'other2' }), 'another externalId');
passes(patch(3, { op => 'remove', path => 'externalId' }), 'none');
held(patch(4, name_op('renamed4')), 4, 3, 'the fourth, by another userName');
held(put(4, userName => 'renamed4', externalId => 'other4'), 4, 3, 'by PUT, and of both it is one person');
held(put(4, externalId => undef), 4, 3, 'by PUT without what was there');
held(patch(4, { op => 'replace', value => { userName => 'x', active => false } }), 4, 3, 'who is deactivated too is one person');
is($t->request(GET => "/Users/$users[3]")->{json}{userName}, 'user4', 'nothing was done');
passes(patch(4, { op => 'replace', path => 'emails', value => [{ value => 'new@x.example' }] }), 'an e-mail address that is no login is none');
passes(patch(4, { op => 'replace', path => 'displayName', value => 'Four' }), 'nor is anything else');
is_json([map { [@$_{qw(method weight total threshold)}] } @{ $t->admin(GET => '/holds?limit=1')->{json}{items} }], [['PATCH', 1, 4, 3]], 'the hold has its weight');

# --- by one request ----------------------------------------------------------------------------------------------------------------------------

forget();
held(bulk(map { [$_, name_op("bulk$_")] } 4 .. 7), 4, 3, 'Bulk: four userNames');
held(bulk((map { [$_, { op => 'replace', path => 'externalId', value => "x$_" }] } 4 .. 6), [7, { op => 'replace', path => 'active', value => false }]), 4, 3, 'Bulk: externalIds, and one who is deactivated');
is(sql("select count(*) from scim.resource where tenant = '$own' and type = 'User' and doc ->> 'userName' ~ '^user([4-7])\$' and active"), 4, 'nothing was done');
is_json([map { $_->{status} } @{ bulk(map { [$_, name_op("bulk$_")] } 4 .. 6)->{json}{Operations} }], [qw(200 200 200)], 'three pass');
held(patch(7, name_op('seven')), 4, 3, 'and the next one does not');

# --- accounts that do not count ----------------------------------------------------------------------------------------------------------------

forget();
my $new = $t->make(Users => userName => 'newcomer');
passes($t->patch("/Users/$new", [{ op => 'add', path => 'externalId', value => 'first' }]), 'the first externalId');
passes(patch(8, { op => 'replace', path => 'active', value => false }), 'who is deactivated');
is(sql("select sum(weight) || ' ' || sum(logins) from scim.loss where tenant = '$own' and at > now() - interval '1 hour'"), '1 0', 'is counted for that');
passes(patch(8, name_op('inactive8')), 'and has no login to lose');
passes(patch(8, { op => 'replace', value => { active => true, userName => 'user8' } }), 'nor has who gets it back');
is($t->admin(PATCH => "/users/$_", { role => 'read-only' })->{status}, 200, 'administrators do as they please') for @users[8 .. 11];
is(sql("select sum(logins) from scim.loss where tenant = '$own' and at > now() - interval '1 hour'"), '0', 'nothing of that is counted');

# --- the e-mail address as login ---------------------------------------------------------------------------------------------------------------

forget();
is($t->admin(PATCH => '', { loginAttribute => 'email', guardLimit => 1 })->{json}{loginAttribute}, 'email', 'people log in by their e-mail address');
passes(patch(9, { op => 'add', path => 'emails', value => [{ value => 'second@x.example', type => 'home' }] }), 'another address beside it');
passes(patch(9, { op => 'replace', path => 'emails[value eq "user9@x.example"].value', value => 'USER9@x.example' }), 'another case');
passes(patch(9, { op => 'replace', path => 'emails', value => [{ value => 'moved@x.example' }] }), 'another address instead of it');
held(patch(10, { op => 'add', path => 'emails', value => [{ value => 'p@x.example', type => 'home', primary => true }] }), 2, 1, 'another primary one');
held(patch(10, { op => 'remove', path => 'emails' }), 2, 1, 'none');
held(put(10, emails => []), 2, 1, 'none by PUT');
held(put(10, emails => [{ value => 'put@x.example' }]), 2, 1, 'another one by PUT');

# --- the setting -------------------------------------------------------------------------------------------------------------------------------

is($t->admin(PATCH => '', { guardLogins => false })->{json}{guardLogins}, false, 'logins do not count');
passes(patch(10, name_op('renamed10'), { op => 'remove', path => 'externalId' }), 'whoever is renamed');
passes(patch(11, { op => 'replace', path => 'active', value => false }), 'and what was lost of them before does not count');
held(patch(12, { op => 'replace', path => 'active', value => false }), 2, 1, 'but access does');
is_json(unjson(scimctl(qw(tenant set), $own, qw(--guard-logins --json)))->{guardLogins}, true, 'logins count again, by scimctl');
held(patch(12, name_op('renamed12')), 4, 1, 'with those of this hour');
$t->admin(PATCH => '', { guardLimit => undef, guardShare => 20 });
held(patch(12, name_op('renamed12')), 4, 3, 'of a share, too');
is($t->admin(PATCH => '', { guardShare => undef })->{status}, 200, 'without a guard');
passes(patch(12, name_op('renamed12')), 'everybody passes');

# --- adopting ----------------------------------------------------------------------------------------------------------------------------------

my $adopt = ScimTest->new('guard-adopt');
$adopt->admin(PATCH => '', { guardLimit => 1, localMatch => 'adopt' });
is($adopt->admin(POST => '/users', { userName => "loc$_", email => "loc$_\@x.example" })->{status}, 201, 'a local account') for 1 .. 3;
sub sent { my ($n, $name) = @_; return { schemas => [$USER], userName => $name, emails => [{ value => "loc$n\@x.example" }] } }
is($adopt->request(POST => '/Users', sent(1, 'loc1'))->{status}, 201, 'adopted under its own userName');
is($adopt->request(POST => '/Users', sent(2, 'taken2'))->{status}, 201, 'and under another one');
held($adopt->request(POST => '/Users', sent(3, 'taken3')), 2, 1, 'which counts');

done_testing;
