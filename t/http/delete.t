# What DELETE keeps, and what a POST restores: PRODUCT row U4.
use strict;
use warnings;
use Test::More;
use ScimTest;

my $t = ScimTest->new('delete');
my %user = (userName => 'Ann', externalId => '00ujl29u0le5T6Aj10ha', displayName => 'A', active => true, title => 'old');
my $id = $t->make(Users => %user);
my $group = $t->make(Groups => displayName => 'G', members => [{ value => $id }]);
sub post { my %u = @_; $t->request(POST => '/Users', { schemas => [$USER], %u }) }
sub gone {
    my ($id, $name) = @_;
    is_error($t->request(GET => "/Users/$id"), 404, undef, qr/\Q$id/, "$name: GET");
    is_error($t->request(PUT => "/Users/$id", { schemas => [$USER], %user }), 404, undef, qr/\Q$id/, "$name: PUT");
    is_error($t->patch("/Users/$id", [{ op => 'replace', path => 'title', value => 'x' }]), 404, undef, qr/\Q$id/,
        "$name: PATCH");
    is_error($t->request(DELETE => "/Users/$id"), 404, undef, qr/\Q$id/, "$name: DELETE");
    for my $filter ('userName eq "ann"', 'externalId eq "00ujl29u0le5T6Aj10ha"', "id eq \"$id\"", 'displayName eq "A"') {
        (my $query = $filter) =~ s/([ "])/sprintf '%%%02x', ord $1/ge;
        is($t->request(GET => "/Users?filter=$query")->{json}{totalResults}, 0, "$name: $filter");
    }
    is($t->request(GET => '/Users')->{json}{totalResults}, 0, "$name: not listed");
}

is_empty($t->request(DELETE => "/Users/$id"), 204, 'DELETE');
gone($id, 'deleted');
my $row = $t->row($id);
is_json([$row->{deleted}, $row->{doc}{active}, $row->{doc}{title}, $row->{version}], [true, false, 'old', 2],
    'the row is kept and inactive');
is_json($t->stored_members($group), [], 'the memberships are gone');
is($t->row($group)->{version}, 2, 'which is a change of the group');
is_error($t->patch("/Groups/$group", [{ op => 'add', path => 'members', value => [{ value => $id }] }]), 400,
    'invalidValue', qr/\Q$id/, 'a deleted user is no member');

# The same externalId: the same account is restored.
my $res = post(%user, userName => 'Ann2', title => undef);
is_reply($res, 201, $t->user({ userName => 'Ann2', externalId => '00ujl29u0le5T6Aj10ha', displayName => 'A', active => true }, $id, 3),
    'restored by externalId');
is($res->{location}, $t->url . "/Users/$id", 'Location');
is_reply($t->request(GET => "/Users/$id"), 200, $res->{json}, 'GET finds it');
is_json($t->row($id)->{deleted}, false, 'the row is alive');
is($res->{json}{meta}{created} lt $res->{json}{meta}{lastModified}, 1, 'created is the old one');
is_json($t->stored_members($group), [], 'the memberships do not come back');
is_error(post(%user, userName => 'ann2'), 409, 'uniqueness', qr/userName/, 'it is restored once only');
is_empty($t->request(DELETE => "/Users/$id"), 204, 'DELETE again');

# Only the same userName: a new account.
$res = post(userName => 'ANN2');
is($res->{status}, 201, 'the userName is free');
my $other = $res->{json}{id};
isnt($other, $id, 'a new account');
is_json($t->row($id)->{deleted}, true, 'the old one stays deleted');
is_error(post(%user, userName => 'ann2'), 409, 'uniqueness', qr/userName/,
    'restoring under a name that is taken');
is_json($t->row($id)->{deleted}, true, 'changes nothing');
is_empty($t->request(DELETE => "/Users/$other"), 204, 'DELETE the new one');
$res = post(userName => 'someone', externalId => '00UJL29U0LE5T6AJ10HA');
isnt($res->{json}{id}, $id, 'externalId is case-exact here too');
is_empty($t->request(DELETE => "/Users/$res->{json}{id}"), 204, 'DELETE it');

# The tenant's setting
scimctl(qw(tenant set), $t->tenant, qw(--restore userName));
$res = post(userName => 'aNN2');
is($res->{status}, 201, 'by userName');
is($res->{json}{id}, $other, 'the last one of that name') or diag "first was $id";
is_json($res->{json}{userName}, 'aNN2', 'as it is spelled now');
is_empty($t->request(DELETE => "/Users/$other"), 204, 'DELETE');
$res = post(%user);
is($res->{json}{id}, $id, 'by externalId too');
is_empty($t->request(DELETE => "/Users/$id"), 204, 'DELETE');
scimctl(qw(tenant set), $t->tenant, qw(--restore never));
my @new = map { my $res = post(%user, userName => $_); is($res->{status}, 201, "never: $_"); $res->{json}{id} } 'Ann', 'ann2';
is(scalar(grep { $_ eq $id || $_ eq $other } @new), 0, 'new accounts');
is_empty($t->request(DELETE => "/Users/$_"), 204, 'DELETE') for @new;
scimctl(qw(tenant set), $t->tenant, qw(--restore externalId));
gone($id, 'in the end');

# A deleted group is archived, and a new one does not get its id.
is_empty($t->request(DELETE => "/Groups/$group"), 204, 'DELETE a group');
is_json($t->row($group)->{deleted}, true, 'its row is kept');
$res = $t->request(POST => '/Groups', { schemas => [$GROUP], displayName => 'G' });
is($res->{status}, 201, 'its name is free');
isnt($res->{json}{id}, $group, 'a new group');

done_testing;
