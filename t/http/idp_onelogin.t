# OneLogin: URNs of SCIM 1.1, '+' for a space, '&' and '?' at the end, one object instead of a list, PUT for users,
# PATCH for groups.
use strict;
use warnings;
use Test::More;
use ScimTest;

my $t = ScimTest->new('onelogin');
my $CORE = 'urn:scim:schemas:core:2.0';
my $EXT  = 'urn:scim:schemas:extension:enterprise:2.0';
my @old = (schemas => [$CORE, $EXT]);

# When the connection is saved
is($t->request(GET => '/ServiceProviderConfig')->{status}, 200, 'ServiceProviderConfig');
is_reply($t->request(GET => '/Users?filter=userName+eq+%22ann%40x.example%22&'), 200, listing(0, 1), 'match: nobody');

my %user = (userName => 'ann@x.example', name => { familyName => 'Nn', givenName => 'A' }, displayName => 'A Nn',
    externalId => '4711', active => true, title => 'Chief');
my $mail = { value => 'ann@x.example', type => 'work' };
my $res = $t->request(POST => '/Users?', { @old, %user, emails => $mail });
my %is = (%user, emails => [$mail]);
is_reply($res, 201, $t->user(\%is, undef, 1), 'create');
my $id = $res->{json}{id};
my $url = "/Users/$id";
is($res->{location}, $t->url . $url, 'Location, without the question mark');
is_json($t->row($id)->{doc}, { schemas => [$USER], %is }, 'stored, with the URN of SCIM 2.0');
is_reply($t->request(GET => '/Users?filter=userName+eq+%22ANN%40x.example%22&'), 200, listing(1, 1, $res->{json}), 'found');
is_reply($t->request(GET => "$url?"), 200, $res->{json}, 'GET by id');
is_error($t->request(POST => '/Users?', { @old, %user, emails => $mail }), 409, 'uniqueness', qr/userName/, 'create again');

my $version = 1;
sub puts {
    my ($name, $sent, $change) = @_;
    my $res = $t->request(PUT => "$url?", { @old, %user, %$sent });
    %is = (%user, %$change);
    my $body = $t->user(\%is, $id, ++$version);
    is_reply($res, 200, $body, $name);
    is_json($t->row($id)->{doc}, { %is, schemas => $body->{schemas} }, "$name: stored");
}
puts('PUT of another e-mail', { emails => { value => 'a2@x.example' } }, { emails => [{ value => 'a2@x.example' }] });
puts('PUT of a list of e-mails', { emails => [$mail, { value => 'h@x' }] }, { emails => [$mail, { value => 'h@x' }] });
puts('PUT of a phone number as an object', { phoneNumbers => { value => '+41 1', type => 'work' }, emails => $mail },
    { phoneNumbers => [{ value => '+41 1', type => 'work' }], emails => [$mail] });
puts('PUT with the extension', { $EXT => { department => 'Sales', employeeNumber => '7' } },
    { $ENTERPRISE => { department => 'Sales', employeeNumber => '7' } });
puts('PUT with nulls', { $EXT => { department => undef }, emails => undef, phoneNumbers => undef }, {});
puts('deactivate', { active => false }, { active => false });
is_reply($t->request(GET => '/Users?filter=userName+eq+%22ann%40x.example%22&'), 200,
    listing(1, 1, $t->user(\%is, $id, $version)), 'a deactivated user is found');
puts('activate', { active => true }, { active => true });
is_error($t->request(PUT => '/Users/4711?', { @old, %user }), 404, undef, qr/4711/, 'PUT of nobody');

# Filters with the old URNs
for my $filter ("$CORE:userName+eq+%22ann%40x.example%22", "schemas+eq+%22$CORE%22") {
    is($t->request(GET => "/Users?filter=$filter&")->{status}, 200, "filter $filter");
}
is($t->request(GET => "/Users?filter=$CORE:userName+eq+%22ann%40x.example%22&")->{json}{totalResults}, 1,
    'an attribute by its old URN is found');

# Groups
is_reply($t->request(GET => '/Groups?filter=displayName+eq+%22Team%22&'), 200, listing(0, 1), 'no such group');
$res = $t->request(POST => '/Groups?', { schemas => [$CORE], displayName => 'Team' });
is_reply($res, 201, $t->group({ displayName => 'Team' }, undef, 1), 'create a group');
my $g = $res->{json}{id};
is_json($t->row($g)->{doc}, { schemas => [$GROUP], displayName => 'Team' }, 'stored');
is_reply($t->request(GET => '/Groups?filter=displayName+eq+%22Team%22&'), 200, listing(1, 1, $res->{json}), 'the group is found');
my $second = $t->make(Users => userName => 'second');
my @both = sort $id, $second;
sub group_patch {
    my ($name, $expected, @operations) = @_;
    is_empty($t->patch("/Groups/$g?", \@operations), 204, $name);
    is_json($t->stored_members($g), $expected, "$name: stored");
}
group_patch('add a member', [$id], { op => 'add', path => 'members', value => [{ value => $id }] });
group_patch('add two', \@both, { op => 'add', path => 'members', value => [map { { value => $_ } } @both] });
group_patch('remove one', [$second], { op => 'remove', path => "members[value eq \"$id\"]" });
group_patch('replace', [$id], { op => 'replace', path => 'members', value => [{ value => $id }] });
group_patch('remove all', [], { op => 'remove', path => 'members' });
is_empty($t->request(DELETE => "/Groups/$g?"), 204, 'delete the group');
is_empty($t->request(DELETE => "$url?"), 204, 'delete the user');
is_error($t->request(GET => "$url?"), 404, undef, qr/\Q$id/, 'gone');

done_testing;
