# Tenants in the admin API: settings, switching provisioning off and on, and what becomes of the accounts.
use strict;
use warnings;
use utf8;
use Test::More;
use ScimTest;

my $t     = ScimTest->new('admin-tenants');
my $other = ScimTest->new('admin-tenants-other');
my $name  = $t->tenant;

my %settings = (displayName => undef, enabled => true, restore => 'externalId', profile => $ENV{SCIM_TEST_PROFILE} // 'lenient', syncPolicy => 'manual',
    loginPolicy => 'manual', oneToken => false, defaultRole => 'user', roleWins => 'sync', userNameEmail => false,
    deriveDisplayName => false);
my %counts = (users => 0, localUsers => 0, groups => 0);

# The members that this test is about; later settings have tests of their own.
sub known {
    my ($tenant) = @_;
    return { map { exists $tenant->{$_} ? ($_ => $tenant->{$_}) : () } 'tenant', 'created', keys %settings, keys %counts };
}
sub tenant { my ($tenant, %change) = @_; return { tenant => $tenant, created => $TIME, %settings, %counts, %change } }

sub is_tenant {
    my ($res, $status, $expected, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    is($res->{status}, $status, "$name: status") or diag substr $res->{body}, 0, 400;
    return is_json(known($res->{json}), $expected, "$name: body");
}

# --- show and list -----------------------------------------------------------------------------------------------------------

my $shown = $t->admin(GET => '');
is_tenant($shown, 200, tenant($name), 'show');
$t->make(Users => userName => "u$_") for 1 .. 3;
$t->make(Groups => displayName => 'G');
sql("update scim.resource set source = 'local' where tenant = '$name' and doc ->> 'userName' = 'u3'");
my $counted = $t->admin(GET => '');
is_tenant($counted, 200, tenant($name, users => 2, localUsers => 1, groups => 1), 'counts');
is($counted->{headers}->header('ETag'), $shown->{headers}->header('ETag'), 'which are no part of the version');

done_testing;
