# A customer's story: tokens rotated and revoked; roles with a default, a primary one and an unknown one; a group
# archived and one unlinked; a user deactivated and kept. By SCIM, the admin API and scimctl.
use strict;
use warnings;
use utf8;
use Test::More;
use ScimTest;

my $t      = ScimTest->new('customer-rotation');
my $tenant = $t->tenant;
my @tenant = ('--tenant', $tenant);

# Rotation without interruption: two tokens at once, then the first is revoked.
my $first = $t->{token};
my $made  = $t->admin(POST => '/tokens', { name => 'entra 2027', description => 'renewed each year', expires => '2027-11-01T00:00:00Z' });
is_json([@{ $made->{json} }{qw(name status createdBy expires)}], ['entra 2027', 'active', 'admin', '2027-11-01T00:00:00.000000Z'], 'a second token, with a date of its own') or diag $made->{body};
my $new = $made->{json}{token};
is($t->request(GET => '/Users?count=0', undef, Authorization => "Bearer $_")->{status}, 200, 'both work') for $first, $new;
scimctl(qw(token revoke test), @tenant);
is_error($t->request(GET => '/Users?count=0'), 401, undef, undef, 'the next request with the first one is refused');
$t->{token} = $new;
is($t->request(GET => '/Users?count=0')->{status}, 200, 'the second one goes on');
my %token = map { $_->{name} => $_ } @{ $t->admin(GET => '/tokens')->{json}{items} };
is_json([@{ $token{test} }{qw(status revokedBy)}], ['revoked', qr/^scimctl:/], 'the table says who revoked it');

# Roles: none sent, the primary one, an unknown one.
my %id;
$id{none} = $t->make(Users => userName => 'none@example.com');
$id{two}  = $t->make(Users => userName => 'two@example.com', roles => [{ value => 'read-only' }, { value => 'Office-ADMIN', primary => true }]);
is_json([@{ $t->admin(GET => "/users/$id{none}")->{json} }{qw(role roleDefault source)}], ['user', true, 'scim'], 'none sent: the default');
is_json([@{ $t->admin(GET => "/users/$id{two}")->{json} }{qw(role roleDefault)}], ['office-admin', false], 'the primary one, whatever its case');
is_error($t->request(POST => '/Users', { schemas => [$USER], userName => 'bad@example.com', roles => [{ value => 'Pilot' }] }), 400, 'invalidValue',
    'Role not found: Pilot. The roles here are: administrator, office-admin, user, read-only, summary-only. Correct the mapping of roles in the identity provider, or let an administrator add the role here.', 'an unknown one is refused by its name');
is(sql("select count(*) from scim.resource where tenant = '$tenant' and user_name_key = 'bad\@example.com'"), 0, 'and nobody was made');
is_json(unjson(scimctl(qw(role add Pilot --json), @tenant))->{role}, 'Pilot', 'the administrator makes the role');
$id{pilot} = $t->make(Users => userName => 'bad@example.com', roles => [{ value => 'pilot' }]);
is($t->admin(GET => "/users/$id{pilot}")->{json}{role}, 'Pilot', 'now it is accepted');
scimctl(qw(tenant set), $tenant, qw(--default-role read-only));
is($t->admin(GET => "/users/$id{none}")->{json}{role}, 'read-only', 'another default');

# The administrator sets role and flags of a provisioned account, but no value that the identity provider manages.
my $locked = $t->admin(PATCH => "/users/$id{none}", { displayName => 'Mine', role => 'user' });
ok($locked->{status} =~ /^4/, 'a managed field is refused') or diag $locked->{body};
is_json($locked->{json}{errors}, [{ field => 'displayName', detail => qr/managed by provisioning; change it in your identity provider/i }], 'with the reason');
is($t->admin(PATCH => "/users/$id{none}", { role => 'summary-only' })->{json}{role}, 'summary-only', 'the role is free');

# Groups: the identity provider archives one and restores it; another is unlinked.
my %group = map { $_ => $t->make(Groups => displayName => $_, members => [{ value => $id{two} }]) } qw(Archive Unlink);
is($t->request(DELETE => "/Groups/$group{Archive}")->{status}, 204, 'the identity provider deletes a group');
is_error($t->request(GET => "/Groups/$group{Archive}"), 404, undef, undef, 'gone on the wire');
is_json([map { $_->{id} } @{ $t->admin(GET => '/groups?archived=true')->{json}{items} }], [$group{Archive}], 'the administrator has it in the archive');
is($t->admin(POST => "/groups/$group{Archive}/restore", {})->{status}, 200, 'and brings it back');
is_json([map { $_->{value} } @{ $t->request(GET => "/Groups/$group{Archive}")->{json}{members} }], [$id{two}], 'with its member');
is($t->admin(POST => "/groups/$group{Unlink}/unlink", {})->{json}{source}, 'local', 'another one is unlinked');
is_error($t->request(GET => "/Groups/$group{Unlink}"), 404, undef, undef, 'the identity provider no longer sees it');
is_json([map { $_->{display} } @{ $t->request(GET => "/Users/$id{two}")->{json}{groups} }], ['Archive'], 'not in a user either');
is($t->admin(GET => "/groups/$group{Unlink}")->{json}{members}, 1, 'it has its member all the same');

# A deactivated user keeps everything.
my $before = $t->row($id{two})->{doc};
is($t->patch("/Users/$id{two}", [{ op => 'Replace', path => 'active', value => 'False' }])->{status}, 200, 'a user is deactivated');
is_json($t->row($id{two})->{doc}, { %$before, active => false }, 'and everything is kept');
is($t->request(GET => '/Users?filter=userName%20eq%20%22two%40example.com%22')->{json}{totalResults}, 1, 'it is still found');
is_json([map { $_->{userName} } @{ $t->admin(GET => '/users?state=inactive')->{json}{items} }], ['two@example.com'], 'the administrator sees it as inactive');
is_json([map { "$_->{actorKind} $_->{actor} $_->{action}" } @{ $t->admin(GET => "/audit?objectId=$id{two}")->{json}{items} }],
    ['token entra 2027 update', 'token entra 2027 create'], 'each change names the token');

done_testing;
