# A database user who bypasses row-level security is refused when it connects, before any statement reads data. The log
# says what to do.
use strict;
use warnings;
use Test::More;
use ScimTest;

my $t  = ScimTest->new('bypass');
my $id = $t->make(Users => userName => 'ann');
sub ask { return $t->request(GET => "/Users/$id", undef, ':host' => 'bypass.test') }    # as t/conf/extra.conf.in has it

# Each connection is checked only once, so each test uses new connections.
sub as {
    my ($rights) = @_;
    sql($rights); # committed before any connection is made anew
    sql("select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = 'scim_bypass'");
    return ask();
}

sql('create role scim_bypass login in role scim_web');
is(ask()->{status}, 200, 'a user with the rights of scim_web');
my @rights = (
    ['a superuser', 'alter role scim_bypass superuser', 'alter role scim_bypass nosuperuser', 'is a superuser'],
    ['BYPASSRLS', 'alter role scim_bypass bypassrls', 'alter role scim_bypass nobypassrls', 'has BYPASSRLS'],
    ['the owner', 'grant scim_owner to scim_bypass', 'revoke scim_owner from scim_bypass', 'has the rights of scim_owner'],
);
for (@rights) {
    my ($name, $give, $take, $cause) = @$_;
    is_error(as($give), 503, undef, 'The database is not available. Try again later.', "$name: 503");
    ok((log_lines('error_log', qr/\[scim:error\].*the database user "scim_bypass" \Q$cause\E, so row-level security would not separate the tenants \(the user of DBDParams must be scim_web\)/))[0],
        "$name: the log says what to do");
    is(as($take)->{status}, 200, "$name no longer: 200");
}
is(ask()->{json}{userName}, 'ann', 'with the user');
sql("select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = 'scim_bypass'");
sql('drop role scim_bypass');

done_testing;
