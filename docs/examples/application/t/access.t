# Who gets into the application follows from what the identity provider sends, on the very next request.
use strict;
use warnings;
use lib $ENV{APACHE_TEST_SCIM} // '/usr/local/share/mod_scim/perl';
use HTTP::Tiny;
use Test::More;
use Apache::Test ();
use Apache::TestSCIM;

my $scim = Apache::TestSCIM->new(tenant => 'acme')->wait;
my $vars = Apache::Test::vars();
my ($anna, $ben, $eve) = map {"$_\@example.com"} qw(anna ben eve);

# The status and the text of a page for somebody who has logged in.
sub page {
    my ($user, $path) = @_;
    my $name = $user =~ s/\@/%40/r;
    my $answer = HTTP::Tiny->new->get("http://$name:secret\@$vars->{servername}:$vars->{port}/app$path");
    return "$answer->{status} " . $answer->{content} =~ s/<[^>]*>|\n//gr =~ s/^\s+|\s+$//gr;
}
sub is_in  { my ($user, $path, $text, $name) = @_; is(page($user, $path), "200 $text", $name) }
sub is_out { my ($user, $path, $name) = @_; like(page($user, $path), qr/^403 /, $name) }

# 1. Nobody is provisioned: whoever can log in is not let in by that.
is_out($anna, '/', 'Anna has no account');

# 2. Entra ID provisions Anna and a group; the group is mapped to what it gives.
my %anna = (userName => $anna, givenName => 'Anna', familyName => 'Lind', group => 'Sales');
$scim->replay('Entra ID', %anna, parts => ['test connection', 'create user', 'create group']);
is_out($anna, '/', 'an account alone is not enough');
$scim->scimctl(qw(mapping add --group Sales --subscription Web --tenant acme));
is_out($anna, '/', 'she is not in the group yet');
$scim->replay('Entra ID', %anna, parts => ['add member']);
is_in($anna, '/', "Hello $anna, user (Sales)", 'a member of Sales is let in, and the application knows who she is');
is_deeply($scim->user($anna)->{subscriptions}, ['Web'], 'the group gives her the subscription');
is_out($anna, '/reports/', 'which is not the one for reports');
is_out($anna, '/admin/', 'nor is she an administrator');

# 3. Okta provisions Ben, who gets the other one.
my %ben = (userName => $ben, givenName => 'Ben', familyName => 'Ode', group => 'Controlling');
$scim->replay('Okta', %ben, parts => ['test connection', 'create user', 'create group', 'add member']);
$scim->scimctl(qw(mapping add --group Controlling --tenant acme --subscription), $_) for qw(Web Reports);
is_in($ben, '/reports/', 'Reports', 'a member of Controlling sees reports');
is_deeply($scim->members('Controlling'), [$ben], 'who is in the group');

# 4. What the identity provider takes away is gone at once.
$scim->replay('Entra ID', %anna, parts => ['remove member']);
is_out($anna, '/', 'who leaves the group is out');
$scim->replay('Entra ID', %anna, parts => ['add member', 'disable user']);
is_out($anna, '/', 'who is deactivated is out, member or not');
is($scim->user($anna)->{active}, JSON::PP::false, 'the account is kept, inactive');
$scim->replay('Entra ID', %anna, parts => ['enable user']);
is_in($anna, '/', "Hello $anna, user (Sales)", 'and in again');
$scim->replay('Entra ID', %anna, parts => ['delete user']);
is_out($anna, '/', 'who is deleted is out');
is($scim->user($anna), undef, 'there is no such account any more');

# 5. Roles: an administrator of the tenant gives one.
$scim->scimctl(qw(user set), $ben, qw(--role administrator --tenant acme));
is_in($ben, '/admin/', 'Administration', 'an administrator sees the administration');

# 6. Somebody whom no identity provider knows
is_out($eve, '/', 'Eve is out');
is_deeply([map { $_->{userName} } @{ $scim->state->{users} }], [$ben], 'accounts in the end');

done_testing;
