# A customer's story: the tenant in the path, a token for 30 days and its expiry, accounts that are read-only and marked
# as provisioned. By SCIM, the admin API and scimctl.
use strict;
use warnings;
use utf8;
use Test::More;
use ScimTest;

my $t      = ScimTest->new('customer-expiry');
my $other  = ScimTest->new('customer-expiry-other');
my $tenant = $t->tenant;
my @tenant = ('--tenant', $tenant);

# By default a token is valid for 30 days. It belongs to the tenant in the path.
my $token = unjson(scimctl(qw(token create --json --name idp), @tenant));
is(sql("select round(extract(epoch from expires - created) / 86400) from scim.token where tenant = '$tenant' and name = 'idp'"), 30, 'for 30 days');
$t->{token} = $token->{token};
is($t->request(GET => '/Users?count=0')->{status}, 200, 'in its own path');
is_error($t->request(GET => '/Users?count=0', undef, ':base' => $other->{base}), 401, undef, undef, 'not in that of another tenant');
is_error($t->request(GET => '/Users?count=0', undef, ':base' => '/scim/v2/nobody'), 401, undef, undef, 'nor in that of nobody');
is_problem($t->admin(POST => '/tokens', { name => 'late', expires => '2020-01-01T00:00:00Z' }), 400, $ANY, { expires => $ANY }, 'no token is made for the past');
is_problem($t->admin(POST => '/tokens', { name => 'ever', expires => 'never' }), 400, $ANY, { expires => $ANY }, 'or for ever');

# Accounts are marked as provisioned, and the identity provider's values are locked.
my $id = $t->make(Users => userName => 'kim@example.com', externalId => 'k-1', name => { givenName => 'Kim', familyName => 'Berg' },
    emails => [{ value => 'kim@example.com', type => 'work', primary => true }], phoneNumbers => [{ value => '+1 555', type => 'work' }]);
my $local = $t->admin(POST => '/users', { userName => 'lee@example.com', givenName => 'Lee' });
is($local->{status}, 201, 'an account of the administrator') or diag $local->{body};
is_json({ map { $_->{userName} => $_->{source} } @{ $t->admin(GET => '/users')->{json}{items} } }, { 'kim@example.com' => 'scim', 'lee@example.com' => 'local' },
    'each is marked with its source');
my $kim = $t->admin(GET => "/users/$id")->{json};
is_json([@$kim{qw(email phone displayName)}], ['kim@example.com', '+1 555', $ANY], 'the primary entries are the account\'s');
is_json([grep { /^(userName|displayName|email|active)$/ } sort @{ $kim->{locked} }], ['active', 'displayName', 'email', 'userName'], 'what is locked is said');
for (['userName', 'x@example.com'], ['email', 'x@example.com'], ['active', false], ['givenName', 'X']) {
    my $res = $t->admin(PATCH => "/users/$id", { $_->[0] => $_->[1] });
    like($res->{status}, qr/^4/, "$_->[0] is refused");
    is_json($res->{json}{errors}, [{ field => $_->[0], detail => qr/managed by provisioning; change it in your identity provider/i }], 'with the reason') or diag $res->{body};
}
like($t->admin(DELETE => "/users/$id")->{status}, qr/^4/, 'nor is it deleted by hand');
is_json($t->admin(GET => "/users/$id")->{json}, $kim, 'nothing has changed');
is($t->admin(PATCH => "/users/$local->{json}{id}", { displayName => 'Lee L' })->{json}{displayName}, 'Lee L', 'a local account is the administrator\'s');
is_error($t->request(GET => "/Users/$local->{json}{id}"), 404, undef, undef, 'which the identity provider does not see');
is_error($t->request(POST => '/Users', { schemas => [$USER], userName => 'LEE@example.com' }), 409, 'uniqueness', qr/already exists/i, 'and does not take over');

# The token expires soon, and then expires.
sql("update scim.token set expires = now() + interval '13 days' where tenant = '$tenant' and name = 'idp'");
is_json([map { $_->{status} } @{ $t->admin(GET => '/tokens?status=expiring')->{json}{items} }], ['expiring'], 'near its end it is marked');
is($t->request(GET => "/Users/$id")->{status}, 200, 'and works');
sql("update scim.token set expires = now() - interval '1 second' where tenant = '$tenant' and name = 'idp'");
is_error($t->request(GET => "/Users/$id"), 401, undef, qr/expired/, 'after its end it is refused');
is_json([map { "$_->{name} $_->{status}" } grep { $_->{name} eq 'idp' } @{ unjson(scimctl(qw(token list --json), @tenant)) }], ['idp expired'], 'it stays in the table');
$t->{token} = unjson(scimctl(qw(token create --json --name idp-2 --expires 30d), @tenant))->{token};
is($t->patch("/Users/$id", [{ op => 'replace', path => 'title', value => 'Chief' }])->{status}, 200, 'a new one goes on where the old one ended');
is_json([map { "$_->{actor} $_->{action}" } @{ $t->admin(GET => "/audit?objectId=$id")->{json}{items} }], ['idp-2 update', 'idp create'], 'the audit log knows both');

done_testing;
