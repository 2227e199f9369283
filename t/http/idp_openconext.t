# OpenConext-Invite: PatchOp with an id, members with externalId, DELETE with a JSON body, Accept: application/json.
use strict;
use warnings;
use Test::More;
use ScimTest;

my $t = ScimTest->new('openconext');
my @json = (Accept => 'application/json', 'Content-Type' => 'application/json');
sub ask { my ($method, $path, $body) = @_; return $t->request($method, $path, $body, @json) }
my %user = (externalId => 'ann@x.example', userName => 'urn:collab:person:x.example:ann', name => { familyName => 'N', givenName => 'Ann' }, displayName => 'Ann N', active => true, emails => [{ type => 'other', value => 'ann@x.example' }]);
my $res = ask(POST => '/Users', { schemas => [$USER], %user, phoneNumbers => [], id => undef });
is_reply($res, 201, $t->user(\%user, undef, 1), 'create');
my $id = $res->{json}{id};
$res = ask(POST => '/Groups', { schemas => [$GROUP], externalId => 'urn:role:1', displayName => 'Role', id => undef, members => [] });
my $group = $res->{json}{id};
is($res->{status}, 201, 'a role is a group');
for my $op (qw(add remove add)) {
    is_empty(ask(PATCH => "/Groups/$group", { schemas => [$PATCH], externalId => 'urn:role:1', id => $group, Operations => [{ op => $op, path => 'members', value => [{ value => $id, externalId => 'ann@x.example' }] }] }), 204, "$op a member");
    is_json($t->stored_members($group), $op eq 'add' ? [$id] : [], 'stored');
}
is(ask(PUT => "/Groups/$group", { schemas => [$GROUP], externalId => 'urn:role:1', id => $group, displayName => 'Role 2', members => [{ value => $id, externalId => 'ann@x.example' }] })->{json}{displayName}, 'Role 2', 'rename');
is(ask(PATCH => "/Users/$id", { schemas => [$PATCH], id => $id, Operations => [{ op => 'replace', path => 'displayName', value => 'Ann M' }] })->{json}{displayName}, 'Ann M', 'a user');
is_empty(ask(DELETE => "/Groups/$group", { schemas => [$GROUP], externalId => 'urn:role:1', id => $group, displayName => 'Role 2' }), 204, 'DELETE with a body');
is_empty(ask(DELETE => "/Users/$id", { schemas => [$USER], %user, id => $id }), 204, 'of a user');
is_error(ask(GET => "/Users/$id"), 404, undef, undef, 'gone');

done_testing;
