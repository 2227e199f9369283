# Microsoft Entra ID with aadOptscim062020 in the tenant URL: every request has the flag.
use strict;
use warnings;
use Test::More;
use ScimTest;

my $t = ScimTest->new('entra-flag');
my $FLAG = 'aadOptscim062020';
sub ask {
    my ($method, $path, $json) = @_;
    return $t->request($method => $path . ($path =~ /\?/ ? '&' : '?') . $FLAG, $json);
}
sub patch { ask(PATCH => $_[0], { schemas => [$PATCH], Operations => $_[1] }) }

is_reply(ask(GET => '/Users?filter=userName+eq+%2251a3b8a4-2d5c-4a80-95b2-b10ad7c84b62%22'), 200, listing(0, 1),
    'Test Connection');
is_reply($t->request(GET => "/Users?$FLAG&filter=userName+eq+%22x%22"), 200, listing(0, 1), 'the flag first');
is_reply($t->request(GET => "/Users?$FLAG=&filter=userName+eq+%22x%22"), 200, listing(0, 1), 'the flag with =');
is_reply($t->request(GET => "/$FLAG/Users?filter=userName+eq+%22x%22"), 200, listing(0, 1), 'the flag in the path, behind the tenant');
for my $path ("/Users/$FLAG", "/Users/$FLAG/", "/Users;$FLAG", "/Users&$FLAG", "/Users%3F$FLAG", "/$FLAG/$FLAG/Users") {
    is_error($t->request(GET => "$path?filter=userName+eq+%22x%22"), 404, undef, undef, "and nowhere else: $path");
}
is_reply($t->request(GET => "?$FLAG/Users?filter=userName+eq+%22x%22"), 200, listing(0, 1), 'a path behind the flag');
is_reply($t->request(GET => "?$FLAG/Users&filter=userName+eq+%22x%22"), 200, listing(0, 1), 'with its query behind &');
is_error($t->request(GET => "?$FLAG/Users/nobody"), 404, undef, qr/nobody/, 'and with an id');
is($t->request(GET => "/Users;other?count=0")->{status}, 404, 'and nothing else there');

my %user = (externalId => '58342554-38d6-4ec8-948c-50044d0a33fd', userName => 'Test_User_1@contoso.com', active => true,
    emails => [{ primary => true, type => 'work', value => 'Test_User_1@contoso.com' }],
    name => { formatted => 'g f', familyName => 'f', givenName => 'g' });
my $res = ask(POST => '/Users', { schemas => [$USER, $ENTERPRISE], %user, meta => { resourceType => 'User' }, roles => [] });
my %is = (%user, displayName => 'g f');
is_reply($res, 201, $t->user(\%is, undef, 1), 'create');
my $id = $res->{json}{id};
my $url = "/Users/$id";
is($res->{location}, $t->url . $url, 'Location, without the flag');
is_reply(ask(GET => '/Users?filter=userName+eq+%22Test_User_1%40contoso.com%22'), 200, listing(1, 1, $res->{json}), 'found');
is_reply(ask(GET => $url), 200, $res->{json}, 'GET by id');

my $version = 1;
sub updates {
    my ($name, $operations, %change) = @_;
    my $res = patch($url, $operations);
    %is = (%is, %change);
    $version++ if %change;
    my $body = $t->user(\%is, $id, $version);
    is_reply($res, 200, $body, $name);
    is_json($t->row($id)->{doc}, { %is, schemas => $body->{schemas} }, "$name: stored");
}
updates('disable', [{ op => 'replace', path => 'active', value => false }], active => false);
updates('disable again', [{ op => 'replace', path => 'active', value => false }]);
updates('enable', [{ op => 'replace', path => 'active', value => true }], active => true);
updates('several attributes', [
    { op => 'replace', path => 'emails[type eq "work"].value', value => 'x@test.microsoft.com' },
    { op => 'replace', value => { displayName => 'Bjfe', 'name.givenName' => 'Kkom', 'name.familyName' => 'Unua',
        "$ENTERPRISE:employeeNumber" => 'Aklq' } } ],
    emails => [{ primary => true, type => 'work', value => 'x@test.microsoft.com' }], displayName => 'Bjfe',
    name => { formatted => 'g f', givenName => 'Kkom', familyName => 'Unua' }, $ENTERPRISE => { employeeNumber => 'Aklq' });
updates('the same again', [{ op => 'replace', value => { displayName => 'Bjfe', 'name.givenName' => 'Kkom',
    "$ENTERPRISE:employeeNumber" => 'Aklq' } }]);
updates('add', [{ op => 'add', value => { title => 'T', "$ENTERPRISE:department" => 'Dep' } },
    { op => 'add', path => 'phoneNumbers[type eq "work"].value', value => '+1 555' }],
    title => 'T', $ENTERPRISE => { employeeNumber => 'Aklq', department => 'Dep' },
    phoneNumbers => [{ type => 'work', value => '+1 555' }]);
$res = patch($url, [{ op => 'remove', path => 'title' }]);
is($res->{status}, 200, 'remove');
ok(!exists $t->row($id)->{doc}{title}, 'it is gone');

my %group = (externalId => 'g-1', displayName => 'Group');
$res = ask(POST => '/Groups', { schemas => [$GROUP, 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group'],
    %group, meta => { resourceType => 'Group' } });
is_reply($res, 201, $t->group(\%group, undef, 1), 'create a group');
my $g = $res->{json}{id};
is_reply(ask(GET => '/Groups?excludedAttributes=members&filter=displayName+eq+%22Group%22'), 200,
    listing(1, 1, $res->{json}), 'found');
is_empty(patch("/Groups/$g", [{ op => 'add', path => 'members', value => [{ value => $id }] }]), 204, 'add a member');
is_json($t->stored_members($g), [$id], 'stored');
is_empty(patch("/Groups/$g", [{ op => 'remove', path => 'members[value eq "7f4bc1a3-285e-48ae-8202-5accb43efb0e"]' }]), 204,
    'remove a non-member');
is_json($t->stored_members($g), [$id], 'changes nothing');
is_empty(patch("/Groups/$g", [{ op => 'remove', path => "members[value eq \"$id\"]" }]), 204, 'remove the member');
is_json($t->stored_members($g), [], 'stored');
is_empty(patch("/Groups/$g", [{ op => 'replace', path => 'displayName', value => 'new' }]), 204, 'rename');
is_empty(patch("/Groups/$g", [{ op => 'replace', value => { displayName => 'newer' } }]), 204, 'rename without a path');
is($t->row($g)->{doc}{displayName}, 'newer', 'stored');
is_empty(ask(DELETE => "/Groups/$g"), 204, 'delete the group');
is_empty(ask(DELETE => $url), 204, 'delete the user');
is_error(ask(GET => $url), 404, undef, undef, 'gone');

done_testing;
