# A role from an administrator stays until a request contains roles, whatever else happens to the account.
use strict;
use warnings;
use utf8;
use Test::More;
use ScimTest;

my $BULK = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
my $t = ScimTest->new('role-stays');
my $own = $t->tenant;
my @sent = ({ value => 'administrator', primary => true });
my $ext = 'a7f1e9b4-0000-4000-8000-0000000000a1';

sub role_of { return sql("select coalesce(role, '-') from scim.resource where tenant = '$own' and id = '$_[0]'") }
sub roles_of { return $t->request(GET => "/Users/$_[0]")->{json}{roles} }
sub body { my %u = @_; return { schemas => [$USER], userName => 'ann', externalId => $ext, %u } }
sub ops { return { schemas => [$PATCH], Operations => [@_] } }
sub bulk { my ($method, $path, $data) = @_; my ($answer) = @{ $t->request(POST => '/Bulk', { schemas => [$BULK], Operations => [{ method => $method, path => $path,
    data => $data }] })->{json}{Operations} }; return $answer->{status} }

my $ann = $t->request(POST => '/Users', body(roles => \@sent))->{json}{id};
is(role_of($ann), 'administrator', 'the identity provider sends a role');
sub set { is($t->admin(PATCH => "/users/$ann", { role => $_[0] })->{status}, 200, "an administrator gives " . ($_[0] // 'none')) }

# --- requests without roles ------------------------------------------------------------------------------------------------------------------------

my $n = 0;
my @silent = (
    ['PATCH of another attribute', PATCH => sub { ops({ op => 'replace', path => 'title', value => 't' . $n++ }) }],
    ['PATCH without a path', PATCH => sub { ops({ op => 'add', value => { title => 't' . $n++, nickName => 'n' } }) }],
    ['PATCH of several', PATCH => sub { ops({ op => 'replace', path => 'title', value => 't' . $n++ }, { op => 'replace', path => 'entitlements', value => [{ value => 'e' . $n++ }] }) }],
    ['PATCH of an extension', PATCH => sub { ops({ op => 'replace', path => "$ENTERPRISE:department", value => 'd' . $n++ }) }],
    ['PUT of what was sent before', PUT => sub { body(roles => \@sent, title => 't' . $n++) }],
    ['PUT of the same role in other words', PUT => sub { body(roles => [{ value => 'Administrator', display => 'Boss' . $n++ }, { value => 'user' }]) }],
    ['PUT of what was sent first', PUT => sub { body(roles => \@sent, title => 't' . $n++) }],
    ['PUT without roles', PUT => sub { body(title => 't' . $n++) }],
    ['PUT of what was sent before that', PUT => sub { body(roles => \@sent, title => 't' . $n++) }],
);
for my $role ('read-only', undef) {
    set($role);
    my $expected = $role // '-';
    for (@silent) {
        my ($name, $method, $data) = @$_;
        is($t->request($method, "/Users/$ann", $data->())->{status}, 200, $name);
        is(role_of($ann), $expected, "$name: the role stays");
        is(bulk($method, "/Users/$ann", $data->()), '200', "$name in Bulk");
        is(role_of($ann), $expected, "$name in Bulk: the role stays");
    }
}
is_json(roles_of($ann), \@sent, 'what was sent last is answered');
is($t->request(PUT => "/Users/$ann", body())->{status}, 200, 'PUT without roles');
is_json([roles_of($ann), role_of($ann)], [undef, '-'], 'clears the attribute, not the role');
for (['PUT of none', PUT => body(roles => [])], ['PUT of null', PUT => body(roles => undef)], ['PATCH that removes them', PATCH => ops({ op => 'remove', path => 'roles' })]) {
    my ($name, $method, $data) = @$_;
    is($t->request(PUT => "/Users/$ann", body(roles => [{ value => 'office-admin' }]))->{status}, 200, "$name: a role is sent");
    is($t->request(PUT => "/Users/$ann", body())->{status}, 200, "$name: then nothing of roles");
    is(role_of($ann), 'office-admin', "$name: the role stays");
    is($t->request($method, "/Users/$ann", $data)->{status}, 200, $name);
    is(role_of($ann), '-', "$name: withdraws it");
}
is($t->request(PUT => "/Users/$ann", body(roles => \@sent))->{status}, 200, 'a role is sent');
set('read-only');
my $group = $t->make(Groups => displayName => 'Crew', members => [{ value => $ann }]);
is($t->request(DELETE => "/Groups/$group")->{status}, 204, 'groups come and go');
is($t->request(PATCH => "/Users/$ann", ops({ op => 'replace', path => 'active', value => $_ }))->{status}, 200, 'deactivated and activated') for false, true;
is(role_of($ann), 'read-only', 'the role stays');

# --- requests with roles -----------------------------------------------------------------------------------------------------------------------------

my $version = sub { $t->row($ann)->{version} };
for (['PATCH of the attribute', PATCH => ops({ op => 'replace', path => 'roles', value => \@sent })],
    ['PATCH that adds what is there', PATCH => ops({ op => 'add', path => 'roles', value => \@sent })],
    ['PATCH without a path', PATCH => ops({ op => 'replace', value => { roles => \@sent } })],
    ['PATCH by a full path', PATCH => ops({ op => 'replace', path => "$USER:roles", value => \@sent })],
    ['PATCH of a path into it', PATCH => ops({ op => 'replace', path => 'roles[value eq "administrator"].display', value => 'Admin' })],
    ['PATCH of it and of more', PATCH => ops({ op => 'replace', value => { roles => \@sent, title => 'more' } })]) {
    my ($name, $method, $data) = @$_;
    set('read-only');
    is($t->request($method, "/Users/$ann", $data)->{status}, 200, $name);
    is(role_of($ann), 'administrator', "$name: the role follows");
    my $before = $version->();
    is($t->request($method, "/Users/$ann", $data)->{status}, 200, "$name again");
    is($version->(), $before, "$name again: nothing changes");
    set('read-only');
    is(bulk($method, "/Users/$ann", $data), '200', "$name in Bulk");
    is(role_of($ann), 'administrator', "$name in Bulk: the role follows");
}
set('read-only');
is($t->request(PATCH => "/Users/$ann", ops({ op => 'replace', path => 'roles', value => \@sent }))->{json}{meta}{version}, 'W/"' . $version->() . '"', 'which is a new version');
is_json(unjson(sql("select jsonb_build_array(actor_kind, before, after) from scim.audit where tenant = '$own' and object_id = '$ann' order by id desc limit 1")),
    ['token', { role => 'read-only' }, { role => 'administrator' }], 'and in the audit log');
set('read-only');
is($t->request(PUT => "/Users/$ann", body(roles => [{ value => 'office-admin' }]))->{status}, 200, 'PUT of another one');
is(role_of($ann), 'office-admin', 'the role follows');
is($t->request(PUT => "/Users/$ann", body(roles => []))->{status}, 200, 'PUT of none');
is(role_of($ann), '-', 'it is withdrawn');
set('read-only');
is($t->request(PATCH => "/Users/$ann", ops({ op => 'remove', path => 'roles' }))->{status}, 200, 'PATCH that removes what is not there');
is(role_of($ann), 'read-only', 'withdraws nothing that an administrator has given');
is($t->request(PUT => "/Users/$ann", body(roles => \@sent))->{status}, 200, 'PUT of one');
is(role_of($ann), 'administrator', 'the role follows');

# --- operations of administrators --------------------------------------------------------------------------------------------------------------------

set('read-only');
is($t->admin(POST => "/users/$ann/convert", {})->{status}, 200, 'made a local account');
is($t->admin(PATCH => "/users/$ann", { displayName => 'Ann', active => true })->{json}{role}, 'read-only', 'changed');
is($t->admin(PATCH => "/users/$ann", { role => undef, displayName => 'Anna' })->{json}{roleDefault}, true, 'changed with its role');
is($t->admin(PATCH => "/users/$ann", { role => 'summary-only' })->{json}{role}, 'summary-only', 'given another one');
is($t->admin(DELETE => "/users/$ann")->{status}, 204, 'deleted');
is($t->admin(POST => "/users/$ann/restore", {})->{json}{role}, 'summary-only', 'and restored');
is($t->admin(POST => "/users/$ann/protect", { kind => 'break-glass' })->{status}, 200, 'protected');
is_error($t->request(PATCH => "/Users/$ann", ops({ op => 'replace', path => 'roles', value => \@sent })), 404, undef, $ANY, 'no client sees it');

my $bob = $t->make(Users => userName => 'bob', roles => [@sent]);
is($t->admin(PATCH => "/users/$bob", { role => 'read-only' })->{json}{role}, 'read-only', 'a provisioned one');
is($t->admin(POST => "/users/$bob/protect", { kind => 'break-glass' })->{status}, 200, 'is protected');
is_error($t->request(PATCH => "/Users/$bob", ops({ op => 'replace', path => 'roles', value => \@sent })), 403, undef, qr/^The user "bob" is a break-glass account/, 'its role does not follow');
is(bulk(PATCH => "/Users/$bob", ops({ op => 'replace', path => 'roles', value => \@sent })), '403', 'in Bulk');
is(role_of($bob), 'read-only', 'it stays');
is($t->admin(POST => "/users/$bob/unprotect", {})->{status}, 200, 'no longer protected');
is($t->admin(POST => '/disable', { accounts => 'deactivate' })->{status}, 200, 'provisioning is switched off, and everybody deactivated');
is($t->admin(POST => '/enable', {})->{status}, 200, 'and on');
is(role_of($bob), 'read-only', 'the role stays');

# --- deleted, and sent again ---------------------------------------------------------------------------------------------------------------------------

my $ext2 = 'a7f1e9b4-0000-4000-8000-0000000000a2';
my $cat = $t->make(Users => userName => 'cat', externalId => $ext2, roles => [@sent]);
$t->admin(PATCH => "/users/$cat", { role => 'read-only' });
is($t->request(DELETE => "/Users/$cat")->{status}, 204, 'DELETE');
is($t->request(POST => '/Users', { schemas => [$USER], userName => 'cat', externalId => $ext2 })->{json}{id}, $cat, 'POST without roles');
is(role_of($cat), 'read-only', 'the role stays');
is($t->request(DELETE => "/Users/$cat")->{status}, 204, 'DELETE');
is($t->request(POST => '/Users', { schemas => [$USER], userName => 'cat', externalId => $ext2, roles => [@sent] })->{json}{id}, $cat, 'POST with roles');
is(role_of($cat), 'administrator', 'the role follows');

# --- roles that only apply at creation ---------------------------------------------------------------------------------------------------------------

scimctl(qw(tenant set), $own, qw(--role-wins creation));
is($t->admin(PATCH => "/users/$cat", { role => 'read-only' })->{status}, 200, 'an administrator gives another one');
is($t->request(PATCH => "/Users/$cat", ops({ op => 'replace', path => 'roles', value => $_ }))->{status}, 200, 'PATCH of roles') for \@sent, [{ value => 'office-admin' }], [];
is($t->request(PUT => "/Users/$cat", { schemas => [$USER], userName => 'cat', roles => [{ value => 'office-admin' }] })->{status}, 200, 'PUT of roles');
is(role_of($cat), 'read-only', 'changes nothing');

done_testing;
