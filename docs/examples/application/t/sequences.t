# The whole life of a user and a group, as each identity provider sends it, against this application's configuration.
use strict;
use warnings;
use lib $ENV{APACHE_TEST_SCIM} // '/usr/local/share/mod_scim/perl';
use Test::More;
use Apache::TestSCIM qw(sequences);

for my $name (sequences()) {
    my $scim = Apache::TestSCIM->new->wait;
    $scim->replay($name);
    is_deeply([map { $_->{displayName} } @{ $scim->state->{groups} }], [], "$name: no group is left");
}

done_testing;
