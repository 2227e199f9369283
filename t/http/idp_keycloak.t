# keycloak-scim, which uses SCIM-SDK: a list of one text instead of a value, members as JSON in strings, remove with
# null for "none", a base URL without a slash at its end.
use strict;
use warnings;
use Test::More;
use ScimTest;

my $t = ScimTest->new('keycloak');
my %user = (externalId => '4e1c8f0e-66a2-4b5e-8a1e-0f5d1c2b3a49', userName => 'ann', displayName => 'Ann N', active => true, name => { familyName => 'N', givenName => 'Ann' }, emails => [{ value => 'ann@x.example' }]);
my $res = $t->request(POST => '/Users', { schemas => [$USER], %user, meta => { resourceType => 'User' }, roles => [] });
is_reply($res, 201, $t->user(\%user, undef, 1), 'create');
my $id = $res->{json}{id};
$res = $t->patch("/Users/$id", [{ op => 'replace', path => 'active', value => ['false'] }, { op => 'replace', path => 'userName', value => ['ann2'] }, { op => 'replace', path => 'displayName', value => ['Ann M'] }]);
is_reply($res, 200, $t->user({ %user, active => false, userName => 'ann2', displayName => 'Ann M' }, $id, 2), 'PATCH with lists of one text, by SCIM-SDK up to 4');
$res = $t->patch("/Users/$id", [{ op => 'replace', path => 'active', value => 'true' }, { op => 'replace', path => 'userName', value => 'ann' }, { op => 'replace', path => 'displayName', value => 'Ann N' }]);
is_reply($res, 200, $t->user(\%user, $id, 3), 'PATCH with texts, by later ones');
is_reply($t->request(PUT => "/Users/$id", { schemas => [$USER], id => $id, %user, meta => { resourceType => 'User', location => 'x' } }), 200, $t->user(\%user, $id, 4), 'PUT');

$res = $t->request(POST => '/Groups', { schemas => [$GROUP], externalId => 'g-1', displayName => 'Team', members => [] });
my $group = $res->{json}{id};
is($res->{status}, 201, 'a group');
for my $value ([json({ value => $id })], [{ value => $id }]) {
    is_empty($t->patch("/Groups/$group", [{ op => 'remove', path => 'members', value => undef }, { op => 'replace', path => 'displayName', value => ['Team'] }, { op => 'replace', path => 'externalId', value => ['g-1'] }]), 204, 'no members: remove with null');
    is_json($t->stored_members($group), [], 'nobody is left');
    is_empty($t->patch("/Groups/$group", [{ op => 'replace', path => 'members', value => $value }, { op => 'replace', path => 'displayName', value => ['Team 2'] }, { op => 'replace', path => 'externalId', value => ['g-1'] }]), 204, 'members ' . json($value));
    is_json([$t->stored_members($group), $t->row($group)->{doc}{displayName}], [[$id], 'Team 2'], 'stored');
}
is_error($t->request(PUT => "Groups/$group", { schemas => [$GROUP], displayName => 'x' }), 404, undef, qr{; use \Q@{[$t->url]}\E/Groups/$group\. Correct the base URL in the identity provider}, 'a base URL without its slash');
is_empty($t->request(DELETE => "/Groups/$group"), 204, 'delete the group');
is_empty($t->request(DELETE => "/Users/$id"), 204, 'delete the user');

done_testing;
