# A customer's story: one token at a time, and the application's profiles and projects as groups, whose members the
# identity provider changes. By SCIM, the admin API and scimctl.
use strict;
use warnings;
use utf8;
use Test::More;
use ScimTest;

my $t      = ScimTest->new('customer-one-token');
my $tenant = $t->tenant;
my @tenant = ('--tenant', $tenant);

# One token: a second one is refused; switching off and on again replaces it.
scimctl(qw(tenant set), $tenant, '--one-token');
my $second = $t->admin(POST => '/tokens', { name => 'second' });
is($second->{status}, 409, 'a second token is refused') or diag $second->{body};
is($t->request(GET => '/Users?count=0')->{status}, 200, 'the first one works');
scimctl(qw(tenant disable), $tenant, qw(--accounts keep));
is_error($t->request(GET => '/Users?count=0'), 403, undef, qr/switched off/, 'switched off');
my $old = $t->{token};
my $on  = $t->admin(POST => '/enable', {});
is($on->{status}, 200, 'switched on again') or diag $on->{body};
is_error($t->request(GET => '/Users?count=0'), 401, undef, undef, 'the old token is gone');
like($t->{token} = $on->{json}{token}, qr/^scim_\w{59}$/, 'a new one is shown, this one time');
is($t->request(GET => '/Users?count=0')->{status}, 200, 'and works');
my @tokens = @{ unjson(scimctl(qw(token list --json), @tenant)) };
is_json([sort map { $_->{status} } @tokens], ['active', 'revoked'], 'one of two is active');
ok(!defined $_->{token}, 'the list shows no secret') for @tokens;

# Clients see profiles, and projects with levels of access, as groups.
my $profile = $t->admin(POST => '/groups', { kind => 'profile', displayName => 'Engineers' });
is($profile->{status}, 201, 'a profile') or diag $profile->{body};
my %level;
for ('Read-only', 'Full access') {
    my $made = $t->admin(POST => '/groups', { kind => 'project', project => 'Transmission line', access => $_ });
    is($made->{status}, 201, "a level of access: $_") or diag $made->{body};
    $level{$_} = $made->{json}{id};
}
my $list = $t->request(GET => '/Groups?excludedAttributes=members');
is_json([sort map { $_->{displayName} } @{ $list->{json}{Resources} }],
    ['Engineers', 'Transmission line (Full access)', 'Transmission line (Read-only)'], 'the identity provider finds them');

# The identity provider changes their members, and nothing else.
my %id = map { $_ => $t->make(Users => userName => "$_\@example.com") } qw(ann bob);
my $full = "/Groups/$level{'Full access'}";
is($t->patch($full, [{ op => 'add', path => 'members', value => [{ value => $id{ann} }, { value => $id{bob} }] }])->{status}, 204, 'members are added');
is($t->patch($full, [{ op => 'remove', path => "members[value eq \"$id{bob}\"]" }])->{status}, 204, 'and taken out');
is_json($t->stored_members($level{'Full access'}), [$id{ann}], 'as it is stored');
is_error($t->patch($full, [{ op => 'replace', path => 'displayName', value => 'Mine' }]), 400, 'mutability', qr/belongs to the application/, 'it is not renamed');
is_error($t->request(DELETE => $full), 403, undef, qr/belongs to the application/, 'or deleted');
my $bulk = $t->request(POST => '/Bulk', { schemas => ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
    Operations => [{ method => 'DELETE', path => $full }, { method => 'PATCH', path => $full, data => { schemas => [$PATCH],
        Operations => [{ op => 'add', path => 'members', value => [{ value => $id{bob} }] }] } }] });
is_json([map { $_->{status} } @{ $bulk->{json}{Operations} }], ['403', '204'], 'in Bulk neither, while its members change');
is_json($t->stored_members($level{'Full access'}), [sort @id{qw(ann bob)}], 'as it is stored');
is($t->admin(GET => "/groups/$level{'Full access'}")->{json}{displayName}, 'Transmission line (Full access)', 'the administrator sees the same');
is_json([sort map { $_->{name} } @{ $t->admin(GET => "/groups/$level{'Full access'}/members")->{json}{items} }],
    ['ann@example.com', 'bob@example.com'], 'with its members');

# Only administrators rename and delete it.
my $renamed = $t->admin(PATCH => "/groups/$profile->{json}{id}", { displayName => 'Engineering' });
is_json([@{ $renamed->{json} }{qw(displayName source kind)}], ['Engineering', 'application', 'profile'], 'an administrator renames it') or diag $renamed->{body};
is($t->request(GET => "/Groups/$profile->{json}{id}")->{json}{displayName}, 'Engineering', 'which is seen on the wire');
scimctl(qw(group remove Engineering), @tenant);
is_error($t->request(GET => "/Groups/$profile->{json}{id}"), 404, undef, undef, 'and deletes it');

done_testing;
