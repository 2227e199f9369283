# Decisions, facts, the cache and the metrics with the other MPMs of httpd: threads in several processes, and processes
# without threads.
use strict;
use warnings;
use Test::More;
use ScimAuthz;
use ScimFront;
use ScimTest;

my $t = ScimTest->new('mpm');
my $kim = $t->make(Users => userName => 'kim');
$t->make(Groups => displayName => 'Staff', members => [{ value => $kim }]);
for my $mpm (qw(worker prefork)) {
    local $ScimFront::mpm = $mpm;
    my $site = ScimAuthz->new($t, <<'CONF', qw(headers));
Header always set X-Env "%{SCIM_ROLE}e"
<Location "/group">
    AUTH
    TENANT
    ScimFacts both
    Require scim-group Staff
</Location>
<Location "/cached">
    AUTH
    TENANT
    ScimFactsCache 60
    Require scim-user
</Location>
<Location "/metrics">
    SetHandler scim-metrics
    Require local
</Location>
CONF
    my $res = $site->ask('/group', 'kim');
    is($res->{status}, 200, "$mpm: let in");
    is($res->{headers}->header('X-Env'), 'user', "$mpm: the facts are told");
    $site->may_not('/group', 'lee', 403, 'no account', "$mpm: refused");
    $site->may('/cached', 'kim', "$mpm: known");
    $t->patch("/Users/$kim", [{ op => 'replace', path => 'active', value => false }]);
    $site->may_not('/group', 'kim', 403, 'inactive', "$mpm: refused on the next request");
    # Each request on its own connection, which another process may accept.
    $t->{agent}->conn_cache({ total_capacity => 0 });
    is_deeply([map { $site->ask('/cached', 'kim')->{status} } 1 .. 6], [(200) x 6], "$mpm: all processes know what is kept");
    $t->patch("/Users/$kim", [{ op => 'replace', path => 'active', value => true }]);
    is($site->metric('scim_authz_decisions_total{outcome="denied"}'), 2, "$mpm: all processes count together");
    is($site->metric('scim_authz_reused_total{by="cache"}'), 6, "$mpm: and in each sort");
    is_deeply([$site->error_lines(qr/exit signal|Sanitizer/)], [], "$mpm: nothing crashed");
    stop_front($site->{front});
}
done_testing;
