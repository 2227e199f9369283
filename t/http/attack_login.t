# A token cannot take over the login of an account that it may not change.
use strict;
use warnings;
use utf8;
use Test::More;
use ScimTest;

my $BULK = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
sub mail { return [map { { value => $_ } } @_] }
sub bulk {
    my ($t, @operations) = @_;
    my $n = 0;
    return $t->request(POST => '/Bulk', { schemas => [$BULK], Operations => [map { { method => $_->[0], path => $_->[1],
        ($_->[0] eq 'POST' ? (bulkId => 'b' . $n++) : ()), ($_->[2] ? (data => $_->[2]) : ()) } } @operations] });
}
sub role_of { my ($t, $id) = @_; return sql("select coalesce(role, '-') from scim.resource where tenant = '${\ $t->tenant}' and id = '$id'") }

# --- the login of a protected account ---------------------------------------------------------------------------------------------------------

my $login = ScimTest->new('attack-login');
scimctl(qw(tenant set), $login->tenant, qw(--login-attribute email));
my $boss = $login->make(Users => userName => 'boss', emails => mail('boss@x.example'));
is($login->admin(POST => "/users/$boss/protect", { kind => 'main-contact' })->{status}, 200, 'the main contact');
my $thief = $login->make(Users => userName => 'thief', emails => mail('thief@x.example'));
for (['PATCH', PATCH => { schemas => [$PATCH], Operations => [{ op => 'replace', value => { emails => mail('Boss@X.example'), roles => [{ value => 'administrator' }] } }] }],
    ['PUT', PUT => { schemas => [$USER], userName => 'thief', emails => mail('boss@x.example'), roles => [{ value => 'administrator' }] }]) {
    my ($name, $method, $body) = @$_;
    is_error($login->request($method, "/Users/$thief", $body), 409, 'uniqueness', qr/^emails: the e-mail address is already the login of another user/, $name);
    is(bulk($login, [$method, "/Users/$thief", $body])->{json}{Operations}[0]{status}, '409', "$name in Bulk");
}
is_json([map { $login->admin(GET => "/users/$_")->{json}{login} } $boss, $thief], [qw(boss@x.example thief@x.example)], 'each has its own login');
is(role_of($login, $thief), '-', 'and no role');
is_error($login->request(DELETE => "/Users/$boss"), 403, undef, $ANY, 'nor is the address set free');

done_testing;
